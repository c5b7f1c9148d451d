import { writeJson } from "../base/raw-json.ts";
import type { Loss } from "../core/generation/loss.ts";
import type { Protocol } from "../core/protocol.ts";
import type { RequestHead } from "../core/request-head.ts";
import { addUsage } from "../core/usage.ts";
import { openPromptsEncoder } from "../protocols/openai-completions/client/answer.ts";
import { decodePrompts } from "../protocols/openai-completions/client/request.ts";
import type { WireEvent } from "../protocols/translation.ts";
import { type AnswerTranslator, translateParts } from "../translation/answer-translator.ts";
import { TRANSLATORS } from "../translation/translators.ts";
import { classifyAnswer, classifyFault, type Refusal } from "./classify-answer.ts";
import { type Exchange, textProtocolOf } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import type { UpstreamAnswer } from "./open-answer.ts";
import { readTranslated } from "./open-translated.ts";
import { refuseDeep } from "./read-body.ts";
import { sendTranslated } from "./send-translated.ts";
import { answerFacts, lossReport, type Translation, translateGeneration } from "./translate-exchange.ts";
import { translated } from "./translate-to.ts";
import { newTranslatedStream, readyEvents } from "./translated-stream.ts";
import type { Try } from "./try.ts";
import { type AnswerReader, readWhole } from "./upstream-reader.ts";

/** Calls at once for one request. */
const CALLS_AT_ONCE = 4;

const encoder = new TextEncoder();
const EMPTY = new Uint8Array(0);
const ENDED: AnswerReader = {
  read: () => Promise.resolve({ done: true, value: undefined }),
  cancel: () => undefined,
};

interface PromptAnswer {
  readonly kind: "prompt";
  readonly response: Response;
  readonly now: readonly WireEvent[];
  readonly held: readonly WireEvent[];
}

async function askOne(
  gateway: Gateway,
  exchange: Exchange,
  attempt: Try,
  translation: Translation,
): Promise<PromptAnswer | Refusal> {
  const response = await sendTranslated(gateway, exchange, attempt, translation, false);
  const refusal = classifyAnswer(response);
  if (refusal) return refusal;
  const bytes = await readWhole(response, gateway.answerBytesMax);
  // The upstream's time is that of one answer, not of all.
  attempt.extend();
  const read = readTranslated(bytes, response, translation);
  if ("kind" in read) return read;
  return { kind: "prompt", response, ...translateParts(translation.translator, read.answer, read.index) };
}

/** Answers in the order of the prompts; the first refusal ends it. */
async function askAll(
  gateway: Gateway,
  exchange: Exchange,
  attempt: Try,
  translations: readonly Translation[],
): Promise<readonly PromptAnswer[] | Refusal> {
  const answers: PromptAnswer[] = [];
  for (let from = 0; from < translations.length; from += CALLS_AT_ONCE) {
    const some = translations.slice(from, from + CALLS_AT_ONCE);
    for (const answer of await Promise.all(some.map((one) => askOne(gateway, exchange, attempt, one)))) {
      if (answer.kind === "refused") return answer;
      answers.push(answer);
    }
  }
  return answers;
}

/** One translator that stands for all: what was used is their sum. */
function together(translations: readonly Translation[]): AnswerTranslator {
  const [first] = translations;
  if (!first) throw new Error("a list of prompts without a prompt");
  const taps = translations.map(({ translator }) => translator.tap);
  const reported = taps.every(({ source }) => source === "reported");
  const tap = {
    ...first.translator.tap,
    usage: taps.map(({ usage }) => usage).reduce(addUsage),
    source: reported ? ("reported" as const) : ("none" as const),
    textBytes: taps.reduce((sum, { textBytes }) => sum + textBytes, 0),
  };
  return { ...first.translator, tap, phase: "ended" };
}

/**
 * A list of prompts for an upstream that takes one at a time: a call each, under one hold, answered
 * together. The answers are whole before the first of them is told.
 */
export async function promptsTo(
  gateway: Gateway,
  exchange: Exchange,
  head: RequestHead,
  attempt: Try,
  protocol: Protocol,
): Promise<UpstreamAnswer | Refusal> {
  refuseDeep(head.body);
  const prompts = decodePrompts(head.body);
  const [request] = prompts;
  if (!request) throw new Error("a list of prompts without a prompt");
  const writer = openPromptsEncoder({ ...answerFacts(gateway, exchange), request }, prompts.length);
  const way = { target: attempt.target, protocol };
  const making = Promise.all(
    prompts.map((one, prompt) => {
      const part = { encode: writer.encode.bind(undefined, prompt), fail: writer.fail };
      return translateGeneration(gateway, exchange, { ...one, stream: false }, way, part);
    }),
  );
  const ready = await translated(attempt, making);
  if (ready.kind === "refused") return ready;
  try {
    const answers = await askAll(gateway, exchange, attempt, ready.made);
    if ("kind" in answers) return answers;
    attempt.end();
    return served(exchange, attempt, ready.made, answers);
  } catch (fault) {
    return classifyFault(fault, attempt);
  }
}

function served(
  exchange: Exchange,
  attempt: Try,
  translations: readonly Translation[],
  answers: readonly PromptAnswer[],
): UpstreamAnswer {
  const translator = together(translations);
  const now = answers.flatMap((answer) => answer.now);
  const held = answers.flatMap((answer) => answer.held);
  const losses: Loss[] = [];
  const report = lossReport(losses);
  for (const { action, path, reason } of translations.flatMap((translation) => translation.losses))
    report.lose(action, path, reason);
  const { status, headers } = answers[0]?.response ?? new Response();
  const translation = {
    protocol: textProtocolOf(exchange),
    body: EMPTY,
    betas: [],
    losses,
    translator,
    pausedTurns: undefined,
  };
  const base = { kind: "served" as const, status, headers, attempt, first: EMPTY, translation };
  if (exchange.head?.stream) {
    const stream = newTranslatedStream(translator, textProtocolOf(exchange));
    readyEvents(stream, { now, held });
    return { ...base, whole: undefined, parsed: undefined, reader: ENDED, translated: stream };
  }
  const parsed = TRANSLATORS["openai-completions"].client.fold([...now, ...held]);
  return { ...base, whole: encoder.encode(writeJson(parsed)), parsed, reader: undefined };
}
