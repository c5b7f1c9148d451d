import type { StreamPart } from "../core/generation/stream-part.ts";

/** A step between an upstream's answer and the client's: takes parts in their order, answers parts in theirs. */
export interface PartFilter {
  take(part: StreamPart): readonly StreamPart[];
}

/** Runs a part through filters, the first first. Mostly one part goes in and one comes out. */
export function runFilters(filters: readonly PartFilter[], part: StreamPart): readonly StreamPart[] {
  let parts: readonly StreamPart[] = [part];
  for (const filter of filters) {
    const only = parts[0];
    if (only === undefined) return parts;
    parts = parts.length === 1 ? filter.take(only) : parts.flatMap((each) => filter.take(each));
  }
  return parts;
}
