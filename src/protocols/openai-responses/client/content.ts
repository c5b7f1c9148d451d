import type { MediaPart, MediaSource, Part } from "../../../core/generation/request.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import { badField } from "../../fields.ts";
import { sourceOfUrl } from "../../inline-url.ts";
import type { DecodeContext } from "../../translation.ts";
import { readAnnotation } from "../annotations.ts";
import { some, textOf, wordOf } from "../members.ts";
import { extend, leftover, RESPONSES } from "../notes.ts";

/** Where an item or part stands in the client's body. */
export interface Place {
  readonly at: string;
  readonly context: DecodeContext;
}

export function within(place: Place, member: string): Place {
  return { ...place, at: `${place.at}${member}` };
}

/**
 * The content of a message or the output of a tool: a string, or a list of parts.
 * @throws GatewayError `bad_request` for anything else
 */
export function readContent(content: unknown, place: Place): Part[] {
  if (typeof content === "string") return [{ kind: "text", at: place.at, text: content }];
  if (!Array.isArray(content)) throw badField(place.at, "must be a string or a list of content parts.");
  return content.map((value, index) => {
    const at = within(place, `[${index}]`);
    const part = asObject(value);
    if (!part) throw badField(at.at, "must be an object with a type.");
    return readPart(part, at);
  });
}

type PartReader = (part: JsonObject, place: Place) => Part;

const READERS: Record<string, PartReader> = {
  input_text: readText,
  output_text: readText,
  text: readText,
  refusal: (part, { at }) => ({ kind: "text", at, text: textOf(part, "refusal", at), refusal: true }),
  input_image: readImage,
  input_file: readFile,
  input_audio: readAudio,
};

function readPart(part: JsonObject, place: Place): Part {
  const type = textOf(part, "type", place.at);
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (reader) return reader(part, place);
  return { kind: "opaque", at: place.at, protocol: RESPONSES, type, raw: place.context.raw.of(part) };
}

const TEXT_MEMBERS = new Set(["type", "text", "annotations", "logprobs", "prompt_cache_breakpoint"]);

function readText(part: JsonObject, { at }: Place): Part {
  const text = textOf(part, "text", at);
  const citations = asList(part.annotations).flatMap((value) => {
    const annotation = asObject(value);
    return annotation ? [readAnnotation(annotation, text)] : [];
  });
  return {
    kind: "text",
    at,
    text,
    ...(citations.length > 0 ? { citations } : {}),
    ...readMark(part),
    ...extend(leftover(part, TEXT_MEMBERS)),
  };
}

function readMark(part: JsonObject): { readonly cache?: object } {
  return asObject(part.prompt_cache_breakpoint) ? { cache: {} } : {};
}

function sourceOfFile(fileId: string): { readonly source: MediaSource } {
  return { source: { type: "file", fileId, owner: RESPONSES } };
}

const IMAGE_MEMBERS = new Set(["type", "image_url", "file_id", "detail", "prompt_cache_breakpoint"]);

function readImage(part: JsonObject, { at }: Place): MediaPart {
  const fileId = wordOf(part.file_id);
  const url = wordOf(part.image_url);
  if (fileId === undefined && url === undefined) {
    throw badField(`${at}.image_url`, "must be a URL, or a data URL with the image in it.");
  }
  return {
    kind: "media",
    media: "image",
    at,
    ...(fileId === undefined ? sourceOfUrl(url ?? "") : sourceOfFile(fileId)),
    ...some("detail", wordOf(part.detail)),
    ...readMark(part),
    ...extend(leftover(part, IMAGE_MEMBERS)),
  };
}

const FILE_MEMBERS = new Set([
  "type",
  "file_id",
  "file_url",
  "file_data",
  "filename",
  "detail",
  "prompt_cache_breakpoint",
]);

function readFile(part: JsonObject, { at }: Place): MediaPart {
  return {
    kind: "media",
    media: "document",
    at,
    ...fileSource(part, at),
    ...some("name", wordOf(part.filename)),
    ...some("detail", wordOf(part.detail)),
    ...readMark(part),
    ...extend(leftover(part, FILE_MEMBERS)),
  };
}

function fileSource(part: JsonObject, at: string): { readonly source: MediaSource; readonly mime?: string } {
  const fileId = wordOf(part.file_id);
  if (fileId !== undefined) return sourceOfFile(fileId);
  const url = wordOf(part.file_url);
  if (url !== undefined) return sourceOfUrl(url);
  const written = wordOf(part.file_data);
  if (written === undefined) throw badField(`${at}.file_data`, "must be a data URL with the file in it.");
  const inline = sourceOfUrl(written);
  // Some clients send the bare base64 of a PDF.
  return inline.source.type === "url"
    ? { source: { type: "base64", bytes: written }, mime: "application/pdf" }
    : inline;
}

/** openai `ResponseInputAudio`. */
function readAudio(part: JsonObject, { at }: Place): MediaPart {
  const audio = asObject(part.input_audio) ?? {};
  const bytes = textOf(audio, "data", `${at}.input_audio`);
  const format = wordOf(audio.format) ?? "wav";
  const mime = format === "mp3" ? "audio/mpeg" : `audio/${format}`;
  return { kind: "media", media: "audio", at, source: { type: "base64", bytes }, mime };
}
