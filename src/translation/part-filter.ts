import type { StreamPart } from "../core/generation/stream-part.ts";

/** A step between an upstream's answer and the client's: takes parts in their order, answers parts in theirs. */
export interface PartFilter {
  take(part: StreamPart): readonly StreamPart[];
}

/** Runs a part through filters, the first first. */
export function runFilters(filters: readonly PartFilter[], part: StreamPart): readonly StreamPart[] {
  let parts: readonly StreamPart[] = [part];
  for (const filter of filters) {
    if (parts.length === 0) return parts;
    const [only] = parts;
    parts = parts.length === 1 && only ? filter.take(only) : parts.flatMap((each) => filter.take(each));
  }
  return parts;
}
