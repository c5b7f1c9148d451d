import type { MediaPart, MediaSource } from "../../../core/generation/request.ts";
import type { JsonObject } from "../../../core/json.ts";
import { badField } from "../../fields.ts";
import { mediaKind } from "../media-kind.ts";
import type { PartPlace } from "./place.ts";
import { extended, fieldsOf, optionalText, type Reading, rest } from "./reading.ts";

const INLINE_FIELDS = new Set(["inlineData", "thoughtSignature"]);
const INLINE_KNOWN = new Set(["mimeType", "data", "displayName"]);
const FILE_FIELDS = new Set(["fileData", "thoughtSignature"]);
const FILE_KNOWN = new Set(["mimeType", "fileUri", "displayName"]);

/** Anybody's address on the web: neither a file of Google's Files API nor one in its storage (`gs://`). */
const PUBLIC_ADDRESS = /^https?:\/\/(?!generativelanguage\.googleapis\.com|[^/]*@)/i;

interface NamedMedia {
  readonly mime: string | undefined;
  readonly name: string | undefined;
}

function namesOf(data: JsonObject, path: string): NamedMedia {
  return {
    mime: optionalText(data.mimeType, `${path}.mimeType`),
    name: optionalText(data.displayName, `${path}.displayName`),
  };
}

function mediaPart(source: MediaSource, { mime, name }: NamedMedia, at: string): MediaPart {
  const url = source.type === "url" ? source.url : "";
  return {
    kind: "media",
    media: mediaKind(mime, url),
    source,
    ...(mime === undefined ? {} : { mime }),
    ...(name === undefined ? {} : { name }),
    at,
  };
}

export function decodeInline(
  reading: Reading,
  fields: JsonObject,
  value: JsonObject,
  place: PartPlace,
): MediaPart {
  const blob = fieldsOf(reading, value);
  const path = `${place.at}.inlineData`;
  const bytes = optionalText(blob.data, `${path}.data`);
  if (bytes === undefined) throw badField(`${path}.data`, "this field is required, the bytes in base64.");
  return {
    ...mediaPart({ type: "base64", bytes }, namesOf(blob, path), place.at),
    ...extended({
      ...rest(reading, fields, INLINE_FIELDS),
      ...rest(reading, blob, INLINE_KNOWN, "inlineData"),
    }),
  };
}

export function decodeFile(
  reading: Reading,
  fields: JsonObject,
  value: JsonObject,
  place: PartPlace,
): MediaPart {
  const file = fieldsOf(reading, value);
  const path = `${place.at}.fileData`;
  const uri = optionalText(file.fileUri, `${path}.fileUri`);
  if (uri === undefined)
    throw badField(`${path}.fileUri`, "this field is required, the address of the file.");
  const source: MediaSource = PUBLIC_ADDRESS.test(uri)
    ? { type: "url", url: uri }
    : { type: "file", fileId: uri, owner: "gemini" };
  return {
    ...mediaPart(source, namesOf(file, path), place.at),
    ...extended({
      ...rest(reading, fields, FILE_FIELDS),
      ...rest(reading, file, FILE_KNOWN, "fileData"),
    }),
  };
}
