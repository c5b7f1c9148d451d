import { describe, expect, test } from "bun:test";
import { createAnswerReader } from "../../bench/answer-reader.ts";
import { FRAMING_EVENTS, jsonAnswer, parsePace, streamScript } from "../../bench/answers.ts";
import { asChunk, LAST_CHUNK, readRequest } from "../../bench/http-frames.ts";
import { createWheel } from "../../bench/pacing.ts";

describe("readRequest", () => {
  const head = "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\n";

  test("finds two requests behind each other, and asks for more where the second is cut", () => {
    const one = `${head}Content-Length: 5\r\n\r\n{"a"}`;
    const bytes = Buffer.from(one + one);
    const first = readRequest(bytes, 0);
    expect(first?.body.toString()).toBe('{"a"}');
    expect(readRequest(bytes, first?.next ?? 0)?.next).toBe(bytes.length);
    for (let cut = 1; cut < one.length; cut += 1)
      expect(readRequest(bytes.subarray(0, one.length + cut), one.length)).toBeUndefined();
  });

  test("joins the chunks of a chunked body", () => {
    const bytes = Buffer.concat([
      Buffer.from(`${head}transfer-encoding: chunked\r\n\r\n`),
      asChunk("abc"),
      asChunk("défg"),
      LAST_CHUNK,
    ]);
    expect(readRequest(bytes, 0)).toEqual({
      body: Buffer.from("abcdéfg"),
      next: bytes.length,
    });
    expect(readRequest(bytes.subarray(0, -1), 0)).toBeUndefined();
  });
});

describe("createAnswerReader", () => {
  const stream = streamScript({ events: 3, gapMs: 0 });
  const whole = Buffer.concat([stream.opening, ...stream.events]);

  test("counts a stream's events wherever it is cut in two", () => {
    for (let cut = 1; cut < whole.length; cut += 1) {
      const reader = createAnswerReader(true);
      expect(reader.take(whole.subarray(0, cut))).toBe(false);
      expect(reader.take(whole.subarray(cut))).toBe(true);
      expect(reader.events()).toBe(3 + FRAMING_EVENTS);
    }
  });

  test("ends at every answer on one connection, byte by byte, whether its length is told or not", () => {
    const reader = createAnswerReader(true);
    const answers = [jsonAnswer(), whole, jsonAnswer()];
    const ends = answers.map((answer) =>
      [...answer].map((byte) => reader.take(Buffer.from([byte]))).lastIndexOf(true),
    );
    expect(ends).toEqual(answers.map((answer) => answer.length - 1));
    expect(reader.status()).toBe(200);
  });
});

describe("createWheel", () => {
  test("lets each stream write once a turn, and drops those that have ended", () => {
    const wheel = createWheel(3, 100);
    const written: string[] = [];
    wheel.add({ step: () => written.push("short") < 3 });
    wheel.add({ step: () => written.push("long") > 0 });
    wheel.advance(103);
    expect(written).toEqual(["short", "long"]);
    wheel.advance(160);
    expect(written.splice(0)).toEqual(["short", "long", "short", "long"]);
    wheel.advance(163.9);
    expect(written).toEqual(["long"]);
    expect(wheel.size()).toBe(1);
  });
});

test("parsePace takes what is named and leaves the rest", () => {
  expect(parsePace("events=7;gap_ms=2", { events: 1, gapMs: 1 })).toEqual({
    events: 7,
    gapMs: 2,
  });
  expect(parsePace("gap_ms=2", { events: 1, gapMs: 1 })).toEqual({
    events: 1,
    gapMs: 2,
  });
  expect(streamScript(parsePace("idle", { events: 1, gapMs: 1 })).endless).toBe(true);
});
