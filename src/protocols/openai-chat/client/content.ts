import type { MediaKind, MediaPart, MediaSource, Part, TextPart } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { badField } from "../../fields.ts";
import { sourceOfUrl } from "../../inline-url.ts";
import type { DecodeContext } from "../../translation.ts";
import { extend, leftover } from "../notes.ts";
import { defined, readCacheMark } from "./settings.ts";

const CACHE_MEMBERS = ["cache_control", "prompt_cache_breakpoint"] as const;

/** The mark of a part or tool, and how it was written. */
export function cacheOf(node: JsonObject, kept: Record<string, unknown>): Pick<TextPart, "cache"> {
  const cache = readCacheMark(node);
  if (!cache) return {};
  kept.$cache = Object.fromEntries(CACHE_MEMBERS.filter((key) => key in node).map((key) => [key, node[key]]));
  return { cache };
}

type Reader = (part: JsonObject, at: string, context: DecodeContext) => Part;

const TEXT_MEMBERS = new Set<string>(["type", "text", ...CACHE_MEMBERS]);

function readText(part: JsonObject, at: string): TextPart {
  if (typeof part.text !== "string") throw badField(`${at}.text`, "must be a string.");
  const kept = leftover(part, TEXT_MEMBERS);
  return { kind: "text", text: part.text, at, ...cacheOf(part, kept), ...extend(kept) };
}

const REFUSAL_MEMBERS = new Set<string>(["type", "refusal"]);

function readRefusal(part: JsonObject, at: string): TextPart {
  if (typeof part.refusal !== "string") throw badField(`${at}.refusal`, "must be a string.");
  return { kind: "text", text: part.refusal, refusal: true, at, ...extend(leftover(part, REFUSAL_MEMBERS)) };
}

/** A media part, with its members as they were written: they hold more than the neutral form asks for. */
function media(part: JsonObject, at: string, members: Omit<MediaPart, "kind" | "at">): MediaPart {
  const { type: _, ...written } = part;
  const kept: Record<string, unknown> = {
    $written: { type: part.type, ...written },
    $source: members.source,
  };
  const mark = cacheOf(part, kept);
  return { kind: "media", at, ...members, ...mark, ...extend(kept) };
}

/** `image_url` and its kin: an object with a `url`, or the URL alone, as older clients write it. */
function readLinked(kind: MediaKind, key: string): Reader {
  return (part, at) => {
    const linked = asObject(part[key]);
    const url = linked ? linked.url : part[key];
    if (typeof url !== "string" || url === "") {
      throw badField(`${at}.${key}.url`, "must be a URL, http(s) or data.");
    }
    const detail = typeof linked?.detail === "string" ? linked.detail : undefined;
    return media(part, at, { media: kind, ...sourceOfUrl(url), ...defined<{ detail?: string }>({ detail }) });
  };
}

/** openai, `ChatCompletionContentPartInputAudio`: base64 bytes and their format. */
function readAudio(part: JsonObject, at: string): Part {
  const audio = asObject(part.input_audio);
  if (typeof audio?.data !== "string") throw badField(`${at}.input_audio.data`, "must be base64 text.");
  const format = typeof audio.format === "string" ? audio.format.toLowerCase() : "wav";
  return media(part, at, {
    media: "audio",
    source: { type: "base64", bytes: audio.data },
    mime: `audio/${format}`,
  });
}

const KIND_OF_MIME: readonly (readonly [string, MediaKind])[] = [
  ["image/", "image"],
  ["audio/", "audio"],
  ["video/", "video"],
];

const PDF = "application/pdf";

/** openai, `ChatCompletionContentPart.File`: `file_data` is a data URL, of some clients bare base64 or a link. */
function readFile(part: JsonObject, at: string): Part {
  const file = asObject(part.file);
  const name = typeof file?.filename === "string" ? { name: file.filename } : {};
  if (typeof file?.file_id === "string") {
    const source = { type: "file", fileId: file.file_id, owner: "openai-chat" } as const;
    return media(part, at, { media: "document", source, ...name });
  }
  if (typeof file?.file_data !== "string" || file.file_data === "") {
    throw badField(`${at}.file.file_data`, "must be the file's content as a data URL.");
  }
  const isUrl = /^(?:data|https?):/i.test(file.file_data);
  const found: { source: MediaSource; mime?: string } = isUrl
    ? sourceOfUrl(file.file_data)
    : { source: { type: "base64", bytes: file.file_data }, mime: PDF };
  const kind = KIND_OF_MIME.find(([prefix]) => found.mime?.startsWith(prefix))?.[1] ?? "document";
  return media(part, at, { media: kind, ...found, ...name });
}

const READERS: Readonly<Record<string, Reader>> = {
  text: readText,
  input_text: readText,
  output_text: readText,
  refusal: readRefusal,
  image_url: readLinked("image", "image_url"),
  video_url: readLinked("video", "video_url"),
  audio_url: readLinked("audio", "audio_url"),
  input_audio: readAudio,
  file: readFile,
};

function readPart(value: unknown, at: string, context: DecodeContext): Part {
  const part = asObject(value);
  // Several servers take bare strings in a content list.
  if (typeof value === "string") return { kind: "text", text: value, at, ...extend({ $bare: true }) };
  if (!part) throw badField(at, "must be an object with a type.");
  const type = typeof part.type === "string" ? part.type : "";
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (!read) return { kind: "opaque", protocol: "openai-chat", type, raw: context.raw.of(part), at };
  const found = read(part, at, context);
  return type === "input_text" || type === "output_text" ? spelt(found, type) : found;
}

/** A text part under the name that Responses has for it. */
function spelt(part: Part, type: string): Part {
  return { ...part, ...extend({ ...part.extensions?.["openai-chat"], $type: type }) };
}

/** How a message's content was written; none: absent or null. */
export type ContentForm = "string" | "list" | "none";

/** The parts of a message's `content`. */
export function readContent(
  message: JsonObject,
  at: string,
  context: DecodeContext,
): { readonly parts: readonly Part[]; readonly form: ContentForm } {
  const { content } = message;
  if (content === undefined || content === null) return { parts: [], form: "none" };
  if (typeof content === "string") {
    return { parts: [{ kind: "text", text: content, at: `${at}.content` }], form: "string" };
  }
  if (!Array.isArray(content)) throw badField(`${at}.content`, "must be a string or a list of parts.");
  const parts = content.map((part, index) => readPart(part, `${at}.content[${index}]`, context));
  return { parts, form: "list" };
}
