import { GatewayError } from "../../core/errors.ts";
import type {
  GenerationRequest,
  MediaPart,
  MediaSource,
  Part,
  TextPart,
} from "../../core/generation/request.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import type { Protocol } from "../../core/protocol.ts";
import { fieldName } from "../../protocols/field-names.ts";
import type { LossReport } from "../../protocols/translation.ts";
import { mimeOf, mimesOf, takesKind, takesUrl } from "../media-kinds.ts";
import { mapAllParts, withTurns } from "./turns.ts";

/**
 * Media as the target takes it. Text documents become text where there is no place for them; what the
 * target cannot take is refused, since the model would see less than was sent.
 * @throws GatewayError `unsupported` naming the part
 */
export function fitMedia(
  request: GenerationRequest,
  traits: TargetTraits,
  report: LossReport,
): GenerationRequest {
  const turns = mapAllParts(request.turns, (part, turn) => {
    if (part.kind !== "media") return part;
    return fitPart(part, part.at ?? turn.at ?? fieldName(request.origin, "turns"), traits, report);
  });
  return withTurns(request, turns);
}

function fitPart(given: MediaPart, at: string, traits: TargetTraits, report: LossReport): Part {
  const part = withoutDataUrl(given, at);
  const text = plainText(part);
  if (text !== undefined && !holdsTextDocuments(part, traits)) {
    report.lose("emulated", at, "a text document as text");
    return asFencedText(part, text);
  }
  if (!takesKind(part.media, traits))
    throw refusal(
      at,
      `"${traits.model}" does not take ${PLURAL[part.media]} in this protocol; leave it out, or ask a model that takes them.`,
    );
  if (text !== undefined) return { ...part, mime: "text/plain", source: { type: "text", text } };
  refuseSource(part, at, traits);
  return withMime(part, at, traits);
}

const PLURAL = { image: "images", document: "documents", audio: "audio", video: "videos" } as const;

function refusal(at: string, why: string): GatewayError {
  return new GatewayError("unsupported", `${at}: ${why}`, { param: at });
}

const DATA_URL = /^data:([^,]*?)(;base64)?,/i;

/** Some clients hide bytes in a `data:` URL where a codec expected an address. */
function withoutDataUrl(part: MediaPart, at: string): MediaPart {
  const { source } = part;
  const match = source.type === "url" ? DATA_URL.exec(source.url) : null;
  if (source.type !== "url" || !match) return part;
  const rest = source.url.slice(match[0].length);
  const bytes = match[2] ? rest : Buffer.from(unescaped(rest, at)).toString("base64");
  return { ...part, source: { type: "base64", bytes }, mime: part.mime ?? (match[1] || "text/plain") };
}

function unescaped(text: string, at: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    const message = `${at}: the data URL has a % that begins no escape; send the bytes in base64.`;
    throw new GatewayError("bad_request", message, { param: at, cause });
  }
}

/** The words of a text document, however it was sent; undefined for what is no text. */
function plainText(part: MediaPart): string | undefined {
  const { source, media } = part;
  if (source.type === "text") return source.text;
  const mime = mimeOf(part);
  const isText = mime?.startsWith("text/") || mime === "application/json" || mime === "application/xml";
  if (source.type !== "base64" || media !== "document" || !isText) return undefined;
  return Buffer.from(source.bytes, "base64").toString();
}

/** Anthropic alone has a place for the text of a document. */
function holdsTextDocuments(part: MediaPart, traits: TargetTraits): boolean {
  return traits.protocol === "anthropic-messages" && takesKind(part.media, traits);
}

function asFencedText(part: MediaPart, text: string): TextPart {
  const { at, cache, title, name, context } = part;
  let ticks = 3;
  for (const [run] of text.matchAll(/`{3,}/g)) ticks = Math.max(ticks, run.length + 1);
  const fence = "`".repeat(ticks);
  const head = [title ?? name, context].filter((line) => line !== undefined);
  const body = [...head, fence, text, fence].join("\n");
  return { kind: "text", text: body, ...(at === undefined ? {} : { at }), ...(cache ? { cache } : {}) };
}

function refuseSource({ source, ...part }: MediaPart, at: string, traits: TargetTraits): void {
  if (source.type === "url" && !takesUrl({ ...part, source }, traits))
    throw refusal(at, `this URL cannot be fetched for "${traits.model}"; send an https URL, or the bytes.`);
  if (source.type === "file" && !isAtHome(source, traits))
    throw refusal(
      at,
      `files live at the vendor that took them, and "${traits.model}" is at another; send the bytes.`,
    );
}

const OPENAI: ReadonlySet<Protocol> = new Set(["openai-chat", "openai-responses"]);

function isAtHome(
  { owner }: Extract<MediaSource, { type: "file" }>,
  { protocol, vendor }: TargetTraits,
): boolean {
  return owner === protocol || (vendor === "openai" && OPENAI.has(owner) && OPENAI.has(protocol));
}

function withMime(part: MediaPart, at: string, { protocol, model }: TargetTraits): MediaPart {
  if (part.source.type !== "base64") return part;
  const mime = mimeOf(part);
  const allowed = mimesOf(part.media, protocol);
  if (mime === undefined)
    throw refusal(at, "its media type is missing; say what it is (image/png, application/pdf).");
  if (allowed && !allowed.has(mime))
    throw refusal(at, `"${model}" does not take ${mime}; send ${[...allowed].join(", ")}.`);
  return mime === part.mime ? part : { ...part, mime };
}
