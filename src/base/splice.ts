/** Replace the bytes from `start` to `end` (exclusive) with `bytes`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

const encoder = new TextEncoder();

export function spliceText(start: number, end: number, text: string): Splice {
  return { start, end, bytes: encoder.encode(text) };
}

/** The source with every splice applied; splices must not overlap. Without splices: the source itself. */
export function applySplices(source: Uint8Array, splices: readonly Splice[]): Uint8Array {
  if (splices.length === 0) return source;
  const ordered = [...splices].sort((a, b) => a.start - b.start || a.end - b.end);
  let size = source.length;
  for (const { start, end, bytes } of ordered) size += bytes.length - (end - start);
  const target = new Uint8Array(size);
  let from = 0;
  let to = 0;
  for (const { start, end, bytes } of ordered) {
    target.set(source.subarray(from, start), to);
    to += start - from;
    target.set(bytes, to);
    to += bytes.length;
    from = end;
  }
  target.set(source.subarray(from), to);
  return target;
}
