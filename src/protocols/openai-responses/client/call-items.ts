import type { CallPart, Part, ResultPart, Turn } from "../../../core/generation/request.ts";
import type { Tool } from "../../../core/generation/tool.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import { badField } from "../../fields.ts";
import { some, textOf, wordOf } from "../members.ts";
import { extend, leftover } from "../notes.ts";
import { type TypedCall, typedInput } from "../typed-calls.ts";
import { type Place, readContent, within } from "./content.ts";
import type { ItemReading } from "./item-reading.ts";
import { readToolList } from "./tools.ts";

const CALL_MEMBERS = new Set(["type", "id", "call_id", "name", "namespace", "arguments", "input", "status"]);

function readCall(item: JsonObject, { at }: Place, member: "arguments" | "input"): ItemReading {
  const call: CallPart = {
    kind: "call",
    at,
    callId: textOf(item, "call_id", at),
    name: textOf(item, "name", at),
    form: member === "input" ? "text" : "json",
    input: textOf(item, member, at),
    ...some("id", wordOf(item.id)),
    ...some("namespace", wordOf(item.namespace)),
    ...extend(leftover(item, CALL_MEMBERS)),
  };
  return { said: [call] };
}

/** openai `ResponseFunctionToolCall`. */
export function readFunctionCall(item: JsonObject, place: Place): ItemReading {
  return readCall(item, place, "arguments");
}

/** openai `ResponseCustomToolCall`: a freeform tool's call. */
export function readCustomCall(item: JsonObject, place: Place): ItemReading {
  return readCall(item, place, "input");
}

/** `local_shell_call` and its kin: a call of the tool by its own name, the item's object being the arguments. */
export function readTypedCall(item: JsonObject, { at, context }: Place, typed: TypedCall): ItemReading {
  if (!asObject(item[typed.member])) throw badField(`${at}.${typed.member}`, "must be an object.");
  const call: CallPart = {
    kind: "call",
    at,
    callId: typedCallId(item, at),
    name: typed.tool,
    builtin: typed.tool,
    form: "json",
    input: typedInput(item, typed, context.raw),
    ...some("id", wordOf(item.id)),
  };
  return { said: [call] };
}

/** openai's `LocalShellCallOutput` has the call's id as its own. */
function typedCallId(item: JsonObject, at: string): string {
  return wordOf(item.call_id) ?? textOf(item, "id", at);
}

const RESULT_MEMBERS = new Set([
  "type",
  "id",
  "call_id",
  "output",
  "status",
  "name",
  "namespace",
  "execution",
  "tools",
  "max_output_length",
]);

function resultTurn(item: JsonObject, at: string, result: Omit<ResultPart, "kind" | "at">): Turn {
  const part: ResultPart = { kind: "result", at, ...result, ...extend(leftover(item, RESULT_MEMBERS)) };
  return { role: "tool", at, parts: [part], ...some("id", wordOf(item.id)) };
}

/** openai `FunctionCallOutput`, `ResponseCustomToolCallOutput`: text, or a list of text, images and files. */
export function readOutput(item: JsonObject, place: Place): ItemReading {
  const callId = textOf(item, "call_id", place.at);
  const content = readContent(item.output, within(place, ".output"));
  return { turn: resultTurn(item, place.at, { callId, content }) };
}

/** The output of a typed call, as text: what the command wrote, or the list of it as JSON. */
export function readTypedOutput(item: JsonObject, place: Place, typed: TypedCall): ItemReading {
  if (typed.tool === "tool_search") return readFoundTools(item, place);
  const { at, context } = place;
  const { output } = item;
  const list = Array.isArray(output) ? context.raw.of(output) : undefined;
  const text = typeof output === "string" ? output : (list ?? wordOf(item.status) ?? "");
  const content: Part[] = [{ kind: "text", at: `${at}.output`, text }];
  const failed = item.status === "failed" ? { failed: true } : {};
  return { turn: resultTurn(item, at, { callId: typedCallId(item, at), content, ...failed }) };
}

/** openai `ResponseToolSearchOutputItemParam`: the tools that the client's search found, to be called from now on. */
function readFoundTools(item: JsonObject, place: Place): ItemReading {
  const { at } = place;
  const tools = readToolList(asList(item.tools), within(place, ".tools"));
  const content: Part[] = [{ kind: "text", at: `${at}.tools`, text: foundText(tools) }];
  const turn = resultTurn(item, at, { callId: textOf(item, "call_id", at), content });
  return { turn, tools };
}

function foundText(tools: readonly Tool[]): string {
  if (tools.length === 0) return "No tools were found.";
  const names = tools.map(({ name, namespace }) => (namespace === undefined ? name : `${namespace}.${name}`));
  return `These tools can be called now: ${names.join(", ")}.`;
}
