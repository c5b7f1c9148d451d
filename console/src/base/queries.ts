import { QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "./api.ts";

const FRESH_MS = 15_000;
const RETRIES_MAX = 2;

function retry(failures: number, error: Error): boolean {
  // What the API has refused stays refused; a server that is starting comes back.
  if (error instanceof ApiError && error.status < 500) return false;
  return failures < RETRIES_MAX;
}

/** A session that ended elsewhere: nobody is signed in any more, and every page asks to. */
function onError(error: Error): void {
  if (error instanceof ApiError && error.status === 401) queryClient.setQueryData(["me"], null);
}

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  defaultOptions: { queries: { staleTime: FRESH_MS, retry, refetchOnWindowFocus: true } },
});

/** A page of a list of the API. */
export interface Listed<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}
