/** Where a text's UTF-16 units and its UTF-8 bytes meet: Google's grounding counts bytes. */
export interface TextOffsets {
  readonly text: string;
  /** Bytes before each unit, and at last of the whole. */
  readonly bytes: Uint32Array;
}

export function textOffsets(text: string): TextOffsets {
  const bytes = new Uint32Array(text.length + 1);
  let total = 0;
  for (let unit = 0; unit < text.length; unit++) {
    bytes[unit] = total;
    total += unitBytes(text, unit);
  }
  bytes[text.length] = total;
  return { text, bytes };
}

/** A pair of surrogates is four bytes, counted with its second half; a lone one is U+FFFD, three. */
function unitBytes(text: string, unit: number): number {
  const code = text.charCodeAt(unit);
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  if (code < 0xd800 || code > 0xdfff) return 3;
  const pairedAhead = code < 0xdc00 && (text.charCodeAt(unit + 1) & 0xfc00) === 0xdc00;
  if (pairedAhead) return 0;
  const pairedBehind = code >= 0xdc00 && (text.charCodeAt(unit - 1) & 0xfc00) === 0xd800;
  return pairedBehind ? 4 : 3;
}

/** UTF-8 bytes of the first `units` UTF-16 units. */
export function bytesAt({ bytes }: TextOffsets, units: number): number {
  return bytes[Math.min(units, bytes.length - 1)] ?? 0;
}

/** UTF-16 units of the first `count` UTF-8 bytes. */
function unitsAt({ bytes }: TextOffsets, count: number): number {
  let [low, high] = [0, bytes.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bytes[middle] ?? 0) < count) low = middle + 1;
    else high = middle;
  }
  return low;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Where a segment of grounding lies in the output text, in UTF-16 units; undefined when it is not in it.
 * Google documents bytes; servers that count characters are found out by the segment's own words.
 */
export function segmentSpan(
  offsets: TextOffsets,
  segment: Span,
  words: string | undefined,
): Span | undefined {
  const { text, bytes } = offsets;
  const { start, end } = segment;
  const span = { start: unitsAt(offsets, start), end: unitsAt(offsets, end) };
  if (words === undefined) return end > start && end <= (bytes.at(-1) ?? 0) ? span : undefined;
  if (text.slice(span.start, span.end) === words) return span;
  if (text.slice(start, end) === words) return segment;
  const found = words === "" ? -1 : text.indexOf(words);
  return found < 0 ? undefined : { start: found, end: found + words.length };
}
