const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** UTF-8 bytes of the first `units` UTF-16 units of a text: grounding counts bytes. */
export function bytesAt(text: string, units: number): number {
  return encoder.encode(text.slice(0, units)).length;
}

/** UTF-16 units of the first `bytes` UTF-8 bytes of a text. */
function unitsAt(utf8: Uint8Array, bytes: number): number {
  return decoder.decode(utf8.subarray(0, bytes)).length;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Where a segment of grounding lies in the output text, in UTF-16 units; undefined when it is not in it.
 * Google documents bytes; servers that count characters are found out by the segment's own text.
 */
export function segmentSpan(
  text: string,
  start: number,
  end: number,
  words: string | undefined,
): Span | undefined {
  const utf8 = encoder.encode(text);
  const span = { start: unitsAt(utf8, start), end: unitsAt(utf8, end) };
  if (words === undefined) return end > start && end <= utf8.length ? span : undefined;
  if (text.slice(span.start, span.end) === words) return span;
  if (text.slice(start, end) === words) return { start, end };
  const found = words === "" ? -1 : text.indexOf(words);
  return found < 0 ? undefined : { start: found, end: found + words.length };
}
