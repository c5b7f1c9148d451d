import { present } from "../../../base/present.ts";
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
import type { JsonObject } from "../../../core/json.ts";
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

/** Unsigned thinking comes here only for servers that sign nothing; they want the member all the same. */
function writeReasoning(part: ReasoningPart, writing: Writing): readonly Block[] {
  const { signature, summary } = part;
  if (signature?.redacted) {
    return [withNode({ type: "redacted_thinking", data: signature.value }, part, writing)];
  }
  const thinking = part.text === "" && summary ? summary.join("\n\n") : part.text;
  const written = signature?.value ?? keptOf(part).$signature ?? (writing.own ? undefined : "");
  return [withNode(present({ type: "thinking", thinking, signature: written }), part, writing)];
}

function writeCall(part: CallPart, writing: Writing): readonly Block[] {
  const block = { type: "tool_use", id: part.callId, name: part.name, input: new Raw(part.input) };
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

function writeOpaque(part: OpaquePart): readonly Block[] {
  return part.protocol === "anthropic-messages" ? [new Raw(part.raw)] : [];
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

function writeParts(parts: readonly Part[], writing: Writing): readonly Block[] {
  return parts.flatMap((part) => {
    const write = WRITERS[part.kind] as (part: Part, writing: Writing) => readonly Block[];
    return write(part, writing);
  });
}
