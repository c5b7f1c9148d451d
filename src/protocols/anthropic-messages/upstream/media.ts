import { present } from "../../../base/present.ts";
import { Raw } from "../../../base/raw-json.ts";
import { GatewayError } from "../../../core/errors.ts";
import type { MediaPart } from "../../../core/generation/request.ts";
import type { JsonObject } from "../../../core/json.ts";
import { keptOf } from "../kept-members.ts";
import { type Writing, withNode } from "./writing.ts";

function writeSource({ source, mime }: MediaPart): JsonObject {
  const type = present({ media_type: mime });
  switch (source.type) {
    case "base64":
      return { type: "base64", ...type, data: source.bytes };
    case "url":
      return { type: "url", url: source.url };
    case "text":
      return { type: "text", ...type, data: source.text };
    case "file":
      return { type: "file", file_id: source.fileId };
  }
}

function documentMembers(part: MediaPart, { own }: Writing): JsonObject {
  const title = part.title ?? (own ? undefined : part.name);
  const citations = part.citable === undefined ? undefined : { enabled: part.citable };
  return present({ title, context: part.context, citations });
}

/** @throws GatewayError `unsupported` for sound and film, which have no block. */
export function writeMedia(part: MediaPart, writing: Writing): readonly JsonObject[] {
  const { media, at = media } = part;
  if (media !== "image" && media !== "document") {
    const message = `${at}: the Anthropic Messages protocol carries no ${media}; leave it out, or ask another model.`;
    throw new GatewayError("unsupported", message, { param: at });
  }
  if (part.detail !== undefined && part.detail !== "auto") {
    writing.report.lose("dropped", `${at}.detail`, "unknown to Anthropic Messages");
  }
  const { $source } = keptOf(part);
  const source = $source instanceof Raw ? $source : writeSource(part);
  const members = media === "document" ? documentMembers(part, writing) : {};
  return [withNode({ type: media, source, ...members }, part, writing)];
}
