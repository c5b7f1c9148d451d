import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import type { Grammar, WireEvent } from "../../translation.ts";
import { checkDoneItem, checkUsage } from "./grammar-shapes.ts";

/** The item that is being streamed, as far as the events tell. */
interface OpenItem {
  readonly id: string;
  readonly type: string;
  /** Kind of the open content or summary part. */
  part: string | undefined;
  /** Parts that were opened, of content and of summary. */
  contents: number;
  summaries: number;
  /** Text of the open part or input so far. */
  said: string;
  isWhole: boolean;
}

interface GrammarState {
  phase: "fresh" | "streaming" | "ended" | "marked" | "failed";
  sequence: number;
  responseId: unknown;
  readonly done: JsonObject[];
  readonly ids: Set<string>;
  item: OpenItem | undefined;
}

type Rule = (state: GrammarState, event: JsonObject) => string | undefined;

const TERMINAL: Rule = (state, event) => endAnswer(state, event);

const RULES: Readonly<Record<string, Rule>> = {
  "response.in_progress": (state, event) =>
    asObject(event.response)?.id === state.responseId ? undefined : "another response's id",
  "response.output_item.added": addItem,
  "response.output_item.done": endItem,
  "response.content_part.added": (state, event) => openPart(state, event, "content_index"),
  "response.content_part.done": closePart,
  "response.reasoning_summary_part.added": (state, event) => openPart(state, event, "summary_index"),
  "response.reasoning_summary_part.done": closePart,
  "response.output_text.delta": (state, event) => say(state, event, "output_text"),
  "response.output_text.done": (state, event) => endText(state, event, "output_text", event.text),
  "response.output_text.annotation.added": (state, event) => inPart(state, event, "output_text"),
  "response.refusal.delta": (state, event) => say(state, event, "refusal"),
  "response.refusal.done": (state, event) => endText(state, event, "refusal", event.refusal),
  "response.reasoning_text.delta": (state, event) => say(state, event, "reasoning_text"),
  "response.reasoning_text.done": (state, event) => endText(state, event, "reasoning_text", event.text),
  "response.reasoning_summary_text.delta": (state, event) => say(state, event, "summary_text"),
  "response.reasoning_summary_text.done": (state, event) => endText(state, event, "summary_text", event.text),
  "response.function_call_arguments.delta": (state, event) => input(state, event, "function_call"),
  "response.function_call_arguments.done": (state, event) =>
    endInput(state, event, "function_call", event.arguments),
  "response.custom_tool_call_input.delta": (state, event) => input(state, event, "custom_tool_call"),
  "response.custom_tool_call_input.done": (state, event) =>
    endInput(state, event, "custom_tool_call", event.input),
  "response.completed": TERMINAL,
  "response.incomplete": TERMINAL,
  "response.failed": TERMINAL,
};

/** Steps of the vendor's own tools: nothing but the item that they belong to. */
const STEP =
  /^response\.(?:web_search_call|image_generation_call)\.(?:in_progress|searching|generating|completed)$/;

function check(state: GrammarState, { name, data }: WireEvent): string | undefined {
  if (data === "[DONE]") return endMark(state);
  const type = String(data.type);
  if (name !== type) return `the event's name is ${name}, its type ${type}`;
  if (state.phase !== "fresh" && state.phase !== "streaming") return `${type} after the end`;
  if (data.sequence_number !== state.sequence)
    return `sequence number ${data.sequence_number} in place of ${state.sequence}`;
  state.sequence++;
  if (state.phase === "fresh") return begin(state, type, data);
  const rule = Object.hasOwn(RULES, type) ? RULES[type] : undefined;
  if (rule) return rule(state, data);
  return STEP.test(type) ? ofItem(state, data) : `no client knows ${type} here`;
}

function endMark(state: GrammarState): string | undefined {
  if (state.phase !== "ended") return "[DONE] without a completed answer before it";
  state.phase = "marked";
  return undefined;
}

function begin(state: GrammarState, type: string, { response }: JsonObject): string | undefined {
  if (type !== "response.created") return `${type} before response.created`;
  state.phase = "streaming";
  state.responseId = asObject(response)?.id;
  return typeof state.responseId === "string" ? undefined : "a response without an id";
}

function addItem(state: GrammarState, { item, output_index }: JsonObject): string | undefined {
  if (state.item) return `an item begins inside ${state.item.id}`;
  if (output_index !== state.done.length)
    return `output index ${output_index} in place of ${state.done.length}`;
  const { id, type, summary, content } = asObject(item) ?? {};
  if (typeof id !== "string" || id === "") return "an item without an id";
  if (state.ids.has(id)) return `the id ${id} stands for two items`;
  if (type === "reasoning" && !Array.isArray(summary)) return "a reasoning item begins without its summary";
  if (type === "message" && !Array.isArray(content)) return "a message begins without its content";
  state.ids.add(id);
  const at = { part: undefined, contents: 0, summaries: 0, said: "", isWhole: false };
  state.item = { id, type: String(type), ...at };
  return undefined;
}

/** That the event speaks of the open item. */
function ofItem(state: GrammarState, { type, item_id, output_index }: JsonObject): string | undefined {
  if (!state.item) return `${type} outside of an item`;
  if (item_id !== state.item.id) return `${type} of ${item_id} inside ${state.item.id}`;
  return output_index === state.done.length ? undefined : `${type} of another output index`;
}

function openPart(
  state: GrammarState,
  event: JsonObject,
  key: "content_index" | "summary_index",
): string | undefined {
  const wrong = ofItem(state, event);
  const { item } = state;
  if (wrong !== undefined || !item) return wrong ?? "";
  if (item.part !== undefined) return "a part begins inside another";
  const count = key === "content_index" ? item.contents++ : item.summaries++;
  if (event[key] !== count) return `${key} ${event[key]} in place of ${count}`;
  item.part = String(asObject(event.part)?.type);
  item.said = "";
  item.isWhole = false;
  return undefined;
}

function inPart(state: GrammarState, event: JsonObject, part: string): string | undefined {
  const wrong = ofItem(state, event);
  if (wrong !== undefined) return wrong;
  return state.item?.part === part ? undefined : `${event.type} outside of its part`;
}

function say(state: GrammarState, event: JsonObject, part: string): string | undefined {
  const wrong = inPart(state, event, part);
  if (wrong === undefined && state.item) state.item.said += String(event.delta);
  return wrong;
}

function endText(state: GrammarState, event: JsonObject, part: string, text: unknown): string | undefined {
  return inPart(state, event, part) ?? endSaid(state, event, text);
}

function endSaid({ item }: GrammarState, event: JsonObject, text: unknown): string | undefined {
  if (!item || item.said !== text) return `${event.type} says another text than the deltas`;
  item.isWhole = true;
  return undefined;
}

function closePart(state: GrammarState, event: JsonObject): string | undefined {
  const wrong = ofItem(state, event);
  if (wrong !== undefined || !state.item) return wrong ?? "";
  if (state.item.part !== asObject(event.part)?.type) return `${event.type} of a part that is not open`;
  if (!state.item.isWhole) return `${event.type} before its text is done`;
  state.item.part = undefined;
  return undefined;
}

function input(state: GrammarState, event: JsonObject, type: string): string | undefined {
  const wrong = ofItem(state, event);
  if (wrong !== undefined) return wrong;
  if (state.item?.type !== type || state.item.isWhole) return `${event.type} outside of its call`;
  state.item.said += String(event.delta);
  return undefined;
}

function endInput(state: GrammarState, event: JsonObject, type: string, text: unknown): string | undefined {
  const wrong = ofItem(state, event);
  if (wrong !== undefined) return wrong;
  return state.item?.type === type ? endSaid(state, event, text) : `${event.type} outside of its call`;
}

function endItem(state: GrammarState, { item, output_index }: JsonObject): string | undefined {
  const open = state.item;
  const body = asObject(item) ?? {};
  if (!open) return "output_item.done outside of an item";
  if (body.id !== open.id || body.type !== open.type || output_index !== state.done.length) {
    return `the item that ends is not ${open.id}`;
  }
  if (open.part !== undefined) return "an item ends inside a part";
  state.item = undefined;
  state.done.push(body);
  return checkDoneItem(body, open);
}

function endAnswer(state: GrammarState, { type, response }: JsonObject): string | undefined {
  const body = asObject(response) ?? {};
  const isFailed = type === "response.failed";
  state.phase = isFailed ? "failed" : "ended";
  if (`response.${body.status}` !== type) return `${type} with the status ${body.status}`;
  if (body.id !== state.responseId) return `${type} of another response`;
  if (isFailed) return asObject(body.error) ? undefined : "a failed response without an error";
  if (state.item) return `the answer ends inside ${state.item.id}`;
  if (!isSameOutput(asList(body.output), state.done))
    return "the response's output is not what its items were";
  return checkUsage(body.usage);
}

function isSameOutput(output: readonly unknown[], done: readonly JsonObject[]): boolean {
  if (output.length !== done.length) return false;
  return output.every((item, at) => item === done[at] || JSON.stringify(item) === JSON.stringify(done[at]));
}

/** PROTOCOLS.md 2.3: what the openai SDK, the AI SDK and Codex insist on. */
export function openGrammar(): Grammar {
  const state: GrammarState = {
    phase: "fresh",
    sequence: 0,
    responseId: undefined,
    done: [],
    ids: new Set(),
    item: undefined,
  };
  return {
    check: (event) => check(state, event),
    end() {
      if (state.phase === "marked" || state.phase === "failed") return undefined;
      return state.phase === "ended" ? "no [DONE] at the end" : "no terminal event";
    },
  };
}
