import { expect, test } from "bun:test";
import fc from "fast-check";
import { bytesAt, segmentSpan, textOffsets } from "../../../src/protocols/gemini/text-offsets.ts";

const unicode = fc.string({ unit: "grapheme" });

test("bytes of any beginning are those of its UTF-8", () => {
  fc.assert(
    fc.property(unicode, unicode, (before, after) => {
      expect(bytesAt(textOffsets(before + after), before.length)).toBe(Buffer.byteLength(before));
    }),
  );
});

test("a segment is found where its bytes are, and by its words where they are counted in characters", () => {
  fc.assert(
    fc.property(unicode, fc.string({ unit: "grapheme", minLength: 1 }), unicode, (before, words, after) => {
      const offsets = textOffsets(before + words + after);
      const span = { start: before.length, end: before.length + words.length };
      const start = Buffer.byteLength(before);
      const bytes = { start, end: start + Buffer.byteLength(words) };
      expect(segmentSpan(offsets, bytes, words)).toEqual(span);
      expect(segmentSpan(offsets, bytes, undefined)).toEqual(span);
      const found = segmentSpan(offsets, span, words);
      expect(offsets.text.slice(found?.start, found?.end)).toBe(words);
    }),
  );
});

test("what is not in the text has no place", () => {
  expect(segmentSpan(textOffsets("abc"), { start: 0, end: 2 }, "zz")).toBeUndefined();
  expect(segmentSpan(textOffsets("abc"), { start: 0, end: 9 }, undefined)).toBeUndefined();
});
