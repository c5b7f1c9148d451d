import { asWritten } from "../../../base/raw-json.ts";
import type { Signature } from "../../../core/generation/node.ts";
import type { CallPart } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { badField } from "../../fields.ts";
import type { DecodeContext } from "../../translation.ts";
import { extend, leftover } from "../notes.ts";

/** Opaque state that a message carries, by the call that it belongs to ("": none). */
export type Carried = readonly Signature[];

/** What `text` carries: ours unwrapped, or the vendor's own. */
export function unsealed(text: unknown, by: string, context: DecodeContext): Carried {
  if (typeof text !== "string" || text === "") return [];
  return context.unseal(text) ?? [{ value: text, by }];
}

/** Whether a signature stands in Google's place as Google wrote it; such a one stays there. */
export function isGooglesOwn(text: unknown, context: DecodeContext): boolean {
  return typeof text === "string" && text !== "" && context.unseal(text) === undefined;
}

/** The state that belongs to a call: named so, or carried by the call itself. */
function signatureOf(carried: Carried, callId: string): Pick<CallPart, "signature"> {
  const signature = carried.find((one) => one.callId === undefined || one.callId === callId);
  return signature ? { signature } : {};
}

const CALL_MEMBERS = new Set(["id", "type", "function", "custom", "extra_content"]);
const FUNCTION_MEMBERS = new Set(["name", "arguments", "input"]);

/** Google's place for a signature in chat, without the signature itself. */
export function keepExtraContent(extra: JsonObject | undefined, kept: Record<string, unknown>): void {
  if (!extra) return;
  const { google, ...others } = extra;
  const { thought_signature: _, ...rest } = asObject(google) ?? {};
  const left = Object.keys(rest).length > 0 ? { ...others, google: rest } : others;
  if (Object.keys(left).length > 0) kept.$extra_content = left;
}

function textOf(value: unknown, at: string, context: DecodeContext): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "object") return context.raw.of(value);
  throw badField(at, "must be a string of JSON.");
}

/** Arguments that are no string: an object, null, or "absent". */
function argumentsAsWritten(value: unknown, context: DecodeContext): unknown {
  return value === undefined ? "absent" : asWritten(value, context.raw);
}

function readCall(call: JsonObject, at: string, context: DecodeContext): CallPart {
  const custom = asObject(call.custom);
  const inner = custom ?? asObject(call.function);
  const name = inner?.name;
  const place = `${at}.${custom ? "custom" : "function"}`;
  if (typeof name !== "string" || name === "") throw badField(`${place}.name`, "must be the tool's name.");
  const { id } = call;
  if (typeof id !== "string") throw badField(`${at}.id`, "must be a string, which its result names again.");
  const kept = leftover(call, CALL_MEMBERS);
  const written = custom ? custom.input : inner?.arguments;
  if (typeof written !== "string") kept.$arguments = argumentsAsWritten(written, context);
  if (call.type !== (custom ? "custom" : "function")) kept.$type = call.type ?? "absent";
  const rest = leftover(inner ?? {}, FUNCTION_MEMBERS);
  if (Object.keys(rest).length > 0) kept.$function = rest;
  const extra = asObject(call.extra_content);
  keepExtraContent(extra, kept);
  const signature = asObject(extra?.google)?.thought_signature;
  if (isGooglesOwn(signature, context)) kept.$google = true;
  const carried = unsealed(signature, "google", context);
  return {
    kind: "call",
    callId: id,
    name,
    form: custom ? "text" : "json",
    input: textOf(written, `${place}.arguments`, context),
    at,
    ...signatureOf(carried, id),
    ...extend(kept),
  };
}

/** `tool_calls` of an assistant's message. */
export function readCalls(message: JsonObject, at: string, context: DecodeContext): CallPart[] {
  const { tool_calls: calls } = message;
  if (calls === undefined || calls === null) return [];
  if (!Array.isArray(calls)) throw badField(`${at}.tool_calls`, "must be a list.");
  return calls.map((value, index) => {
    const call = asObject(value);
    if (!call) throw badField(`${at}.tool_calls[${index}]`, "must be an object.");
    return readCall(call, `${at}.tool_calls[${index}]`, context);
  });
}

/** The older `function_call`; it has no id, so its place in the conversation names it. */
export function readFunctionCall(
  message: JsonObject,
  position: number,
  at: string,
  context: DecodeContext,
): CallPart[] {
  const call = asObject(message.function_call);
  if (!call) return [];
  const { name } = call;
  if (typeof name !== "string" || name === "") {
    throw badField(`${at}.function_call.name`, "must be the function's name.");
  }
  const kept: Record<string, unknown> = { ...leftover(call, FUNCTION_MEMBERS), $legacy: true };
  if (typeof call.arguments !== "string") kept.$arguments = argumentsAsWritten(call.arguments, context);
  return [
    {
      kind: "call",
      callId: `call_function_${position}`,
      name,
      form: "json",
      input: textOf(call.arguments, `${at}.function_call.arguments`, context),
      at: `${at}.function_call`,
      ...extend(kept),
    },
  ];
}
