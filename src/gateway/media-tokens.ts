import type { Vendor } from "../core/generation/node.ts";
import type { MediaPart, MediaSource } from "../core/generation/request.ts";
import { type ImageSize, imageSize } from "./image-size.ts";

/** Enough for the size of nearly every image; a JPEG may have a thumbnail before it. */
const HEAD_CHARS = 128 * 1024;

/** A longer edge is scaled down before it is counted, and so is what would be more tokens than this. */
const ANTHROPIC_EDGE_MAX = 1568;
const ANTHROPIC_TOKENS_MAX = 1_600;
/** Images of unknown size: a screenshot. */
const UNKNOWN: ImageSize = { width: 1280, height: 800 };

const scaled = ({ width, height }: ImageSize, factor: number): ImageSize =>
  factor >= 1 ? { width, height } : { width: width * factor, height: height * factor };

const tiles = ({ width, height }: ImageSize, edge: number): number =>
  Math.max(1, Math.ceil(width / edge)) * Math.max(1, Math.ceil(height / edge));

/** Width times height through 750, as Anthropic documents it. */
function anthropicImage(size: ImageSize): number {
  const { width, height } = scaled(size, ANTHROPIC_EDGE_MAX / Math.max(size.width, size.height));
  return Math.min(ANTHROPIC_TOKENS_MAX, Math.ceil((width * height) / 750));
}

/** Within 2048 pixels, the short edge at most 768, tiles of 512: 170 tokens each and 85 for the whole. */
function openAiImage(size: ImageSize, detail: string | undefined): number {
  if (detail === "low") return 85;
  const within = scaled(size, 2048 / Math.max(size.width, size.height));
  return 85 + 170 * tiles(scaled(within, 768 / Math.min(within.width, within.height)), 512);
}

/** 258 tokens for a small one, else for each tile of 768 pixels. */
function googleImage(size: ImageSize): number {
  return size.width <= 384 && size.height <= 384 ? 258 : 258 * tiles(size, 768);
}

function imageTokens({ source, detail }: MediaPart, vendor: Vendor | undefined): number {
  const known =
    source.type === "base64"
      ? imageSize(Buffer.from(source.bytes.slice(0, HEAD_CHARS), "base64"))
      : undefined;
  const size = known && known.width > 0 && known.height > 0 ? known : UNKNOWN;
  if (vendor === "openai") return openAiImage(size, detail);
  return vendor === "google" ? googleImage(size) : anthropicImage(size);
}

/** Text and picture of a page together; Google counts pages as pictures. */
const TOKENS_PER_PAGE: Readonly<Record<string, number>> = { google: 258, openai: 1_300 };
const TOKENS_PER_PAGE_ELSE = 2_000;
/** Where no page is found by name, because the file packs its objects. */
const BYTES_PER_PAGE = 40_000;
/** Looking for pages in a larger file would keep the loop for too long. */
const SEARCHED_CHARS_MAX = 4 * 1024 * 1024;
const PAGE = /\/Type\s*\/Page(?![A-Za-z])/g;

function pagesOf(source: MediaSource): number {
  if (source.type !== "base64") return 1;
  const searched = source.bytes.length > SEARCHED_CHARS_MAX ? "" : source.bytes;
  const named = Buffer.from(searched, "base64").toString("latin1").match(PAGE)?.length ?? 0;
  return named > 0 ? named : Math.max(1, Math.ceil((source.bytes.length * 0.75) / BYTES_PER_PAGE));
}

/** Bytes and tokens of a second at usual rates; Google's figures. */
const RATES = {
  audio: { bytes: 16_000, tokens: 32 },
  video: { bytes: 250_000, tokens: 263 },
} as const;
/** Of media that is elsewhere: nothing is known but that it is there. */
const SECONDS_UNKNOWN = 30;

function timedTokens({ source }: MediaPart, { bytes, tokens }: (typeof RATES)["audio" | "video"]): number {
  const seconds = source.type === "base64" ? (source.bytes.length * 0.75) / bytes : SECONDS_UNKNOWN;
  return Math.ceil(seconds) * tokens;
}

/**
 * About how many tokens media costs, by the vendor's published rule where there is one. A document of
 * plain text is none here: it is counted as text.
 * @param vendor `openai`, `google`, or Anthropic's rule for every other
 */
export function mediaTokens(part: MediaPart, vendor: Vendor | undefined): number {
  if (part.source.type === "text") return 0;
  switch (part.media) {
    case "image":
      return imageTokens(part, vendor);
    case "document":
      return pagesOf(part.source) * (TOKENS_PER_PAGE[vendor ?? ""] ?? TOKENS_PER_PAGE_ELSE);
    case "audio":
      return timedTokens(part, RATES.audio);
    case "video":
      return timedTokens(part, RATES.video);
  }
}
