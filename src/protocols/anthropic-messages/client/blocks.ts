import type { CallPart, TextPart } from "../../../core/generation/request.ts";
import type { JsonObject } from "../../../core/json.ts";
import { keptCaller } from "../caller.ts";
import { readCitations } from "../citations.ts";
import { type Reading, readNode, requiredString } from "./node.ts";

const TEXT = new Set(["type", "text", "cache_control", "citations"]);

export function readText(block: JsonObject, reading: Reading): TextPart {
  const text = requiredString(block, "text", reading.at);
  const citations = readCitations(
    block.citations,
    text.length,
    (index) => reading.context.unseal(index) !== undefined,
  );
  return {
    kind: "text",
    ...readNode(block, TEXT, reading),
    text,
    ...(citations ? { citations } : {}),
  };
}

const CALL = new Set(["type", "id", "name", "input", "cache_control", "caller"]);

export function readCall(block: JsonObject, reading: Reading): CallPart {
  const { caller, input } = block;
  return {
    kind: "call",
    ...readNode(block, CALL, reading, keptCaller(caller)),
    callId: requiredString(block, "id", reading.at),
    name: requiredString(block, "name", reading.at),
    form: "json",
    input: typeof input === "object" && input !== null ? reading.raw.of(input) : JSON.stringify(input ?? {}),
  };
}
