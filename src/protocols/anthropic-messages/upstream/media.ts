import { present } from "../../../base/present.ts";
import { Raw } from "../../../base/raw-json.ts";
import { GatewayError } from "../../../core/errors.ts";
import type { MediaPart, MediaSource } from "../../../core/generation/request.ts";
import type { JsonObject } from "../../../core/json.ts";
import { keptOf } from "../kept-members.ts";
import { type Writing, withNode } from "./writing.ts";

function refuse(part: MediaPart, what: string): GatewayError {
  const param = part.at ?? "messages";
  return new GatewayError("unsupported", `${param}: ${what}`, { param });
}

/** Types that `Base64ImageSource` names. */
const IMAGE_TYPES = new Set(["image/jpeg", "image/png", "image/gif", "image/webp"]);

const decoder = new TextDecoder();

/** A plain-text document that came as bytes. */
function textOfBase64(bytes: string): string {
  return decoder.decode(Uint8Array.from(atob(bytes), (unit) => unit.charCodeAt(0)));
}

function writeBytes(part: MediaPart, bytes: string): JsonObject {
  const mime = part.mime?.split(";", 1)[0]?.trim().toLowerCase();
  if (part.media === "document" && mime?.startsWith("text/")) {
    return { type: "text", media_type: "text/plain", data: textOfBase64(bytes) };
  }
  const known = part.media === "image" ? IMAGE_TYPES.has(mime ?? "") : mime === "application/pdf";
  if (!known) {
    const kinds = part.media === "image" ? "JPEG, PNG, GIF and WebP images" : "PDF and plain text";
    throw refuse(part, `this model takes ${kinds}, not ${mime ?? "a file of unknown type"}.`);
  }
  return { type: "base64", media_type: mime, data: bytes };
}

function writeSource(part: MediaPart): JsonObject {
  const { source } = part;
  switch (source.type) {
    case "base64":
      return writeBytes(part, source.bytes);
    case "url":
      return { type: "url", url: source.url };
    case "text":
      return { type: "text", media_type: "text/plain", data: source.text };
    case "file":
      if (source.owner === "anthropic-messages") return { type: "file", file_id: source.fileId };
      throw refuse(part, "the file lives at another vendor; send its content.");
  }
}

/** A source exactly as it was read, whatever it says. */
function ownSource(source: MediaSource, part: MediaPart): JsonObject {
  const mime = present({ media_type: part.mime });
  switch (source.type) {
    case "base64":
      return { type: "base64", ...mime, data: source.bytes };
    case "url":
      return { type: "url", ...mime, url: source.url };
    case "text":
      return { type: "text", ...mime, data: source.text };
    case "file":
      return { type: "file", ...mime, file_id: source.fileId };
  }
}

function documentMembers(part: MediaPart, writing: Writing): JsonObject {
  const title = part.title ?? (writing.own ? undefined : part.name);
  const citations = part.citable === undefined ? undefined : { enabled: part.citable };
  return present({ title, context: part.context, citations });
}

/** @throws GatewayError `unsupported` for sound, film and files of other kinds. */
export function writeMedia(part: MediaPart, writing: Writing): readonly JsonObject[] {
  if (part.media !== "image" && part.media !== "document") {
    throw refuse(part, `Anthropic's models take no ${part.media}; leave it out, or use another model.`);
  }
  if (part.detail !== undefined) {
    writing.report.lose("dropped", `${part.at ?? part.media}.detail`, "unknown to Anthropic Messages");
  }
  const { $source } = keptOf(part);
  const source =
    $source instanceof Raw ? $source : writing.own ? ownSource(part.source, part) : writeSource(part);
  const members = part.media === "document" ? documentMembers(part, writing) : {};
  return [withNode({ type: part.media, source, ...members }, part, writing)];
}
