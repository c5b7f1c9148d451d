import { asObject, type JsonObject } from "../../../core/json.ts";
import type { Grammar, WireEvent } from "../../translation.ts";

/**
 * PROTOCOLS.md 2.1: what the SDKs and Claude Code insist on in a stream that we write. Whatever breaks one of
 * these rules was seen to make a client throw, retry, or lose text without a word. What a model wrote as its
 * arguments is not judged: clients tell it so themselves.
 */
interface GrammarState {
  phase: "before" | "message" | "block" | "ending" | "ended";
  blocks: number;
  /** Of the open block. */
  blockType: string;
  signed: boolean;
  calls: number;
}

type Check = (state: GrammarState, event: JsonObject) => string | undefined;

const CALL_ID = /^[a-zA-Z0-9_-]+$/;

function checkStart(state: GrammarState, { message }: JsonObject): string | undefined {
  if (state.phase !== "before") return "message_start stands twice";
  state.phase = "message";
  const usage = asObject(asObject(message)?.usage);
  const counted = typeof usage?.input_tokens === "number" && typeof usage.output_tokens === "number";
  return counted ? undefined : "message_start has no usage with input_tokens and output_tokens";
}

function checkCall(state: GrammarState, block: JsonObject): string | undefined {
  state.calls++;
  if (typeof block.id !== "string" || !CALL_ID.test(block.id)) return `the call's id ${block.id} is illegal`;
  return typeof block.name === "string" && block.name !== "" ? undefined : "the call has no name";
}

function checkBlockStart(state: GrammarState, { index, content_block }: JsonObject): string | undefined {
  if (state.phase === "block") return "content_block_start while another block is open";
  if (state.phase !== "message") return `content_block_start in phase ${state.phase}`;
  const block = asObject(content_block);
  if (index !== state.blocks) return `block ${index} where ${state.blocks} is due`;
  if (typeof block?.type !== "string") return "content_block_start without a block";
  state.phase = "block";
  state.blocks++;
  state.blockType = block.type;
  state.signed = false;
  return block.type === "tool_use" ? checkCall(state, block) : undefined;
}

const isToolUse = (type: string) => type.endsWith("tool_use");

interface DeltaRule {
  /** What it must have. */
  readonly member: string;
  readonly fits: (blockType: string) => boolean;
}

/** The deltas that each type of block takes. */
const DELTAS: Readonly<Record<string, DeltaRule>> = {
  text_delta: { member: "text", fits: (type) => type === "text" },
  thinking_delta: { member: "thinking", fits: (type) => type === "thinking" },
  signature_delta: { member: "signature", fits: (type) => type === "thinking" },
  input_json_delta: { member: "partial_json", fits: isToolUse },
  citations_delta: { member: "citation", fits: (type) => type === "text" },
};

function checkDelta(state: GrammarState, { index, delta }: JsonObject): string | undefined {
  if (state.phase !== "block") return "content_block_delta outside a block";
  if (index !== state.blocks - 1) return `a delta for block ${index} while ${state.blocks - 1} is open`;
  const change = asObject(delta) ?? {};
  const type = String(change.type);
  const rule = Object.hasOwn(DELTAS, type) ? DELTAS[type] : undefined;
  if (!rule?.fits(state.blockType)) return `${type} in a ${state.blockType} block`;
  if (change[rule.member] === undefined) return `${type} without ${rule.member}`;
  if (state.signed) return `${type} after the signature`;
  if (type === "signature_delta") state.signed = true;
  return undefined;
}

function checkBlockStop(state: GrammarState, { index }: JsonObject): string | undefined {
  if (state.phase !== "block" || index !== state.blocks - 1) return "content_block_stop for a block not open";
  state.phase = "message";
  return undefined;
}

function checkMessageDelta(state: GrammarState, { delta, usage }: JsonObject): string | undefined {
  if (state.phase !== "message") return `message_delta in phase ${state.phase}`;
  state.phase = "ending";
  const reason = asObject(delta)?.stop_reason;
  if (typeof reason !== "string") return "message_delta without a stop_reason";
  if (typeof asObject(usage)?.output_tokens !== "number") return "message_delta without usage.output_tokens";
  if (reason === "tool_use" && state.calls === 0) return "stop_reason tool_use without a call";
  return undefined;
}

function checkMessageStop(state: GrammarState): string | undefined {
  if (state.phase !== "ending") return `message_stop in phase ${state.phase}`;
  state.phase = "ended";
  return undefined;
}

function checkError(state: GrammarState, { error }: JsonObject): string | undefined {
  state.phase = "ended";
  return typeof asObject(error)?.type === "string" ? undefined : "an error without a type";
}

const CHECKS: Readonly<Record<string, Check>> = {
  message_start: checkStart,
  content_block_start: checkBlockStart,
  content_block_delta: checkDelta,
  content_block_stop: checkBlockStop,
  message_delta: checkMessageDelta,
  message_stop: checkMessageStop,
  error: checkError,
  ping: ({ phase }) => (phase === "before" ? "ping before message_start" : undefined),
};

function checkEvent(state: GrammarState, { name, data }: WireEvent): string | undefined {
  if (data === "[DONE]") return "[DONE] is no event of this protocol";
  const type = String(data.type);
  if (name !== type) return `the event's name ${name} is not its type ${type}`;
  const check = Object.hasOwn(CHECKS, type) ? CHECKS[type] : undefined;
  if (!check) return `${type} is an unknown type of event`;
  if (state.phase === "ended") return `${type} after the end`;
  if (state.phase === "before" && type !== "message_start" && type !== "error") {
    return `${type} before message_start`;
  }
  return check(state, data);
}

export function openGrammar(): Grammar {
  const state: GrammarState = {
    phase: "before",
    blocks: 0,
    blockType: "",
    signed: false,
    calls: 0,
  };
  return {
    check: (event) => checkEvent(state, event),
    end: () => (state.phase === "ended" ? undefined : `the stream ends in phase ${state.phase}`),
  };
}
