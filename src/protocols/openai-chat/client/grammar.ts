import type { GenerationRequest } from "../../../core/generation/request.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import type { Grammar, WireEvent } from "../../translation.ts";
import { keptOf } from "../notes.ts";

/** What chat's clients insist on (PROTOCOLS.md 2.2), followed over the events of one stream. */
interface Follow {
  readonly wantsUsage: boolean;
  readonly isLegacy: boolean;
  /** `id`, `created` and `model` of the first chunk: all others say the same. */
  frame: JsonObject | undefined;
  readonly choices: Map<number, FollowedChoice>;
  hasUsage: boolean;
  ended: "done" | "error" | undefined;
}

interface FollowedChoice {
  hasRole: boolean;
  /** Calls so far; the last is the one that fragments may go to. */
  calls: number;
  finished: boolean;
}

/** The first thing that is wrong, or undefined. */
type Check = string | undefined;

function checkFrame(state: Follow, chunk: JsonObject): Check {
  if (chunk.object !== "chat.completion.chunk") return `object is ${JSON.stringify(chunk.object)}`;
  if (typeof chunk.id !== "string" || chunk.id === "") return "a chunk without id";
  if (typeof chunk.created !== "number") return "a chunk without created";
  if (typeof chunk.model !== "string") return "a chunk without model";
  state.frame ??= chunk;
  const changed = ["id", "created", "model"].find((key) => chunk[key] !== state.frame?.[key]);
  return changed && `${changed} changed between chunks`;
}

function checkCall(choice: FollowedChoice, value: unknown): Check {
  const call = asObject(value);
  const index = call?.index;
  if (!call || typeof index !== "number") return "a call without index: the SDK drops it";
  if (index < choice.calls - 1) return `a fragment of call ${index} after a later call began`;
  if (index > choice.calls) return `call ${index} before call ${choice.calls}`;
  if (index === choice.calls - 1) {
    return call.id === undefined && call.type === undefined ? undefined : `call ${index} begins twice`;
  }
  choice.calls++;
  const { name } = asObject(call.function) ?? asObject(call.custom) ?? {};
  if (typeof call.id !== "string" || call.id === "") return `call ${index} begins without id`;
  if (call.type !== "function" && call.type !== "custom") return `call ${index} begins without type`;
  return typeof name === "string" && name !== "" ? undefined : `call ${index} begins without name`;
}

function checkFunctionCall(choice: FollowedChoice, value: unknown): Check {
  const call = asObject(value);
  if (!call) return undefined;
  const isFirst = choice.calls === 0;
  choice.calls = 1;
  return isFirst && typeof call.name !== "string" ? "function_call begins without name" : undefined;
}

function checkDelta(choice: FollowedChoice, delta: JsonObject): Check {
  if (choice.hasRole && delta.role !== undefined) return "the role came twice";
  if (!choice.hasRole && delta.role !== "assistant") return "the first chunk of a choice has no role";
  choice.hasRole = true;
  for (const call of asList(delta.tool_calls)) {
    const wrong = checkCall(choice, call);
    if (wrong) return wrong;
  }
  return checkFunctionCall(choice, delta.function_call);
}

const WORDS = new Set<unknown>(["stop", "length", "tool_calls", "content_filter", "function_call"]);

function checkFinish(state: Follow, choice: FollowedChoice, reason: unknown): Check {
  if (reason === null || reason === undefined) return undefined;
  choice.finished = true;
  if (!WORDS.has(reason)) return `finish_reason is ${JSON.stringify(reason)}`;
  const called = state.isLegacy ? "function_call" : "tool_calls";
  if ((reason === "tool_calls" || reason === "function_call") && reason !== called)
    return `finish_reason ${reason}`;
  if (reason === called && choice.calls === 0) return `finish_reason ${called} without a call`;
  return reason === "stop" && choice.calls > 0 ? "finish_reason stop after a call" : undefined;
}

function checkChoice(state: Follow, value: unknown): Check {
  const piece = asObject(value);
  const delta = asObject(piece?.delta);
  if (!piece || typeof piece.index !== "number") return "a choice without index";
  if (!delta) return "a choice without delta";
  const choice = state.choices.get(piece.index) ?? { hasRole: false, calls: 0, finished: false };
  state.choices.set(piece.index, choice);
  if (choice.finished) return `choice ${piece.index} goes on after its finish_reason`;
  return checkDelta(choice, delta) ?? checkFinish(state, choice, piece.finish_reason);
}

function unfinished(state: Follow): Check {
  const open = [...state.choices].find(([, { finished }]) => !finished);
  if (open) return `choice ${open[0]} has no finish_reason`;
  return state.choices.size === 0 ? "no choice at all" : undefined;
}

function checkUsage(state: Follow, chunk: JsonObject): Check {
  if (!state.wantsUsage) return "usage that was not asked for";
  if (state.hasUsage) return "usage came twice";
  state.hasUsage = true;
  const { prompt_tokens, completion_tokens, total_tokens } = asObject(chunk.usage) ?? {};
  const counts = [prompt_tokens, completion_tokens, total_tokens];
  if (!counts.every((count) => typeof count === "number")) return "usage without its three totals";
  return unfinished(state);
}

function checkChunk(state: Follow, chunk: JsonObject): Check {
  if (chunk.error !== undefined) {
    state.ended = "error";
    const { message, type } = asObject(chunk.error) ?? {};
    return typeof message === "string" && typeof type === "string"
      ? undefined
      : "an error without words or type";
  }
  const wrong = checkFrame(state, chunk);
  if (wrong) return wrong;
  if (!Array.isArray(chunk.choices)) return "a chunk without a list of choices: the SDK cannot iterate it";
  if (state.hasUsage) return "a chunk after usage";
  if (chunk.choices.length === 0) return chunk.usage ? checkUsage(state, chunk) : "a chunk that says nothing";
  for (const choice of chunk.choices) {
    const found = checkChoice(state, choice);
    if (found) return found;
  }
  return undefined;
}

function check(state: Follow, { name, data }: WireEvent): Check {
  if (state.ended) return `an event after the ${state.ended === "done" ? "end mark" : "error"}`;
  if (name !== undefined) return "chat's events have no name";
  if (data !== "[DONE]") return checkChunk(state, data);
  state.ended = "done";
  return unfinished(state);
}

export function openChatGrammar(request: GenerationRequest): Grammar {
  const state: Follow = {
    wantsUsage: request.wantsUsage,
    isLegacy: request.tools.some((tool) => keptOf(tool).$legacy === true),
    frame: undefined,
    choices: new Map(),
    hasUsage: false,
    ended: undefined,
  };
  return {
    check: (event) => check(state, event),
    end: () => (state.ended ? undefined : "the stream ends without [DONE]"),
  };
}
