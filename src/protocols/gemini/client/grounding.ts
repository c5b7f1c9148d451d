import type { SearchSource } from "../../../core/generation/request.ts";
import type { JsonObject } from "../../../core/json.ts";
import { bytesAt, textOffsets } from "../text-offsets.ts";
import type { CandidateState, CitedPlace } from "./encoder-state.ts";

/** The pages found and the pages cited, each once. */
function chunksOf({ sources, cited }: CandidateState): SearchSource[] {
  const chunks = new Map<string, SearchSource>();
  for (const source of sources) chunks.set(source.url, source);
  for (const { citation } of cited) {
    const { url, title } = citation;
    if (url !== undefined && !chunks.has(url))
      chunks.set(url, title === undefined ? { url } : { url, title });
  }
  return [...chunks.values()];
}

/** Where a citation stands in the candidate's text; without a place of its own it covers its whole part. */
function spanOf({ citation, within }: CitedPlace): { readonly start: number; readonly end: number } {
  const { start, end } = citation;
  if (start === undefined || end === undefined) return { start: within.start, end: within.end };
  return { start: within.start + start, end: Math.min(within.start + end, within.end) };
}

/** One support for each cited span, with all that is cited there. */
function supportsOf(candidate: CandidateState, chunks: readonly SearchSource[]): JsonObject[] {
  const text = candidate.text.join("");
  const offsets = textOffsets(text);
  const places = new Map(chunks.map(({ url }, index) => [url, index]));
  const spans = new Map<string, { start: number; end: number; indexes: Set<number> }>();
  for (const cited of candidate.cited) {
    const place = places.get(cited.citation.url ?? "");
    if (place === undefined) continue;
    const { start, end } = spanOf(cited);
    const span = spans.get(`${start}-${end}`) ?? { start, end, indexes: new Set() };
    span.indexes.add(place);
    spans.set(`${start}-${end}`, span);
  }
  return [...spans.values()].map(({ start, end, indexes }) => ({
    segment: {
      startIndex: bytesAt(offsets, start),
      endIndex: bytesAt(offsets, end),
      text: text.slice(start, end),
    },
    groundingChunkIndices: [...indexes],
  }));
}

/** `groundingMetadata`, offsets in UTF-8 bytes; nothing without a search and without citations. */
export function groundingOf(candidate: CandidateState): JsonObject {
  const chunks = chunksOf(candidate);
  const { queries } = candidate;
  if (chunks.length === 0 && queries.length === 0) return {};
  const supports = supportsOf(candidate, chunks);
  const groundingMetadata = {
    ...(queries.length > 0 ? { webSearchQueries: queries } : {}),
    groundingChunks: chunks.map(({ url, title }) => ({ web: { uri: url, title: title ?? url } })),
    ...(supports.length > 0 ? { groundingSupports: supports } : {}),
  };
  return { groundingMetadata };
}
