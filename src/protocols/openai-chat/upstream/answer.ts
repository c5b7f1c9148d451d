import { rawIndex } from "../../../base/raw-json.ts";
import type { SseEvent } from "../../../base/sse.ts";
import { GatewayError } from "../../../core/errors.ts";
import type { StreamPart } from "../../../core/generation/stream-part.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import { eventObject } from "../../read-json.ts";
import type { AnswerDecodeContext, AnswerDecoder } from "../../translation.ts";
import { chatUsage } from "../usage.ts";
import { takeCalls, takeFunctionCall } from "./call-fragments.ts";
import {
  type ChoiceDecoding,
  choiceOf,
  type Decoding,
  failWith,
  newDecoding,
  stateSignature,
  takeOut,
} from "./decoding.ts";
import { errorIn } from "./error.ts";
import { finishChoice, takeFinish } from "./finish.ts";
import {
  takeAnnotations,
  takeAudio,
  takeContent,
  takeImages,
  takeLogprobs,
  takeReasoning,
  takeText,
} from "./text-deltas.ts";

type Take = (state: Decoding, choice: ChoiceDecoding, delta: JsonObject) => void;

/** Google signs an answer without calls as a whole, on whichever delta. */
const takeTextSignature: Take = (state, choice, delta) => {
  const signature = asObject(asObject(delta.extra_content)?.google)?.thought_signature;
  if (typeof signature !== "string" || !choice.open || choice.open.kind === "call") return;
  choice.open.signature = stateSignature(state, signature, "google");
};

/** What a delta may hold, in the order in which a whole message in one chunk is to be read. */
const DELTA: readonly Take[] = [
  takeReasoning,
  takeContent,
  (state, choice, { refusal }) => {
    if (typeof refusal === "string") takeText(state, choice, refusal, "refusal");
  },
  takeTextSignature,
  (state, choice, { annotations }) => takeAnnotations(state, choice, annotations),
  (state, choice, { images }) => takeImages(state, choice, images),
  (_, choice, { audio }) => takeAudio(choice, audio),
  (state, choice, delta) => takeCalls(state, choice, delta.tool_calls),
  (state, choice, delta) => takeFunctionCall(state, choice, delta.function_call),
];

function start(state: Decoding, chunk: JsonObject): void {
  if (state.started) return;
  state.started = true;
  const { id, model, created } = chunk;
  state.out.push({
    type: "start",
    id: typeof id === "string" ? id : "",
    model: typeof model === "string" && model !== "" ? model : state.context.traits.model,
    ...(typeof created === "number" ? { created } : {}),
  });
}

function takeUsage(state: Decoding, usage: unknown, tier: unknown): void {
  const raw = asObject(usage);
  if (!raw || !state.started) return;
  state.out.push({
    type: "usage",
    usage: chatUsage(raw),
    ...(typeof tier === "string" ? { serviceTier: tier } : {}),
  });
}

function takeChoice(state: Decoding, value: unknown): void {
  const raw = asObject(value);
  if (!raw) return;
  const choice = choiceOf(state, typeof raw.index === "number" ? raw.index : 0);
  const delta = asObject(raw.delta) ?? asObject(raw.message) ?? {};
  for (const take of DELTA) take(state, choice, delta);
  takeLogprobs(state, choice, raw.logprobs);
  takeFinish(state, choice, raw);
  // Kimi's streams report usage inside the choice.
  takeUsage(state, raw.usage, undefined);
}

/** One chunk, or a whole answer, which is a chunk that holds everything. */
export function takeChunk(state: Decoding, chunk: JsonObject): void {
  const error = errorIn(chunk);
  if (error) {
    failWith(state, error);
    return;
  }
  const choices = asList(chunk.choices);
  // Azure begins with a chunk that has neither choices nor a name.
  if (choices.length > 0) start(state, chunk);
  for (const choice of choices) if (!state.over) takeChoice(state, choice);
  if (!state.over) takeUsage(state, chunk.usage, chunk.service_tier);
}

function broken(message: string): GatewayError {
  return new GatewayError("upstream_error", message);
}

/** The answer is over: everything that is owed, and `end`. */
export function endAnswer(state: Decoding): void {
  if (state.over) return;
  if (state.choices.size === 0) {
    failWith(state, broken("The upstream of this model ended its answer before it began; try again."));
    return;
  }
  for (const choice of state.choices.values()) finishChoice(state, choice);
  if (state.over) return;
  state.over = true;
  state.out.push({ type: "end" });
}

function takeEvent(state: Decoding, event: SseEvent): void {
  const data = event.data.trim();
  if (data === "[DONE]") {
    endAnswer(state);
    return;
  }
  const chunk = eventObject(data);
  if (!chunk) {
    if (data !== "")
      failWith(state, broken("The upstream of this model sent an event that is no JSON; try again."));
    return;
  }
  state.raw = rawIndex(data, chunk);
  takeChunk(state, event.name === "error" && !errorIn(chunk) ? { error: chunk } : chunk);
}

/** Some servers leave out `[DONE]`: the answer is whole when every choice said why it ended. */
function endOfStream(state: Decoding): void {
  const isWhole = state.choices.size > 0 && [...state.choices.values()].every(({ finish }) => finish);
  if (isWhole) endAnswer(state);
  else
    failWith(state, broken("The upstream of this model broke off in the middle of its answer; try again."));
}

/** Reads openai's `ChatCompletionChunk` stream, and what compatible servers make of it. */
export function openChatDecoder(context: AnswerDecodeContext): AnswerDecoder {
  const state = newDecoding(context);
  return {
    decode(event): readonly StreamPart[] {
      if (state.over) return [];
      takeEvent(state, event);
      return takeOut(state);
    },
    end(): readonly StreamPart[] {
      endOfStream(state);
      return takeOut(state);
    },
  };
}
