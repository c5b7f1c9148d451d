import type { StreamPart } from "../core/generation/stream-part.ts";

/** A step between an upstream's answer and the client's: takes parts in their order, answers parts in theirs. */
export interface PartFilter {
  take(part: StreamPart): Parts;
}

/** Mostly one: a list for it alone would be made and dropped for every filter and every token. */
export type Parts = StreamPart | readonly StreamPart[];

const isOne = (parts: Parts): parts is StreamPart => !Array.isArray(parts);

/** Runs a part through filters, the first first. */
export function runFilters(filters: readonly PartFilter[], part: StreamPart): readonly StreamPart[] {
  let parts: Parts = part;
  for (const filter of filters) {
    parts = isOne(parts) ? filter.take(parts) : parts.flatMap((each) => filter.take(each));
  }
  return isOne(parts) ? [parts] : parts;
}
