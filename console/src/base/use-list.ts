import { useInfiniteQuery } from "@tanstack/react-query";
import { api } from "./api.ts";
import type { Listed } from "./queries.ts";

type Query = Readonly<Record<string, string | number | undefined>>;

const PAGE_ROWS = 50;

/** A keyset list: the rows so far, and a way to more. */
export function useList<Item>(path: string, query: Query = {}) {
  const found = useInfiniteQuery({
    queryKey: [path, query],
    queryFn: ({ pageParam }) =>
      api.get<Listed<Item>>(path, { limit: PAGE_ROWS, ...query, cursor: pageParam || undefined }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });
  const more = found.hasNextPage
    ? { load: () => void found.fetchNextPage(), busy: found.isFetchingNextPage }
    : undefined;
  return {
    rows: found.data?.pages.flatMap(({ items }) => items),
    error: found.error,
    retry: () => void found.refetch(),
    more,
  };
}
