import { describe, expect, test } from "bun:test";
import {
  feedTranslated,
  finishTranslated,
  newTranslatedStream,
} from "../../../src/gateway/translated-stream.ts";
import { type AnswerTry, triesOf } from "./answer-tries.ts";
import type { AnswerCase } from "./answers/case.ts";
import { ANSWER_CASES } from "./answers/cases.ts";
import { type Streamed, streamAnswer } from "./stream-answer.ts";
import { UPSTREAMS } from "./targets.ts";
import type { Asked } from "./translate.ts";

/**
 * A stream may be cut anywhere by the network: in two at every byte, and into single bytes, it says the same.
 * At every byte the events that the splitting makes are compared, and at some, which differ from stream to
 * stream, all that a client reads. `MATRIX_FULL=1` reads all at every byte (a minute).
 */
const READ_EVERY = process.env.MATRIX_FULL === "1" ? 1 : 97;

ANSWER_CASES.forEach((given, nth) => {
  describe(given.name, () => {
    for (const upstream of UPSTREAMS) {
      const tries = streamedTries(given).filter((tried) => tried.upstream === upstream);
      if (tries.length > 0) test(`${upstream}: cut at every byte`, () => cutEverywhere(tries, nth));
    }
  });
});

function streamedTries(given: AnswerCase): AnswerTry[] {
  return triesOf(given).filter(({ wire }) => wire.stream !== undefined);
}

function cutEverywhere(tries: readonly AnswerTry[], nth: number): void {
  const bytes = new TextEncoder().encode(tries[0]?.wire.stream);
  const read = readAll(tries, bytes);
  for (let at = 1 + (nth % READ_EVERY); at < bytes.length; at += READ_EVERY) {
    const turn = Math.floor(at / READ_EVERY) % tries.length;
    const tried = tries[turn];
    const halves = [bytes.subarray(0, at), bytes.subarray(at)];
    if (tried && sketch(streamed(tried, halves)) !== read[turn])
      throw new Error(`another answer for ${tried.client}, cut at ${at}`);
  }
  const turn = nth % tries.length;
  const tried = tries[turn];
  if (!tried) return;
  const singly = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
  expect(sketch(streamed(tried, singly))).toBe(read[turn] ?? "");
  cutWindows(tried.ask(true), bytes);
}

/** Each event cut at every byte, between its neighbours. */
function cutWindows(asked: Asked, bytes: Uint8Array): void {
  const ends = eventEnds(bytes);
  ends.forEach((end, nth) => {
    const from = ends[nth - 2] ?? 0;
    const window = bytes.subarray(from, ends[nth + 1] ?? bytes.length);
    const events = eventsOf(asked, [window]);
    for (let at = (ends[nth - 1] ?? 0) + 1; at <= end; at++) {
      const halves = [window.subarray(0, at - from), window.subarray(at - from)];
      if (eventsOf(asked, halves) !== events) throw new Error(`other events, cut at ${at}`);
    }
  });
}

/** One past the end of each event: an empty line ends it, whatever ends lines. */
function eventEnds(bytes: Uint8Array): number[] {
  const text = Buffer.from(bytes).toString("latin1");
  const ends = [...text.matchAll(/\r\n\r\n|\n\n|\r\r/g)].map((found) => found.index + found[0].length);
  return ends.at(-1) === bytes.length ? ends : [...ends, bytes.length];
}

function readAll(tries: readonly AnswerTry[], bytes: Uint8Array): string[] {
  return tries.map((tried) => sketch(streamed(tried, [bytes])));
}

/** The events that the gateway's splitting makes of the chunks, which is all that cutting can change. */
function eventsOf({ translator }: Asked, chunks: readonly Uint8Array[]): string {
  const events: string[] = [];
  const note = (text: string): readonly [] => {
    events.push(text);
    return [];
  };
  const decoder = { decode: (event: object) => note(JSON.stringify(event)), end: () => note("end") };
  const stream = newTranslatedStream({ ...translator, decoder }, "openai-chat");
  for (const chunk of chunks) feedTranslated(stream, chunk);
  finishTranslated(stream);
  return events.join("\n");
}

function streamed(tried: AnswerTry, chunks: readonly Uint8Array[]): Streamed {
  return streamAnswer(tried.ask(true), tried.client, chunks);
}

function sketch({ text, failure }: Streamed): string {
  return failure ? `${text}\n${failure.kind}` : text;
}
