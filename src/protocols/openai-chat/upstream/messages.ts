import type { CallPart, Part, ReasoningPart, ResultPart, Turn } from "../../../core/generation/request.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import type { EncodeContext } from "../../translation.ts";
import { keptOf, loseForeign, membersOf } from "../notes.ts";
import { writeContent } from "./content.ts";

type Members = Record<string, unknown>;

/** Blocks of one message are paragraphs of their own. */
const PARAGRAPHS = "\n\n";

/** How the client wrote the turn's content; undefined where it did not speak chat. */
const formOf = (turn: Turn) => keptOf(turn).$content;

function named(turn: Turn): Members {
  return turn.name === undefined ? {} : { name: turn.name };
}

function writePlain(turn: Turn, context: EncodeContext): Members {
  const message: Members = { ...membersOf(keptOf(turn)), role: turn.role, ...named(turn) };
  const form = formOf(turn);
  if (form !== "none") message.content = writeContent(turn.parts, form, PARAGRAPHS, context);
  return message;
}

/** Google's place for a signature in chat. */
function writeExtraContent(node: Turn | Part, signature: string | undefined): Members {
  const written = asObject(keptOf(node).$extra_content);
  if (signature === undefined) return written ? { extra_content: written } : {};
  const google = { ...asObject(written?.google), thought_signature: signature };
  return { extra_content: { ...written, google } };
}

/** OpenRouter is known by its field; where it stands before a model, state travels in `reasoning_details`. */
function takesDetails({ traits }: EncodeContext): boolean {
  return traits.reasoningField === "reasoning";
}

/** Whether the client brought it in Google's place, bare. */
const isGooglesOwn = (part: Part) => keptOf(part).$google === true;

function googleSignature(part: Part | undefined, context: EncodeContext): string | undefined {
  if (part?.signature?.by !== "google") return undefined;
  return isGooglesOwn(part) || !takesDetails(context) ? part.signature.value : undefined;
}

/** The arguments as the client wrote them; those of other protocols may be left empty, which is no JSON. */
function argumentsOf(call: CallPart, isOwn: boolean): unknown {
  const written = keptOf(call).$arguments;
  if (written !== undefined) return written;
  return call.input === "" && call.form === "json" && !isOwn ? "{}" : call.input;
}

function writeCall(call: CallPart, isOwn: boolean, context: EncodeContext): Members {
  const kept = keptOf(call);
  loseForeign(call.extensions, context.report, call.at);
  const type = call.form === "text" ? "custom" : "function";
  const inner: Members = { ...membersOf(asObject(kept.$function) ?? {}), name: call.name };
  const input = argumentsOf(call, isOwn);
  if (input !== "absent") inner[call.form === "text" ? "input" : "arguments"] = input;
  return {
    ...membersOf(kept),
    id: call.callId,
    ...(kept.$type === "absent" ? {} : { type: kept.$type ?? type }),
    [type]: inner,
    ...writeExtraContent(call, googleSignature(call, context)),
  };
}

const FORMAT_OF_VENDOR: ReadonlyMap<string, string> = new Map<string, string>([
  ["anthropic", "anthropic-claude-v1"],
  ["google", "google-gemini-v1"],
  ["openai", "openai-responses-v1"],
]);

/** Opaque state as OpenRouter takes it back. */
function detailOf(part: ReasoningPart | CallPart, index: number): JsonObject | undefined {
  const { signature } = part;
  if (!signature || signature.value === "") return undefined;
  const format = FORMAT_OF_VENDOR.get(signature.by) ?? "unknown";
  if (part.kind === "reasoning" && signature.by === "anthropic" && !signature.redacted) {
    return { type: "reasoning.text", text: part.text, signature: signature.value, format, index };
  }
  const id = part.kind === "call" ? part.callId : (signature.callId ?? signature.itemId ?? null);
  return { type: "reasoning.encrypted", data: signature.value, id, format, index };
}

function writeDetails(turn: Turn, context: EncodeContext): Members {
  const written = asList(keptOf(turn).$reasoning_details);
  const known = new Set(written.map((item) => asObject(item)?.signature ?? asObject(item)?.data));
  const signed = turn.parts.filter((part) => part.kind === "reasoning" || part.kind === "call");
  const fresh = takesDetails(context)
    ? signed.filter((part) => !known.has(part.signature?.value) && !isGooglesOwn(part)).map(detailOf)
    : [];
  const details = [...written, ...fresh.filter((detail) => detail !== undefined)];
  return details.length > 0 ? { reasoning_details: details } : {};
}

/** Reasoning of an earlier turn, in the field by which the server takes it back. */
function writeReasoning(turn: Turn, context: EncodeContext): Members {
  const parts = turn.parts.filter((part) => part.kind === "reasoning");
  const written = asObject(keptOf(turn).$reasoning);
  const text = parts
    .map((part) => (part.text === "" ? (part.summary ?? []).join(PARAGRAPHS) : part.text))
    .filter((piece) => piece !== "")
    .join(PARAGRAPHS);
  if (written) {
    const gone = text === "" && Object.values(written).some((value) => value !== "");
    return gone ? {} : written;
  }
  // DeepSeek refuses a turn with calls that comes back without the field, and takes an empty one.
  const demanded =
    context.traits.replayReasoning === "required" && turn.parts.some((part) => part.kind === "call");
  return text !== "" || demanded ? { [context.traits.reasoningField]: text } : {};
}

/** The older `function_call`, which has no id. */
function writeFunctionCall(call: CallPart): Members {
  const kept = keptOf(call);
  const inner: Members = { ...membersOf(kept), name: call.name };
  if (kept.$arguments !== "absent") inner.arguments = kept.$arguments ?? call.input;
  return { function_call: inner };
}

function writeCalls(turn: Turn, context: EncodeContext): Members {
  const calls = turn.parts.filter((part) => part.kind === "call");
  const legacy = calls.find((call) => keptOf(call).$legacy === true);
  const isOwn = formOf(turn) !== undefined;
  const typed = calls.filter((call) => call !== legacy).map((call) => writeCall(call, isOwn, context));
  return {
    ...(typed.length > 0 ? { tool_calls: typed } : {}),
    ...(legacy ? writeFunctionCall(legacy) : {}),
  };
}

function writeAssistant(turn: Turn, context: EncodeContext): Members {
  const form = formOf(turn);
  const said = turn.parts.filter((part) => part.kind !== "reasoning" && part.kind !== "call");
  const isBeside = (part: Part) =>
    part.kind === "text" &&
    part.refusal === true &&
    (form === undefined || keptOf(part).$field === "refusal");
  const refusals = said.filter(isBeside);
  const content = said.filter((part) => !isBeside(part));
  const message: Members = { ...membersOf(keptOf(turn)), role: "assistant", ...named(turn) };
  if (form === undefined && content.length === 0) message.content = null;
  else if (form !== "none") message.content = writeContent(content, form, "", context);
  if (refusals.length > 0) {
    message.refusal = refusals.map((part) => (part.kind === "text" ? part.text : "")).join("");
  }
  return {
    ...message,
    ...writeReasoning(turn, context),
    ...writeDetails(turn, context),
    ...writeExtraContent(turn, googleSignature(content.at(-1), context)),
    ...writeCalls(turn, context),
  };
}

function writeResult(turn: Turn, result: ResultPart, context: EncodeContext): Members {
  const kept = keptOf(turn);
  const form = formOf(turn);
  loseForeign(result.extensions, context.report, result.at);
  const isLegacy = kept.$legacy === true;
  return {
    ...membersOf(kept),
    ...(isLegacy ? { role: "function" } : { role: "tool", tool_call_id: result.callId }),
    ...(form !== undefined && result.name !== undefined ? { name: result.name } : {}),
    ...(form === "none" ? {} : { content: writeContent(result.content, form, "\n", context) }),
  };
}

/** One turn as the messages that it makes: one, but for results, which have a message each. */
function writeTurn(turn: Turn, context: EncodeContext): Members[] {
  loseForeign(turn.extensions, context.report, turn.at);
  if (turn.role === "assistant") return [writeAssistant(turn, context)];
  const results = turn.parts.filter((part) => part.kind === "result");
  if (results.length === 0) return [writePlain(turn, context)];
  const messages = results.map((result) => writeResult(turn, result, context));
  const others = turn.parts.filter((part) => part.kind !== "result");
  return others.length > 0
    ? [...messages, writePlain({ ...turn, role: "user", parts: others }, context)]
    : messages;
}

export function writeMessages(turns: readonly Turn[], context: EncodeContext): Members[] {
  return turns.flatMap((turn) => writeTurn(turn, context));
}
