import { rawIndex, writeJson } from "../base/raw-json.ts";
import { type EventSplit, eventEnd, takeComplete } from "../base/sse.ts";
import { parseObject } from "../protocols/read-json.ts";
import type { PausedTurns } from "../protocols/translation.ts";
import { classifyAnswer } from "./classify-answer.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { sendTranslated } from "./send-translated.ts";
import { refuseTooLong } from "./stream-filter.ts";
import type { Translation } from "./translate-exchange.ts";
import type { Try } from "./try.ts";
import { type AnswerChunk, type AnswerReader, readerOf, readWhole } from "./upstream-reader.ts";

/** An answer whose upstream pauses its turn and has to be asked on, with what asks. */
export interface Resumption {
  readonly turns: PausedTurns;
  /** @throws GatewayError what the upstream says instead of going on. */
  askOn(): Promise<Response>;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);

/** Undefined where the upstream does not pause, or the client knows what a pause is. */
export function resumptionOf(
  gateway: Gateway,
  exchange: Exchange,
  attempt: Try,
  translation: Translation,
): Resumption | undefined {
  const { pausedTurns: turns } = translation;
  if (!turns) return undefined;
  const stream = exchange.head?.stream === true;
  return {
    turns,
    async askOn() {
      exchange.notes.push("the upstream paused its turn and was asked on");
      const body = turns.nextBody(translation.body);
      const response = await sendTranslated(gateway, exchange, attempt, { ...translation, body }, stream);
      attempt.extend();
      const refusal = classifyAnswer(response);
      if (refusal) throw refusal.error;
      if (response.ok) return response;
      const bytes = await readWhole(response, gateway.answerBytesMax);
      const { upstream } = translation.translator;
      throw upstream.decodeError(response.status, parseObject(bytes), decoder.decode(bytes));
    },
  };
}

/** A whole answer's bytes, joined with the turns before it. What is no answer is left to whoever reads it. */
export async function readWholeTurns(
  gateway: Gateway,
  response: Response,
  resumption: Resumption | undefined,
): Promise<Uint8Array> {
  const bytes = await readWhole(response, gateway.answerBytesMax);
  if (!resumption || !response.ok) return bytes;
  const answer = parseObject(bytes);
  if (!answer) return bytes;
  const joined = resumption.turns.takeWhole(answer, rawIndex(bytes, answer));
  if (joined === answer) return bytes;
  if (joined) return encoder.encode(writeJson(joined));
  return await readWholeTurns(gateway, await resumption.askOn(), resumption);
}

interface Joining extends EventSplit {
  readonly resumption: Resumption;
  readonly attempt: Try;
  reader: AnswerReader;
  cancelled: boolean;
}

/** The events of a chunk as they stand in the stream of a single turn. */
function takeChunk(joining: Joining, chunk: Uint8Array): Uint8Array {
  const { turns } = joining.resumption;
  const complete = takeComplete(joining, chunk);
  refuseTooLong(joining.pending.length);
  const taken: Uint8Array[] = [];
  for (let from = 0; from < complete.length; ) {
    const found = eventEnd(complete, from);
    const end = found < 0 ? complete.length : found;
    taken.push(turns.takeEvent(complete.slice(from, end)));
    from = end;
  }
  return Buffer.concat(taken);
}

/** The next turn's stream in the place of the one that paused. */
async function goOn(joining: Joining): Promise<void> {
  joining.reader.cancel();
  joining.pending = NOTHING;
  joining.reader = readerOf(await joining.resumption.askOn());
  if (joining.cancelled) joining.reader.cancel();
}

async function readJoined(joining: Joining): Promise<AnswerChunk> {
  const { resumption, attempt } = joining;
  for (;;) {
    if (resumption.turns.isPaused() && !joining.cancelled) await goOn(joining);
    const read = await joining.reader.read();
    attempt.extend();
    // At the end: an event without its empty line. Whoever reads the stream knows what it is worth.
    const value = read.done ? joining.pending : takeChunk(joining, read.value);
    if (read.done) joining.pending = NOTHING;
    if (value.length > 0) return { done: false, value };
    if (read.done) return { done: true };
  }
}

/** The stream of all turns, as one. */
export function joinTurns(
  response: Response,
  attempt: Try,
  resumption: Resumption | undefined,
): AnswerReader {
  const reader = readerOf(response);
  if (!resumption) return reader;
  const joining: Joining = { resumption, attempt, reader, pending: NOTHING, cancelled: false };
  return {
    read: () => readJoined(joining),
    cancel() {
      joining.cancelled = true;
      joining.reader.cancel();
    },
  };
}
