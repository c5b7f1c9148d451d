import { stringEnd } from "../base/json-members.ts";

const encoder = new TextEncoder();

/** The bytes of `"key":`, to look for in events. */
export function keyMarker(key: string): Uint8Array {
  return encoder.encode(`"${key}":`);
}

const SPACE = 0x20;
const QUOTE = 0x22;

/** The same bytes with a native search; make one for many searches. */
export function searchable(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Whether `needle` occurs in `bytes`; a native search. */
export function contains(bytes: Uint8Array, needle: Uint8Array): boolean {
  return searchable(bytes).indexOf(needle) >= 0;
}

/** Whether any of the needles occurs in `bytes`. */
export function containsAny(bytes: Uint8Array, needles: readonly Uint8Array[]): boolean {
  const haystack = searchable(bytes);
  for (const needle of needles) if (haystack.indexOf(needle) >= 0) return true;
  return false;
}

/** The summed length of the string values that follow these key markers, without parsing. */
export function stringBytes(bytes: Uint8Array, markers: readonly Uint8Array[]): number {
  const haystack = searchable(bytes);
  let total = 0;
  for (const marker of markers) {
    let at = haystack.indexOf(marker);
    while (at >= 0) {
      let open = at + marker.length;
      while (bytes[open] === SPACE) open++;
      if (bytes[open] === QUOTE) {
        const end = stringEnd(bytes, open);
        total += end - open - 2;
        open = end;
      }
      at = haystack.indexOf(marker, open);
    }
  }
  return total;
}

/** The whole number after the last occurrence of a key marker, or undefined. */
export function lastNumberAfter(bytes: Uint8Array, marker: Uint8Array): number | undefined {
  const at = searchable(bytes).lastIndexOf(marker);
  if (at < 0) return undefined;
  const digits = /^\s*(\d+)/.exec(
    searchable(bytes.subarray(at + marker.length, at + marker.length + 24)).toString("latin1"),
  );
  return digits ? Number(digits[1]) : undefined;
}
