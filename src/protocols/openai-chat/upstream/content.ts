import { Raw } from "../../../base/raw-json.ts";
import { GatewayError } from "../../../core/errors.ts";
import type { Node } from "../../../core/generation/node.ts";
import type { MediaPart, Part, TextPart } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { inlineUrl } from "../../inline-url.ts";
import type { EncodeContext } from "../../translation.ts";
import { keptOf, loseForeign, membersOf } from "../notes.ts";

/** The cache mark as the client wrote it, or as the model's vendor takes it in chat. */
export function writeMark(node: Node, { traits }: EncodeContext): JsonObject {
  if (!node.cache) return {};
  const written = asObject(keptOf(node).$cache);
  if (written) return written;
  if (!traits.cacheMarks) return {};
  if (traits.vendor === "openai") return { prompt_cache_breakpoint: { mode: "explicit" } };
  return { cache_control: { type: "ephemeral", ...(node.cache.ttl ? { ttl: node.cache.ttl } : {}) } };
}

function writeText(part: TextPart, context: EncodeContext): unknown {
  const kept = keptOf(part);
  if (kept.$bare === true) return part.text;
  loseForeign(part.extensions, context.report, part.at);
  if (part.citations?.length) context.report.lose("dropped", `${part.at}.citations`, "no citations in chat");
  if (part.refusal) return { ...membersOf(kept), type: "refusal", refusal: part.text };
  return { ...membersOf(kept), type: kept.$type ?? "text", text: part.text, ...writeMark(part, context) };
}

/** The URL of a source, its bytes as a data URL. */
function urlOf(part: MediaPart, mime: string): string {
  if (part.source.type === "url") return part.source.url;
  if (part.source.type === "base64") return inlineUrl(part.mime ?? mime, part.source.bytes);
  throw new GatewayError(
    "unsupported",
    `${part.at}: this upstream speaks Chat Completions, where files of a vendor cannot be named; send the content itself.`,
    part.at === undefined ? {} : { param: part.at },
  );
}

const FORMATS: ReadonlyMap<string, string> = new Map<string, string>([
  ["mpeg", "mp3"],
  ["x-wav", "wav"],
  ["wave", "wav"],
]);

function writeAudio(part: MediaPart): JsonObject {
  if (part.source.type !== "base64") {
    return { type: "audio_url", audio_url: { url: urlOf(part, "audio/wav") } };
  }
  const subtype = part.mime?.split("/")[1] ?? "wav";
  return {
    type: "input_audio",
    input_audio: { data: part.source.bytes, format: FORMATS.get(subtype) ?? subtype },
  };
}

function writeImage(part: MediaPart): JsonObject {
  const detail = part.detail === undefined ? {} : { detail: part.detail };
  return { type: "image_url", image_url: { url: urlOf(part, "image/png"), ...detail } };
}

/** Plain text goes as text, between lines that name it. */
function writeDocument(part: MediaPart): JsonObject {
  if (part.source.type === "text") {
    const name = part.title ?? part.name ?? "document";
    return {
      type: "text",
      text: `<document name=${JSON.stringify(name)}>\n${part.source.text}\n</document>`,
    };
  }
  const filename = part.name ?? part.title ?? "document.pdf";
  return { type: "file", file: { filename, file_data: urlOf(part, "application/pdf") } };
}

const MEDIA: { readonly [K in MediaPart["media"]]: (part: MediaPart) => JsonObject } = {
  image: writeImage,
  audio: writeAudio,
  video: (part) => ({ type: "video_url", video_url: { url: urlOf(part, "video/mp4") } }),
  document: writeDocument,
};

function writeMedia(part: MediaPart, context: EncodeContext): JsonObject {
  const kept = keptOf(part);
  const written = asObject(kept.$written);
  if (written && JSON.stringify(kept.$source) === JSON.stringify(part.source)) return written;
  loseForeign(part.extensions, context.report, part.at);
  if (part.citable) context.report.lose("dropped", `${part.at}.citations`, "no citations in chat");
  if (part.context !== undefined)
    context.report.lose("dropped", `${part.at}.context`, "no such field in chat");
  return { ...MEDIA[part.media](part), ...writeMark(part, context) };
}

/** A part of a content list; undefined for what chat cannot say, which is reported. */
function writePart(part: Part, context: EncodeContext): unknown {
  if (part.kind === "text") return writeText(part, context);
  if (part.kind === "media") return writeMedia(part, context);
  if (part.kind === "opaque" && part.protocol === "openai-chat") return new Raw(part.raw);
  const name = part.kind === "opaque" ? part.type : part.kind;
  context.report.lose("dropped", part.at ?? name, `chat cannot say ${name}`);
  return undefined;
}

const isPlainText = (part: Part, context: EncodeContext) =>
  part.kind === "text" && (part.cache === undefined || Object.keys(writeMark(part, context)).length === 0);

/**
 * The `content` of a message whose parts these are. Text alone goes as one string, which every server takes
 * (DeepSeek refuses lists), unless the client wrote a list or a mark must stand on a part.
 *
 * @param form how the client wrote it, where it spoke chat
 */
export function writeContent(
  parts: readonly Part[],
  form: unknown,
  separator: string,
  context: EncodeContext,
): unknown {
  const written = parts.map((part) => writePart(part, context)).filter((part) => part !== undefined);
  const isList =
    form === "list" || (form === undefined && !parts.every((part) => isPlainText(part, context)));
  if (isList) return written;
  const texts = parts.map((part) => (part.kind === "text" ? part.text : ""));
  return texts.filter((text) => text !== "").join(separator);
}
