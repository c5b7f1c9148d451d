import type { CallPart, Part, ResultPart, SearchPart } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { badField } from "../../fields.ts";
import { isResultOf, isSearchUse, readSearch } from "../searches.ts";
import { readCall, readText } from "./blocks.ts";
import { readDocument, readImage } from "./media.ts";
import { opaque, type Reading, readNode, requiredString } from "./node.ts";
import { readRedacted, readThinking } from "./thinking.ts";

const RESULT = new Set(["type", "tool_use_id", "content", "is_error", "cache_control"]);

function readResult(block: JsonObject, reading: Reading): ResultPart {
  const callId = requiredString(block, "tool_use_id", reading.at);
  const { parts, note } = readContent(block.content, { ...reading, at: `${reading.at}.content` });
  return {
    kind: "result",
    ...readNode(block, RESULT, reading, note),
    callId,
    content: parts,
    ...(typeof block.is_error === "boolean" ? { failed: block.is_error } : {}),
  };
}

type BlockReader = (block: JsonObject, reading: Reading) => Part | undefined;

const READERS: Readonly<Record<string, BlockReader>> = {
  text: readText,
  image: readImage,
  document: readDocument,
  thinking: readThinking,
  redacted_thinking: readRedacted,
  tool_use: readCall,
  tool_result: readResult,
};

function requiredBlock(value: unknown, at: string): JsonObject {
  const block = asObject(value);
  if (!block) throw badField(at, 'must be a content block, such as {"type": "text", "text": "…"}.');
  return block;
}

function readBlock(block: JsonObject, reading: Reading): Part | undefined {
  const type = requiredString(block, "type", reading.at);
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  return reader ? reader(block, reading) : opaque(block, reading);
}

function searchOf(use: JsonObject, result: JsonObject, { at, raw, context }: Reading): SearchPart {
  return { at, ...readSearch(use, result, raw, (text) => context.unseal(text) !== undefined) };
}

function readList(list: readonly unknown[], reading: Reading): Part[] {
  const parts: Part[] = [];
  for (let index = 0; index < list.length; index++) {
    const here = { ...reading, at: `${reading.at}[${index}]` };
    const block = requiredBlock(list[index], here.at);
    const next = asObject(list[index + 1]);
    const searched = isSearchUse(block) && isResultOf(block, next);
    if (searched) index++;
    const part = searched ? searchOf(block, next, here) : readBlock(block, here);
    if (part) parts.push(part);
  }
  return parts;
}

export interface Content {
  readonly parts: Part[];
  /** How it was written, for the way back. */
  readonly note: JsonObject;
}

/** A string or a list of blocks; absent and null are empty lists. */
export function readContent(value: unknown, reading: Reading): Content {
  if (typeof value === "string") {
    return { parts: [{ kind: "text", at: reading.at, text: value }], note: { $content: "string" } };
  }
  if (value === undefined || value === null) return { parts: [], note: { $content: "absent" } };
  if (!Array.isArray(value)) throw badField(reading.at, "must be a string or a list of content blocks.");
  return { parts: readList(value, reading), note: {} };
}

/** Gives calls the signatures that a thinking block carried for them. */
export function withCarried(parts: readonly Part[], { carried }: Reading): readonly Part[] {
  if (carried.length === 0) return parts;
  const signed = (call: CallPart): CallPart => {
    const signature = carried.find(({ callId }) => callId === call.callId);
    return signature ? { ...call, signature } : call;
  };
  return parts.map((part) => (part.kind === "call" ? signed(part) : part));
}
