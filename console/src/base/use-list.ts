import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
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
  const { hasNextPage, isFetching, fetchNextPage } = found;
  const rows = found.data?.pages.flatMap(({ items }) => items);
  // A page may be empty although there are more: nothing is shown before there are rows, or none are left.
  const isSought = rows?.length === 0 && hasNextPage && !found.error;
  useEffect(() => {
    if (isSought && !isFetching) void fetchNextPage();
  }, [isSought, isFetching, fetchNextPage]);
  const more = hasNextPage ? { load: () => void fetchNextPage(), busy: found.isFetchingNextPage } : undefined;
  return {
    rows: isSought ? undefined : rows,
    error: found.error,
    retry: () => void found.refetch(),
    more,
  };
}
