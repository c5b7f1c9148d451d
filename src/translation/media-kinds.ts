import type { MediaKind, MediaPart } from "../core/generation/request.ts";
import type { TargetTraits } from "../core/generation/traits.ts";
import { ownMember } from "../core/json.ts";
import type { Protocol } from "../core/protocol.ts";

/** What a protocol has a place for, whatever the model takes. */
const KINDS: Record<Protocol, ReadonlySet<MediaKind>> = {
  "anthropic-messages": new Set(["image", "document"]),
  "openai-responses": new Set(["image", "document"]),
  "openai-chat": new Set(["image", "document", "audio", "video"]),
  "openai-completions": new Set(),
  gemini: new Set(["image", "document", "audio", "video"]),
};

/** What a protocol takes by URL; the rest is sent as bytes. */
const BY_URL: Record<Protocol, ReadonlySet<MediaKind>> = {
  "anthropic-messages": new Set(["image", "document"]),
  "openai-responses": new Set(["image", "document"]),
  "openai-chat": new Set(["image", "video"]),
  "openai-completions": new Set(),
  gemini: new Set(["image", "document", "audio", "video"]),
};

export function takesKind(media: MediaKind, traits: TargetTraits): boolean {
  return KINDS[traits.protocol].has(media) && traits.media.includes(media);
}

export function takesUrl(part: MediaPart, traits: TargetTraits): boolean {
  return traits.mediaUrls && BY_URL[traits.protocol].has(part.media);
}

/** Beginnings of base64, for senders who do not say what they send. */
const BEGINNINGS: readonly (readonly [string, string])[] = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
  ["JVBERi0", "application/pdf"],
  ["SUQz", "audio/mpeg"],
];

const ALIASES: Readonly<Record<string, string>> = {
  "image/jpg": "image/jpeg",
  "image/pjpeg": "image/jpeg",
  "image/x-png": "image/png",
  "audio/mp3": "audio/mpeg",
  "audio/x-wav": "audio/wav",
  "audio/wave": "audio/wav",
};

/** The media type as registered, of what the sender says or else of the bytes themselves. */
export function mimeOf({ mime, source }: MediaPart): string | undefined {
  const said = mime?.split(";", 1)[0]?.trim().toLowerCase();
  if (said && said !== "application/octet-stream") return ownMember(ALIASES, said) ?? said;
  if (source.type === "text") return "text/plain";
  if (source.type !== "base64") return undefined;
  return BEGINNINGS.find(([begin]) => source.bytes.startsWith(begin))?.[1];
}

const IMAGES = new Set(["image/jpeg", "image/png", "image/gif", "image/webp"]);
const SOUNDS = new Set(["audio/wav", "audio/mpeg"]);
const ANYTHING = undefined;

/** Media types that a protocol takes as bytes; undefined: whatever it is, the upstream decides. */
export function mimesOf(media: MediaKind, protocol: Protocol): ReadonlySet<string> | undefined {
  if (protocol === "gemini" || media === "video") return ANYTHING;
  if (media === "image") return IMAGES;
  if (media === "audio") return SOUNDS;
  return protocol === "openai-responses" ? ANYTHING : new Set(["application/pdf"]);
}
