import { Raw } from "../../../base/raw-json.ts";
import { GatewayError } from "../../../core/errors.ts";
import type { MediaPart, Part, TextPart } from "../../../core/generation/request.ts";
import type { JsonObject } from "../../../core/json.ts";
import { inlineUrl } from "../../inline-url.ts";
import type { EncodeContext } from "../../translation.ts";
import { writeCitation } from "../annotations.ts";
import { some } from "../members.ts";
import { loseForeign, RESPONSES } from "../notes.ts";

function whereOf(part: { readonly at?: string }): string {
  return part.at ?? "input";
}

/** The parts of a message or of a tool's output, as `ResponseInputContent` of openai. */
export function writeContent(parts: readonly Part[], context: EncodeContext): unknown[] {
  return parts.flatMap((part) => {
    loseForeign(part, context.report, whereOf(part));
    return writePart(part, context);
  });
}

function writePart(part: Part, context: EncodeContext): unknown[] {
  switch (part.kind) {
    case "text":
      return [{ type: "input_text", text: part.text, ...writeMark(part, context) }];
    case "media":
      return [{ ...writeMedia(part), ...writeMark(part, context) }];
    case "opaque":
      if (part.protocol === RESPONSES) return [new Raw(part.raw)];
      context.report.lose("dropped", whereOf(part), `no ${part.type} in the Responses API`);
      return [];
    default:
      context.report.lose("dropped", whereOf(part), `no ${part.kind} in a message of the Responses API`);
      return [];
  }
}

/** openai `prompt_cache_breakpoint`, of its newer models. */
function writeMark(part: Part, { traits }: EncodeContext): JsonObject {
  return part.cache && traits.cacheMarks ? { prompt_cache_breakpoint: { mode: "explicit" } } : {};
}

/** @throws GatewayError `unsupported` for what has no place in the Responses API */
export function writeMedia(part: MediaPart): JsonObject {
  switch (part.media) {
    case "image":
      return writeImage(part);
    case "document":
      return writeDocument(part);
    case "audio":
      return writeAudio(part);
    default:
      throw unsupportedMedia(part);
  }
}

function unsupportedMedia(part: MediaPart): GatewayError {
  const param = whereOf(part);
  const message = `${param}: this model's upstream takes no ${part.media} of this form; send it as text, or use another model.`;
  return new GatewayError("unsupported", message, { param });
}

function writeImage(part: MediaPart): JsonObject {
  const head = { type: "input_image", detail: part.detail ?? "auto" };
  const { source } = part;
  if (source.type === "url") return { ...head, image_url: source.url };
  if (source.type === "base64")
    return { ...head, image_url: inlineUrl(part.mime ?? "image/png", source.bytes) };
  if (source.type === "file" && source.owner === RESPONSES) return { ...head, file_id: source.fileId };
  throw unsupportedMedia(part);
}

function writeDocument(part: MediaPart): JsonObject {
  const { source } = part;
  const head = { type: "input_file", ...some("detail", part.detail) };
  const name = part.name ?? part.title;
  switch (source.type) {
    case "url":
      return { ...head, file_url: source.url };
    case "text":
      return { type: "input_text", text: documentText(part, source.text) };
    case "base64":
      return {
        ...head,
        filename: name ?? "document.pdf",
        file_data: inlineUrl(part.mime ?? "application/pdf", source.bytes),
      };
    case "file":
      if (source.owner !== RESPONSES) throw unsupportedMedia(part);
      return { ...head, file_id: source.fileId };
  }
}

/** A plain-text document: the Responses API takes files as PDF only. */
function documentText({ title, name, context }: MediaPart, text: string): string {
  const head = [title ?? name, context].filter((line) => line !== undefined && line !== "");
  return [...head, text].join("\n\n");
}

function writeAudio(part: MediaPart): JsonObject {
  if (part.source.type !== "base64") throw unsupportedMedia(part);
  const format = part.mime === "audio/mpeg" || part.mime === "audio/mp3" ? "mp3" : "wav";
  return { type: "input_audio", input_audio: { data: part.source.bytes, format } };
}

/** What the assistant said: openai `ResponseOutputText` or `ResponseOutputRefusal`. */
export function writeSaid(part: TextPart): JsonObject {
  if (part.refusal) return { type: "refusal", refusal: part.text };
  const annotations = (part.citations ?? []).flatMap((citation) => writeCitation(citation, part.text));
  return { type: "output_text", text: part.text, annotations };
}
