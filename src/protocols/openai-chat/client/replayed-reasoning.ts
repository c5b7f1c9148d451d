import type { Signature } from "../../../core/generation/node.ts";
import type { ReasoningPart } from "../../../core/generation/request.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import type { DecodeContext } from "../../translation.ts";
import { unsealed } from "./calls.ts";

/**
 * The reasoning that a client sends back with an assistant's message: as text (`reasoning_content` of DeepSeek,
 * vLLM and many others, `reasoning` of OpenRouter and newer vLLM) and as `reasoning_details` (OpenRouter), in
 * which our own answers carry the opaque state of other vendors.
 */
export interface Replayed {
  readonly parts: readonly ReasoningPart[];
  /** State that belongs to calls of the message. */
  readonly ofCalls: readonly Signature[];
  /** Notes for the turn. */
  readonly kept: JsonObject;
}

const FIELDS = ["reasoning_content", "reasoning"] as const;

/** Whose state it is, by the `format` that OpenRouter gives; OpenAI's is bound to an account that is not ours. */
const VENDOR_OF_FORMAT: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  ["anthropic-claude-v1", "anthropic"],
  ["google-gemini-v1", "google"],
]);

interface Detail {
  readonly text: string;
  readonly state: readonly Signature[];
  readonly callId: string | undefined;
  /** Whether we wrote its state. */
  readonly ours: boolean;
  /** Text without state. */
  readonly bare: boolean;
}

function readDetail(value: unknown, context: DecodeContext): Detail {
  const detail = asObject(value) ?? {};
  const text = [detail.text, detail.summary].find((one) => typeof one === "string");
  const opaque = detail.signature ?? detail.data;
  const ours = typeof opaque === "string" && context.unseal(opaque) !== undefined;
  const vendor = VENDOR_OF_FORMAT.get(detail.format);
  return {
    text: typeof text === "string" ? text : "",
    state: ours || vendor !== undefined ? unsealed(opaque, vendor ?? "", context) : [],
    // Google's state names the call it belongs to.
    callId: vendor === "google" && typeof detail.id === "string" ? detail.id : undefined,
    ours,
    bare: opaque === undefined,
  };
}

/** Puts what details say in order: state follows the text that it signs. */
function joinDetails(details: readonly Detail[], at: string): Pick<Replayed, "parts" | "ofCalls"> {
  const parts: ReasoningPart[] = [];
  const ofCalls: Signature[] = [];
  for (const { text, state, callId } of details) {
    if (text !== "") parts.push({ kind: "reasoning", text, at });
    for (const signature of state) {
      const call = signature.callId ?? callId;
      if (call !== undefined) {
        ofCalls.push({ ...signature, callId: call });
        continue;
      }
      const last = parts.at(-1);
      if (last && last.signature === undefined) parts[parts.length - 1] = { ...last, signature };
      else parts.push({ kind: "reasoning", text: "", at, signature });
    }
  }
  return { parts, ofCalls };
}

function textOf(message: JsonObject): string | undefined {
  const found = FIELDS.map((field) => message[field]).find((text) => typeof text === "string" && text !== "");
  return typeof found === "string" ? found : undefined;
}

/** Text without state, beside state that we wrote, is what that state signs: ours too. */
function isForeign(details: readonly Detail[], index: number): boolean {
  const detail = details[index];
  return detail !== undefined && !detail.ours && !(detail.bare && details.some(({ ours }) => ours));
}

export function readReplayed(message: JsonObject, at: string, context: DecodeContext): Replayed {
  const text = textOf(message);
  const list = asList(message.reasoning_details);
  const details = list.map((value) => readDetail(value, context));
  const found = joinDetails(details, `${at}.reasoning_details`);
  const kept: Record<string, unknown> = {};
  const fields = FIELDS.filter((field) => typeof message[field] === "string");
  if (fields.length > 0) kept.$reasoning = Object.fromEntries(fields.map((field) => [field, message[field]]));
  const foreign = list.filter((_, index) => isForeign(details, index));
  if (foreign.length > 0) kept.$reasoning_details = foreign;
  // Text in details stands in the plain field too; the details tell it apart by what signs it.
  const covered = found.parts.some((part) => part.text !== "");
  if (text === undefined || covered) return { ...found, kept };
  const plain: ReasoningPart = { kind: "reasoning", text, at: `${at}.${fields[0]}` };
  const [first, ...others] = found.parts;
  const parts = first ? [{ ...first, text }, ...others] : [plain];
  return { parts, ofCalls: found.ofCalls, kept };
}
