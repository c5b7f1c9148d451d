import { Raw } from "../../../base/raw-json.ts";
import type { GenerationRequest, ResultPart, Turn } from "../../../core/generation/request.ts";
import { asList, type JsonObject } from "../../../core/json.ts";
import type { EncodeContext } from "../../translation.ts";
import { keptOf, loseForeign, textNote } from "../notes.ts";
import { writeContent } from "./content.ts";
import { type ItemWriter, writeAssistant } from "./said-items.ts";

/** `instructions` and `input` of a request. */
export function writeConversation(request: GenerationRequest, context: EncodeContext): JsonObject {
  const kept = keptOf(request);
  const leading = leadingSystem(request, context);
  const turns = request.turns.slice(leading.length);
  const instructions =
    leading.length > 0 ? { instructions: leading.map(plainText).join("\n\n") } : writtenInstructions(kept);
  if ("$input" in kept) return { ...instructions, input: kept.$input };
  const writer: ItemWriter = { context, ids: 0 };
  const freeform = freeformCalls(request);
  const items = turns.flatMap((turn) => [
    ...asList(keptOf(turn).$before).map(rawItem),
    ...writeTurn(writer, turn, freeform),
  ]);
  return { ...instructions, input: [...items, ...asList(kept.$after).map(rawItem)] };
}

function rawItem(source: unknown): Raw {
  return new Raw(String(source));
}

/** As the client of the Responses API wrote them, where it wrote null or nothing. */
function writtenInstructions(kept: JsonObject): JsonObject {
  const body = kept.$body as JsonObject | undefined;
  return body && "instructions" in body ? { instructions: body.instructions } : {};
}

/**
 * The system turns at the start that `instructions` can say. Marks of the prompt cache can stand on parts
 * only, and a request of system turns alone needs an input.
 */
function leadingSystem({ turns }: GenerationRequest, { traits }: EncodeContext): readonly Turn[] {
  const end = turns.findIndex((turn) => !isPlainSystem(turn, traits.cacheMarks));
  return end < 0 ? turns.filter(isInstructions) : turns.slice(0, end);
}

/** Whether the client wrote this turn as `instructions`; then the rest are messages. */
function isInstructions(turn: Turn): boolean {
  return keptOf(turn).$instructions === true;
}

function isPlainSystem(turn: Turn, cacheMarks: boolean): boolean {
  if (turn.role !== "system" || textNote(turn, "$item") !== undefined) return false;
  return turn.parts.every((part) => part.kind === "text" && !(cacheMarks && part.cache));
}

function plainText(turn: Turn): string {
  return turn.parts.map((part) => (part.kind === "text" ? part.text : "")).join("\n\n");
}

function freeformCalls({ turns }: GenerationRequest): ReadonlySet<string> {
  const calls = turns.flatMap((turn) => turn.parts).filter((part) => part.kind === "call");
  return new Set(calls.filter((call) => call.form === "text").map((call) => call.callId));
}

function writeTurn(writer: ItemWriter, turn: Turn, freeform: ReadonlySet<string>): unknown[] {
  const note = textNote(turn, "$item");
  if (note !== undefined) return [new Raw(note)];
  const { report } = writer.context;
  loseForeign(turn, report, turn.at ?? "input");
  if (turn.name !== undefined) report.lose("dropped", `${turn.at ?? "input"}.name`, "messages have no name");
  if (turn.role === "assistant") return writeAssistant(writer, turn);
  const results = turn.parts.filter((part) => part.kind === "result");
  const others = turn.parts.filter((part) => part.kind !== "result");
  const items: unknown[] = results.map((result) => writeResult(writer.context, result, freeform));
  if (others.length === 0) return items;
  const role = roleOf(turn, writer.context);
  return [...items, { type: "message", role, content: writeContent(others, writer.context) }];
}

function roleOf({ role }: Turn, { traits }: EncodeContext): string {
  if (role === "developer") return traits.developerRole ? "developer" : "system";
  return role === "system" ? "system" : "user";
}

/** openai `FunctionCallOutput`, or `ResponseCustomToolCallOutput` for a freeform tool. */
function writeResult(context: EncodeContext, result: ResultPart, freeform: ReadonlySet<string>): JsonObject {
  loseForeign(result, context.report, result.at ?? "input");
  const content = writeContent(result.content, context);
  const [only] = result.content;
  const isText = result.content.length === 1 && only?.kind === "text" && !only.cache;
  const output = isText ? only.text : content;
  return {
    type: freeform.has(result.callId) ? "custom_tool_call_output" : "function_call_output",
    call_id: result.callId,
    output: content.length === 0 ? "" : output,
  };
}
