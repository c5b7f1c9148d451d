import type { GenerationRequest } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import type { Grammar, WireEvent } from "../../translation.ts";

/** What clients of completions insist on (PROTOCOLS.md 2.5), followed over the events of one stream. */
interface Follow {
  readonly wantsUsage: boolean;
  frame: JsonObject | undefined;
  /** By choice: whether it has its finish reason. */
  readonly choices: Map<number, boolean>;
  hasUsage: boolean;
  ended: "done" | "error" | undefined;
}

type Check = string | undefined;

const WORDS = new Set<unknown>(["stop", "length", "content_filter"]);

function checkChoice(state: Follow, value: unknown): Check {
  const { index, text, finish_reason: reason } = asObject(value) ?? {};
  if (typeof index !== "number") return "a choice without index";
  if (typeof text !== "string") return "a choice without text";
  if (state.choices.get(index)) return `choice ${index} goes on after its finish_reason`;
  state.choices.set(index, reason !== null);
  return reason === null || WORDS.has(reason) ? undefined : `finish_reason is ${JSON.stringify(reason)}`;
}

function unfinished(state: Follow): Check {
  if (state.choices.size === 0) return "no choice at all";
  const open = [...state.choices].find(([, finished]) => !finished);
  return open && `choice ${open[0]} has no finish_reason`;
}

function checkUsage(state: Follow): Check {
  if (!state.wantsUsage) return "usage that was not asked for";
  if (state.hasUsage) return "usage came twice";
  state.hasUsage = true;
  return unfinished(state);
}

function checkFrame(state: Follow, chunk: JsonObject): Check {
  if (chunk.object !== "text_completion") return `object is ${JSON.stringify(chunk.object)}`;
  state.frame ??= chunk;
  const changed = ["id", "created", "model"].find(
    (key) => chunk[key] === undefined || chunk[key] !== state.frame?.[key],
  );
  return changed && `${changed} is missing or changed between chunks`;
}

function checkChunk(state: Follow, chunk: JsonObject): Check {
  if (chunk.error !== undefined) {
    state.ended = "error";
    return undefined;
  }
  const wrong = checkFrame(state, chunk);
  if (wrong) return wrong;
  if (!Array.isArray(chunk.choices)) return "a chunk without a list of choices";
  if (state.hasUsage) return "a chunk after usage";
  if (chunk.choices.length === 0) return chunk.usage ? checkUsage(state) : "a chunk that says nothing";
  return chunk.choices.map((choice) => checkChoice(state, choice)).find((found) => found !== undefined);
}

function check(state: Follow, { name, data }: WireEvent): Check {
  if (state.ended) return `an event after the ${state.ended === "done" ? "end mark" : "error"}`;
  if (name !== undefined) return "the events of completions have no name";
  if (data !== "[DONE]") return checkChunk(state, data);
  state.ended = "done";
  return unfinished(state);
}

export function openCompletionGrammar(request: GenerationRequest): Grammar {
  const state: Follow = {
    wantsUsage: request.wantsUsage,
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
