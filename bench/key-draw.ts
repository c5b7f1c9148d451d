import { readFileSync } from "node:fs";

/** Writes a key, drawn evenly, over the place kept for it in a request. */
export type KeyDraw = {
  readonly keyBytes: number;
  readonly count: number;
  drawInto(request: Buffer, offset: number): void;
};

/** A seeded generator of numbers in [0, 1): mulberry32, so that two runs draw the same keys in the same order. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Draws from a file of keys, one a line. They lie in one buffer (a million strings would cost the generator
 * more than the target's look-up does), so all must have the same length; a file where they do not throws.
 */
export function readKeyDraw(file: string, keysMax: number | undefined, seed: number): KeyDraw {
  const bytes = readFileSync(file);
  const keyBytes = bytes.indexOf("\n");
  const lineBytes = keyBytes + 1;
  if (keyBytes <= 0 || bytes.length % lineBytes !== 0) {
    throw new Error(`${file} must hold keys of one length, each ended by a newline; write it again.`);
  }
  const count = Math.min(keysMax ?? Number.POSITIVE_INFINITY, bytes.length / lineBytes);
  const random = seededRandom(seed);
  return {
    keyBytes,
    count,
    drawInto(request, offset) {
      const start = Math.floor(random() * count) * lineBytes;
      bytes.copy(request, offset, start, start + keyBytes);
    },
  };
}
