import type { Signature } from "../../../core/generation/node.ts";
import type { CallPart, Part, ResultPart, TextPart, Turn } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { badField } from "../../fields.ts";
import type { DecodeContext } from "../../translation.ts";
import { extend, keptOf, leftover } from "../notes.ts";
import { isGooglesOwn, keepExtraContent, readCalls, readFunctionCall, unsealed } from "./calls.ts";
import { type ContentForm, readContent } from "./content.ts";
import { readReplayed } from "./replayed-reasoning.ts";

/** One message on its way to a turn. */
interface Reading {
  readonly message: JsonObject;
  readonly position: number;
  readonly at: string;
  readonly context: DecodeContext;
  /** The messages before it. */
  readonly earlier: readonly Turn[];
}

const PLAIN_MEMBERS = new Set(["role", "content", "name"]);

function nameOf({ message, at }: Reading): { name?: string } {
  const { name } = message;
  if (name === undefined || name === null) return {};
  if (typeof name !== "string") throw badField(`${at}.name`, "must be a string.");
  return { name };
}

/** The extensions of a turn whose content came in this form. */
function keep(kept: Record<string, unknown>, form: ContentForm) {
  return extend({ ...kept, $content: form });
}

function readPlain(role: "system" | "developer" | "user", reading: Reading): Turn {
  const { parts, form } = readContent(reading.message, reading.at, reading.context);
  const kept = leftover(reading.message, PLAIN_MEMBERS);
  return { role, parts, at: reading.at, ...nameOf(reading), ...keep(kept, form) };
}

const ASSISTANT_MEMBERS = new Set([
  ...PLAIN_MEMBERS,
  "refusal",
  "tool_calls",
  "function_call",
  "reasoning_content",
  "reasoning",
  "reasoning_details",
  "extra_content",
]);

/** The refusal that stands beside the content. */
function readRefusal({ message, at }: Reading): TextPart[] {
  const { refusal } = message;
  if (typeof refusal !== "string") return [];
  return [
    { kind: "text", text: refusal, refusal: true, at: `${at}.refusal`, ...extend({ $field: "refusal" }) },
  ];
}

/** State of other vendors goes to the call that it names. */
function signCalls(calls: readonly CallPart[], signatures: readonly Signature[]): CallPart[] {
  return calls.map((call) => {
    const signature = call.signature ?? signatures.find((one) => one.callId === call.callId);
    return signature ? { ...call, signature } : call;
  });
}

/** Google signs an answer without calls as a whole: `extra_content` of the message. */
function signText(parts: readonly Part[], { message, context }: Reading): readonly Part[] {
  const google = asObject(asObject(message.extra_content)?.google);
  const text = google?.thought_signature;
  const [signature] = unsealed(text, "google", context);
  const last = parts.at(-1);
  if (!signature || !last) return parts;
  const kept = isGooglesOwn(text, context) ? { ...keptOf(last), $google: true } : keptOf(last);
  return [...parts.slice(0, -1), { ...last, signature, ...extend(kept) }];
}

function readAssistant(reading: Reading): Turn {
  const { message, position, at, context } = reading;
  const { parts: content, form } = readContent(message, at, context);
  const replayed = readReplayed(message, at, context);
  const calls = [...readCalls(message, at, context), ...readFunctionCall(message, position, at, context)];
  const kept: Record<string, unknown> = { ...leftover(message, ASSISTANT_MEMBERS), ...replayed.kept };
  keepExtraContent(asObject(message.extra_content), kept);
  const parts = [
    ...replayed.parts,
    ...signText(content, reading),
    ...readRefusal(reading),
    ...signCalls(calls, replayed.ofCalls),
  ];
  return { role: "assistant", parts, at, ...nameOf(reading), ...keep(kept, form) };
}

const TOOL_MEMBERS = new Set([...PLAIN_MEMBERS, "tool_call_id"]);

function readTool(reading: Reading): Turn {
  const { message, at, context } = reading;
  const { tool_call_id: callId } = message;
  if (typeof callId !== "string") {
    throw badField(`${at}.tool_call_id`, "must be a string, the id of the call that it answers.");
  }
  const { parts, form } = readContent(message, at, context);
  const result: ResultPart = { kind: "result", callId, content: parts, at, ...nameOf(reading) };
  return { role: "tool", parts: [result], at, ...keep(leftover(message, TOOL_MEMBERS), form) };
}

/** The call that a `function` message answers: the last of its name that has no answer yet. */
function functionCallId(name: string, earlier: readonly Turn[]): string | undefined {
  const answered = new Set(
    earlier.flatMap((turn) => turn.parts.map((part) => part.kind === "result" && part.callId)),
  );
  const calls = earlier.flatMap((turn) => turn.parts.filter((part) => part.kind === "call"));
  return calls.findLast((call) => call.name === name && !answered.has(call.callId))?.callId;
}

function readFunction(reading: Reading): Turn {
  const { message, at, context, earlier, position } = reading;
  const { name } = nameOf(reading);
  if (name === undefined) throw badField(`${at}.name`, "must be the name of the function that it answers.");
  const { parts, form } = readContent(message, at, context);
  const callId = functionCallId(name, earlier) ?? `call_function_${position}`;
  const result: ResultPart = { kind: "result", callId, name, content: parts, at };
  const kept = { ...leftover(message, PLAIN_MEMBERS), $legacy: true };
  return { role: "tool", parts: [result], at, ...keep(kept, form) };
}

const READERS: Readonly<Record<string, (reading: Reading) => Turn>> = {
  system: (reading) => readPlain("system", reading),
  developer: (reading) => readPlain("developer", reading),
  user: (reading) => readPlain("user", reading),
  assistant: readAssistant,
  tool: readTool,
  function: readFunction,
};

function readMessage(reading: Reading): Turn {
  const { role } = reading.message;
  const read = typeof role === "string" && Object.hasOwn(READERS, role) ? READERS[role] : undefined;
  if (read) return read(reading);
  throw badField(`${reading.at}.role`, `must be one of ${Object.keys(READERS).join(", ")}.`);
}

/** `messages` as turns, one each. */
export function readMessages(messages: readonly unknown[], context: DecodeContext): Turn[] {
  const turns: Turn[] = [];
  for (const [position, value] of messages.entries()) {
    const at = `messages[${position}]`;
    const message = asObject(value);
    if (!message) throw badField(at, "must be an object with a role.");
    turns.push(readMessage({ message, position, at, context, earlier: turns }));
  }
  return turns;
}
