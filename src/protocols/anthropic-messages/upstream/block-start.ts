import type { RawIndex } from "../../../base/raw-json.ts";
import { asObjects, asWord, type JsonObject } from "../../../core/json.ts";
import { keptCaller } from "../caller.ts";
import { extended, keptMembers } from "../kept-members.ts";
import { type DecodeState, openPart, type Parts } from "./state.ts";

type Opener = (state: DecodeState, block: JsonObject, raw: RawIndex) => Parts;

const text = (value: unknown) => (typeof value === "string" ? value : "");

/** Text that the start of a block carries already, as compatible servers and whole answers do. */
function firstText(state: DecodeState, value: unknown): Parts {
  const { open } = state;
  if (typeof value !== "string" || value === "" || !open || open.kind === "whole") return [];
  if (open.kind === "text") open.length += value.length;
  return [{ type: "text", index: open.index, text: value }];
}

export const openText: Opener = (state, block) => {
  const citations = [...asObjects(block.citations)];
  state.open = { kind: "text", index: state.parts, length: 0, citations };
  return [openPart(state, { kind: "text" }), ...firstText(state, block.text)];
};

export const openThinking: Opener = (state, block) => {
  state.open = {
    kind: "reasoning",
    index: state.parts,
    signature: text(block.signature),
    redacted: false,
  };
  return [openPart(state, { kind: "reasoning", form: "summary" }), ...firstText(state, block.thinking)];
};

const openRedacted: Opener = (state, block) => {
  state.open = { kind: "reasoning", index: state.parts, signature: text(block.data), redacted: true };
  return [openPart(state, { kind: "reasoning", form: "summary" })];
};

const CALL = new Set(["type", "id", "name", "input", "caller"]);

/** An input that is given at once: not the empty object that stands for pieces to come. */
function givenInput(input: unknown, raw: RawIndex): string {
  if (typeof input !== "object" || input === null) return "";
  return Object.keys(input).length > 0 ? raw.of(input) : "";
}

const openCall: Opener = (state, block, raw) => {
  const index = state.parts;
  const given = givenInput(block.input, raw);
  state.open = { kind: "call", index, given, begun: false, stray: "" };
  const minted = `toolu_${state.context.answerId}${index}`;
  const head = {
    kind: "call" as const,
    callId: text(block.id) || minted,
    name: text(block.name),
    form: "json" as const,
    ...extended({ ...keptMembers(block, CALL, raw), ...keptCaller(block.caller) }),
  };
  return [openPart(state, head)];
};

const openWhole: Opener = (state, block, raw) => {
  state.open = { kind: "whole", block, raw, input: "", changed: false };
  return [];
};

const OPENERS: Readonly<Record<string, Opener>> = {
  text: openText,
  thinking: openThinking,
  redacted_thinking: openRedacted,
  tool_use: openCall,
};

/** What a `content_block_start` begins. Blocks that only this protocol knows become parts once they are whole. */
export const openBlock: Opener = (state, block, raw) => {
  const type = asWord(block.type);
  const opener = Object.hasOwn(OPENERS, type) ? OPENERS[type] : undefined;
  return (opener ?? openWhole)(state, block, raw);
};
