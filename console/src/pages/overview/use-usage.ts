import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "../../base/api.ts";
import type { UsageBucket, UsageOver } from "../../base/contract.ts";
import { useHere } from "../../shell/session.ts";
import { type Range, timesOf } from "./range.ts";

const AGAIN_MS = 30_000;

export type Grouping = "none" | "model" | "key" | "user" | "project" | "account" | "upstream" | "client";

/** What is told of a range, asked again while it is looked at. */
export function useOfRange<Told>(range: Range, path: string, more: Readonly<Record<string, string>> = {}) {
  const here = useHere();
  return useQuery({
    queryKey: ["usage", here.name, range.id, path, ...Object.values(more)],
    queryFn: () => {
      const [first = Date.now()] = timesOf(range, Date.now());
      const from = new Date(first).toISOString();
      return api.get<Told>(`${here.api}${path}`, { from, bucket: range.bucket, ...more });
    },
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
}

/** Sums over a range, cut as the range says. */
export function useUsage(range: Range, groupBy: Grouping) {
  return useOfRange<UsageOver>(range, "/usage", { group_by: groupBy });
}

/** What each group comes to, and no more; by model the charts have asked for all of it. */
export function useGroups(range: Range, groupBy: Grouping) {
  const items = groupBy === "model" ? {} : { items: "none" };
  return useOfRange<UsageOver>(range, "/usage", { group_by: groupBy, ...items });
}

/** One value for each time of a range; times without requests have `otherwise`. */
export function along<Bucket extends UsageBucket, Otherwise extends number | null>(
  times: readonly number[],
  items: readonly Bucket[],
  value: (bucket: Bucket) => number | null,
  otherwise: Otherwise,
): (number | null)[] {
  const found = new Map(items.map((item) => [Date.parse(item.at), item]));
  return times.map((time) => {
    const item = found.get(time);
    return item ? value(item) : otherwise;
  });
}

/** Tokens that were read or written, of kinds that are tokens. */
export function tokensOf({ usage }: Pick<UsageBucket, "usage">): number {
  const { input, cache_read, cache_write_5m, cache_write_1h, audio_input } = usage;
  const { output, reasoning, audio_output, image_output } = usage;
  const read = input + cache_read + cache_write_5m + cache_write_1h + audio_input;
  return read + output + reasoning + audio_output + image_output;
}
