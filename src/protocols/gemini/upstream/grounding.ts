import type { Citation, SearchPart, SearchSource } from "../../../core/generation/request.ts";
import type { StreamPart } from "../../../core/generation/stream-part.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import { segmentSpan, type TextOffsets, textOffsets } from "../text-offsets.ts";
import { type ChoiceState, type DecoderState, wholePart } from "./decoder-state.ts";

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function countOf(value: unknown): number {
  return typeof value === "number" && value > 0 ? Math.floor(value) : 0;
}

/** Pages that the answer rests on, in Google's order; undefined for chunks that are no pages. */
function sourcesOf(grounding: JsonObject): readonly (SearchSource | undefined)[] {
  return asList(grounding.groundingChunks).map((chunk) => {
    const fields = asObject(chunk);
    const page = asObject(fields?.web) ?? asObject(fields?.retrievedContext) ?? asObject(fields?.maps);
    const url = textOf(page?.uri);
    const title = textOf(page?.title);
    return url === undefined ? undefined : { url, ...(title === undefined ? {} : { title }) };
  });
}

/** The candidate's text, and where in it the open part begins. */
interface Placing {
  readonly offsets: TextOffsets;
  readonly from: number;
}

/** Places in the open text part, in UTF-16 units of that part; Google counts bytes of the whole text. */
function placed({ offsets, from }: Placing, segment: JsonObject, citation: Citation): Citation {
  const words = textOf(segment.text);
  const place = { start: countOf(segment.startIndex), end: countOf(segment.endIndex) };
  const span = segmentSpan(offsets, place, words);
  const cited = words === undefined ? {} : { citedText: words };
  if (!span || span.start < from) return { ...citation, ...cited };
  return { ...citation, ...cited, start: span.start - from, end: span.end - from };
}

function supported(placing: Placing, grounding: JsonObject): Citation[] {
  const sources = sourcesOf(grounding);
  return asList(grounding.groundingSupports).flatMap((value) => {
    const support = asObject(value) ?? {};
    const segment = asObject(support.segment) ?? {};
    return asList(support.groundingChunkIndices).flatMap((index) => {
      const source = typeof index === "number" ? sources[index] : undefined;
      if (!source) return [];
      const { url, title } = source;
      return [placed(placing, segment, { url, ...(title === undefined ? {} : { title }) })];
    });
  });
}

/** `citationMetadata`: what the model quotes at length, with its licence. */
function quoted(placing: Placing, citations: readonly unknown[]): Citation[] {
  return citations.flatMap((value) => {
    const fields = asObject(value);
    const url = textOf(fields?.uri);
    if (!fields || url === undefined) return [];
    const title = textOf(fields.title);
    const license = textOf(fields.license);
    const citation: Citation = {
      url,
      ...(title === undefined ? {} : { title }),
      ...(license === undefined ? {} : { extensions: { gemini: { license } } }),
    };
    return [placed(placing, fields, citation)];
  });
}

/** Citations for the text part that is still open; grounding comes with the last chunk. */
export function citations(choice: ChoiceState): StreamPart[] {
  const { open, grounding } = choice;
  if (open?.kind !== "text" || (!grounding && choice.citations.length === 0)) return [];
  const placing = { offsets: textOffsets(choice.text.join("")), from: choice.closedUnits };
  const all = [...(grounding ? supported(placing, grounding) : []), ...quoted(placing, choice.citations)];
  return all.map((citation) => ({ type: "cite", index: open.index, citation }));
}

/** The search behind the answer, told once all is said. */
export function searchPart(state: DecoderState, choice: ChoiceState): StreamPart[] {
  const { grounding } = choice;
  if (!grounding) return [];
  const queries = asList(grounding.webSearchQueries).filter((query) => typeof query === "string");
  const sources = sourcesOf(grounding).filter((source) => source !== undefined);
  // Without a query it was no search of the web; sources that the text cites are told by its citations.
  const cited = asList(grounding.groundingSupports).length > 0;
  if (queries.length === 0 && (cited || sources.length === 0)) return [];
  const searchId = `search_${state.context.answerId.slice(0, 24)}_${choice.choice}`;
  const part: SearchPart = { kind: "search", searchId, queries, sources };
  return wholePart(state, choice, part);
}
