import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import type { WireEvent } from "../../translation.ts";

type Members = Record<string, unknown>;

/** A choice while its deltas are added up, as the openai SDK adds them. */
interface FoldedChoice {
  readonly index: number;
  readonly message: Members;
  readonly calls: Map<number, Members>;
  content: unknown[];
  refusal: unknown[];
  finish: JsonObject;
}

/** Strings that come in pieces, lists that grow; the last value of all else counts. */
const TEXTS = new Set(["content", "refusal", "reasoning_content"]);

function addCall(choice: FoldedChoice, fragment: JsonObject): void {
  const { index, ...members } = fragment;
  const call = choice.calls.get(Number(index)) ?? {};
  choice.calls.set(Number(index), call);
  for (const [key, value] of Object.entries(members)) {
    const inner = asObject(value);
    call[key] = inner && key !== "extra_content" ? joined(asObject(call[key]), inner) : value;
  }
}

/** The pieces of arguments and inputs joined, the name as it first came. */
function joined(before: JsonObject | undefined, piece: JsonObject): JsonObject {
  const whole: Members = { ...before };
  for (const [key, value] of Object.entries(piece)) {
    const known = whole[key];
    whole[key] = typeof known === "string" && typeof value === "string" ? known + value : value;
  }
  return whole;
}

function addDelta(choice: FoldedChoice, delta: JsonObject): void {
  const { message } = choice;
  for (const [key, value] of Object.entries(delta)) {
    if (key === "tool_calls") {
      for (const call of asList(value)) addCall(choice, asObject(call) ?? {});
    } else if (TEXTS.has(key)) {
      message[key] = `${typeof message[key] === "string" ? message[key] : ""}${value}`;
    } else if (Array.isArray(value)) message[key] = [...asList(message[key]), ...value];
    else if (key === "function_call") message[key] = joined(asObject(message[key]), asObject(value) ?? {});
    else message[key] = value;
  }
}

function addChoice(choices: Map<number, FoldedChoice>, piece: JsonObject): void {
  const { index: number, delta, logprobs, finish_reason, ...more } = piece;
  const index = Number(number);
  const choice: FoldedChoice = choices.get(index) ?? {
    index,
    message: {},
    calls: new Map(),
    content: [],
    refusal: [],
    finish: {},
  };
  choices.set(index, choice);
  addDelta(choice, asObject(delta) ?? {});
  choice.content.push(...asList(asObject(logprobs)?.content));
  choice.refusal.push(...asList(asObject(logprobs)?.refusal));
  if (finish_reason) choice.finish = { finish_reason, ...more };
}

function orNull(list: readonly unknown[]): readonly unknown[] | null {
  return list.length > 0 ? list : null;
}

/** openai, `ChatCompletionMessage`: its content is null where something else was said. */
function messageOf({ message, calls }: FoldedChoice): JsonObject {
  const { role, content, refusal, ...others } = message;
  const tool_calls = [...calls.values()];
  const isElse =
    tool_calls.length > 0 || refusal !== undefined || "function_call" in others || "audio" in others;
  return {
    role,
    content: content === "" && isElse ? null : content,
    refusal: refusal ?? null,
    ...others,
    ...(tool_calls.length > 0 ? { tool_calls } : {}),
  };
}

function choiceOf(choice: FoldedChoice): JsonObject {
  const { index, content, refusal, finish } = choice;
  const logprobs =
    content.length + refusal.length > 0 ? { content: orNull(content), refusal: orNull(refusal) } : null;
  return { index, message: messageOf(choice), logprobs, finish_reason: null, ...finish };
}

/** openai, `ChatCompletion`, or the error that ended the stream. */
export function foldChat(events: readonly WireEvent[]): JsonObject {
  const choices = new Map<number, FoldedChoice>();
  let whole: JsonObject = {};
  for (const { data } of events) {
    if (data === "[DONE]") continue;
    if (data.error !== undefined) return data;
    const { choices: pieces, object: _, ...frame } = data;
    whole = { ...whole, ...frame };
    for (const piece of asList(pieces)) addChoice(choices, asObject(piece) ?? {});
  }
  const { id, created, model, ...rest } = whole;
  const list = [...choices.values()].sort((a, b) => a.index - b.index).map(choiceOf);
  return { id, object: "chat.completion", created, model, choices: list, ...rest };
}
