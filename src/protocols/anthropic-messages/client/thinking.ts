import type { Signature } from "../../../core/generation/node.ts";
import type { ReasoningPart } from "../../../core/generation/request.ts";
import type { JsonObject } from "../../../core/json.ts";
import { type Reading, readNode, requiredString } from "./node.ts";

const THINKING = new Set(["type", "thinking", "signature"]);

interface ReadSignature {
  /** Of the thinking itself. */
  readonly own?: Signature;
  /** It was an envelope of ours. */
  readonly sealed: boolean;
}

/** What is no envelope of ours is Anthropic's own. The signatures of calls in an envelope are put by for them. */
function readSignature(text: string, reading: Reading): ReadSignature {
  if (text === "") return { sealed: false };
  const signatures = reading.context.unseal(text);
  if (!signatures) return { own: { value: text, by: "anthropic" }, sealed: false };
  reading.carried.push(...signatures.filter(({ callId }) => callId !== undefined));
  const own = signatures.find(({ callId }) => callId === undefined);
  return own ? { own, sealed: true } : { sealed: true };
}

/** undefined for a block that was made only to carry the signatures of calls. */
export function readThinking(block: JsonObject, reading: Reading): ReasoningPart | undefined {
  const text = requiredString(block, "thinking", reading.at);
  const { own, sealed } = readSignature(typeof block.signature === "string" ? block.signature : "", reading);
  if (sealed && !own && text === "") return undefined;
  const signature = own ?? (sealed ? { value: "", by: "gateway" } : undefined);
  const notes: JsonObject = block.signature === "" ? { $signature: "" } : {};
  return {
    kind: "reasoning",
    ...readNode(block, THINKING, reading, notes),
    text,
    ...(signature ? { signature } : {}),
  };
}

const REDACTED = new Set(["type", "data"]);

export function readRedacted(block: JsonObject, reading: Reading): ReasoningPart {
  const value = requiredString(block, "data", reading.at);
  const [sealed] = reading.context.unseal(value) ?? [];
  return {
    kind: "reasoning",
    ...readNode(block, REDACTED, reading),
    text: "",
    signature: sealed ?? { value, by: "anthropic", redacted: true },
  };
}
