import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./api.ts";

const FRESH_MS = 15_000;
const RETRIES_MAX = 2;

function retry(failures: number, error: Error): boolean {
  // What the API has refused stays refused; a server that is starting comes back.
  if (error instanceof ApiError && error.status < 500) return false;
  return failures < RETRIES_MAX;
}

export const queryClient = new QueryClient({
  defaultOptions: { queries: { staleTime: FRESH_MS, retry, refetchOnWindowFocus: true } },
});

/** A page of a list of the API. */
export interface Listed<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}
