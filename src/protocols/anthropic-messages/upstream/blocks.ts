import { Raw } from "../../../base/raw-json.ts";
import type {
  CallPart,
  OpaquePart,
  Part,
  ReasoningPart,
  ResultPart,
  SearchPart,
  TextPart,
  Turn,
} from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { keptOf } from "../kept-members.ts";
import { writeMedia } from "./media.ts";
import { reportForeign, type Writing, withNode } from "./writing.ts";

export type Block = JsonObject | Raw;

/** Citations that Anthropic made; others have no `encrypted_index`, which it asks for. */
function writeCitations(part: TextPart, { report }: Writing): JsonObject {
  if (!part.citations) return {};
  const own = part.citations.flatMap(({ extensions }) => extensions?.["anthropic-messages"] ?? []);
  if (own.length < part.citations.length) {
    report.lose("dropped", `${part.at ?? "text"}.citations`, "made by another vendor");
    if (own.length === 0) return {};
  }
  return { citations: own };
}

function writeText(part: TextPart, writing: Writing): readonly Block[] {
  return [withNode({ type: "text", text: part.text, ...writeCitations(part, writing) }, part, writing)];
}

/** Thinking goes back only to the vendor that signed it; compatible servers of others take it unsigned too. */
function writeReasoning(part: ReasoningPart, writing: Writing): readonly Block[] {
  const { signature } = part;
  const { vendor } = writing.traits;
  const readable = signature?.by === vendor;
  if (readable && signature.redacted) {
    return [withNode({ type: "redacted_thinking", data: signature.value }, part, writing)];
  }
  if (!readable && vendor === "anthropic" && !(writing.own && !signature)) {
    writing.report.lose("dropped", part.at ?? "reasoning", "thinking of another vendor");
    return [];
  }
  const text = part.text === "" && part.summary ? part.summary.join("\n\n") : part.text;
  const value = readable ? signature.value : keptOf(part).$signature;
  const unsigned = writing.own ? {} : { signature: "" };
  const signed = value === undefined ? unsigned : { signature: value };
  return [withNode({ type: "thinking", thinking: text, ...signed }, part, writing)];
}

/** Arguments as an object, which Anthropic insists on. */
function writeInput(part: CallPart, writing: Writing): Raw | JsonObject {
  if (part.form === "text") return { input: part.input };
  if (part.input.trim() === "") return {};
  const parsed = parseJson(part.input);
  if (parsed !== undefined && (asObject(parsed) || writing.own)) return new Raw(part.input);
  if (parsed !== undefined) return { value: new Raw(part.input) };
  writing.report.lose("changed", `${part.at ?? part.callId}.arguments`, "no valid JSON");
  return { _raw: part.input };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What a model wrote may be no JSON; the caller says so.
    return undefined;
  }
}

function writeCall(part: CallPart, writing: Writing): readonly Block[] {
  const block = { type: "tool_use", id: part.callId, name: part.name, input: writeInput(part, writing) };
  return [withNode(block, part, writing)];
}

/** The content as it was written, a string where one text says all, or blocks. */
export function writeContent(parts: readonly Part[], node: Turn | ResultPart, writing: Writing): JsonObject {
  const { $content: form } = keptOf(node);
  const [first] = parts;
  const plain = parts.length === 1 && first?.kind === "text" && !first.cache && !first.citations;
  if (form === "absent" && parts.length === 0) return {};
  if (plain && (form === "string" || !writing.own)) {
    reportForeign(first.extensions, first.at ?? "", writing);
    return { content: first.text };
  }
  return { content: writeParts(parts, writing) };
}

function writeResult(part: ResultPart, writing: Writing): readonly Block[] {
  const content = part.content.length === 0 && !writing.own ? {} : writeContent(part.content, part, writing);
  const failed = part.failed === undefined || (!part.failed && !writing.own) ? {} : { is_error: part.failed };
  return [withNode({ type: "tool_result", tool_use_id: part.callId, ...content, ...failed }, part, writing)];
}

/** Only what Anthropic found itself can be shown to it again: each source has its encrypted content. */
function writeSearch(part: SearchPart, writing: Writing): readonly Block[] {
  reportForeign(part.extensions, part.at ?? "", writing);
  const { $blocks: blocks } = keptOf(part);
  if (Array.isArray(blocks) && part.sources.every(({ opaque }) => opaque !== undefined)) {
    return blocks.filter((block) => block instanceof Raw);
  }
  writing.report.lose("dropped", part.at ?? "search", "a web search of another vendor");
  return [];
}

function writeOpaque(part: OpaquePart, writing: Writing): readonly Block[] {
  if (part.protocol === "anthropic-messages") return [new Raw(part.raw)];
  writing.report.lose("dropped", part.at ?? part.type, `${part.type} is unknown to Anthropic Messages`);
  return [];
}

type Writers = {
  readonly [K in Part["kind"]]: (part: Extract<Part, { kind: K }>, writing: Writing) => readonly Block[];
};

const WRITERS: Writers = {
  text: writeText,
  media: writeMedia,
  reasoning: writeReasoning,
  call: writeCall,
  result: writeResult,
  search: writeSearch,
  opaque: writeOpaque,
};

function writePart(part: Part, writing: Writing): readonly Block[] {
  const { $block: block } = keptOf(part);
  if (block instanceof Raw) return [block];
  const write = WRITERS[part.kind] as (part: Part, writing: Writing) => readonly Block[];
  return write(part, writing);
}

function writeParts(parts: readonly Part[], writing: Writing): readonly Block[] {
  return parts.flatMap((part) => writePart(part, writing));
}
