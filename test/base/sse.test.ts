import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { completeEventsEnd, eventEnd, parseEvent } from "../../src/base/sse.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

/** Lines of an event without its empty line; multi-byte text, comments, every field. */
const line = fc.oneof(
  fc.constantFrom(
    ": ping",
    ":",
    "event: message_stop",
    "id: 7",
    "retry: 100",
    "data:",
    'data: {"a":"é北🙂"}',
  ),
  fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => `data: ${text.replaceAll(/[\r\n]/g, "")}`),
);
const event = fc.array(line, { minLength: 1, maxLength: 4 });
const lineEnd = fc.constantFrom("\n", "\r\n");

/** Where events end when each line of each event ends in `eol`. */
function streamOf(events: readonly (readonly string[])[], eol: string) {
  let text = "";
  const ends: number[] = [];
  for (const lines of events) {
    text += lines.map((part) => part + eol).join("") + eol;
    ends.push(bytesOf(text).length);
  }
  return { bytes: bytesOf(text), ends };
}

describe("completeEventsEnd", () => {
  test("is the end of the last whole event, wherever the bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 4 }), lineEnd, (events, eol) => {
        const { bytes, ends } = streamOf(events, eol);
        for (let cut = 0; cut <= bytes.length; cut++) {
          const want = ends.findLast((end) => end <= cut) ?? 0;
          expect(completeEventsEnd(bytes.subarray(0, cut))).toBe(want);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("does not look again at what waited already", () => {
    fc.assert(
      fc.property(event, lineEnd, (lines, eol) => {
        const { bytes } = streamOf([lines], eol);
        for (let known = 0; known < bytes.length; known++) {
          expect(completeEventsEnd(bytes, Math.max(0, known - 3))).toBe(bytes.length);
        }
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    ["data: a\r\rdata: b", 9],
    ["data: a\r\r", 0],
    ["data: a\r\n\r", 0],
    ["data: a\n\r\ndata", 10],
    ["data: a\r\n\ndata", 10],
    ["\n", 0],
    ["\n\n", 2],
    ["\r\n\r\n", 4],
    ["", 0],
    ["\r", 0],
  ])("of %j is %d", (text, end) => {
    expect(completeEventsEnd(bytesOf(text))).toBe(end);
  });
});

describe("eventEnd", () => {
  test("walks event by event to the end", () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 5 }), lineEnd, (events, eol) => {
        const { bytes, ends } = streamOf(events, eol);
        const found: number[] = [];
        for (let from = 0; from < bytes.length; from = found.at(-1) ?? bytes.length) {
          found.push(eventEnd(bytes, from));
        }
        expect(found).toEqual(ends);
      }),
      { numRuns: 150 },
    );
  });

  test("is -1 for half an event", () => {
    expect(eventEnd(bytesOf("data: a\n"), 0)).toBe(-1);
  });
});

describe("parseEvent", () => {
  test.each([
    ["data: a\n\n", { name: "", data: "a" }],
    ["data:a\r\n\r\n", { name: "", data: "a" }],
    ["event: x\ndata: a\ndata: b\n\n", { name: "x", data: "a\nb" }],
    [": c\nid: 1\nretry: 5\nevent:y\ndata:  two spaces\n\n", { name: "y", data: " two spaces" }],
    ["data: 北🙂é\n\n", { name: "", data: "北🙂é" }],
    ["\uFEFFdata: bom\n\n", { name: "", data: "bom" }],
    [": only a comment\n\n", { name: "", data: "" }],
    ["data\n\n", { name: "", data: "" }],
  ])("of %j", (text, want) => {
    expect(parseEvent(bytesOf(text))).toEqual(want);
  });

  test("keeps every character of the data", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), lineEnd, (text, eol) => {
        const wellFormed = textOf(bytesOf(text.replaceAll(/[\r\n\uFEFF]/g, "")));
        const { data } = parseEvent(bytesOf(`data: ${wellFormed}${eol}${eol}`));
        expect(data).toBe(wellFormed);
      }),
    );
  });
});
