import type { MediaKind } from "../core/generation/request.ts";

/** How files begin; `at` is the offset of the letters (Latin-1). The first row that fits counts. */
const SIGNATURES: readonly {
  readonly mime: string;
  readonly letters: string;
  readonly at?: number;
  readonly head?: string;
}[] = [
  { mime: "image/png", letters: "\x89PNG\r\n\x1a\n" },
  { mime: "image/jpeg", letters: "\xff\xd8\xff" },
  { mime: "image/gif", letters: "GIF87a" },
  { mime: "image/gif", letters: "GIF89a" },
  { mime: "image/webp", letters: "WEBP", at: 8, head: "RIFF" },
  { mime: "image/bmp", letters: "BM" },
  { mime: "image/tiff", letters: "II*\0" },
  { mime: "image/tiff", letters: "MM\0*" },
  { mime: "image/avif", letters: "ftypavif", at: 4 },
  { mime: "image/heic", letters: "ftyphei", at: 4 },
  { mime: "image/heic", letters: "ftyphevc", at: 4 },
  { mime: "image/heif", letters: "ftypmif1", at: 4 },
  { mime: "application/pdf", letters: "%PDF-" },
  { mime: "audio/wav", letters: "WAVE", at: 8, head: "RIFF" },
  { mime: "video/x-msvideo", letters: "AVI ", at: 8, head: "RIFF" },
  { mime: "audio/flac", letters: "fLaC" },
  { mime: "audio/ogg", letters: "OggS" },
  { mime: "audio/mpeg", letters: "ID3" },
  { mime: "audio/aiff", letters: "AIFF", at: 8, head: "FORM" },
  { mime: "audio/mp4", letters: "ftypM4A", at: 4 },
  { mime: "video/quicktime", letters: "ftypqt", at: 4 },
  { mime: "video/mp4", letters: "ftyp", at: 4 },
  { mime: "video/webm", letters: "\x1a\x45\xdf\xa3" },
];

/** Frames of MPEG audio and AAC begin with eleven set bits; the layer tells them apart. */
function audioFrame(bytes: Uint8Array): string | undefined {
  const second = bytes[1] ?? 0;
  if (bytes[0] !== 0xff || (second & 0xe0) !== 0xe0) return undefined;
  const layer = (second >> 1) & 3;
  if (layer === 0) return (second & 0xf0) === 0xf0 ? "audio/aac" : undefined;
  return "audio/mpeg";
}

/** What the bytes are by how they begin, undefined where nothing tells. */
function sniffMime(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64)).toString("latin1");
  const found = SIGNATURES.find(
    (row) => head.startsWith(row.letters, row.at ?? 0) && head.startsWith(row.head ?? ""),
  );
  return found?.mime ?? audioFrame(bytes);
}

/** Types that say nothing, and containers that hold sound as well as pictures. */
const UNSAID = new Set(["", "application/octet-stream", "binary/octet-stream", "application/binary"]);
const CONTAINERS = new Set(["audio/ogg", "video/mp4", "video/webm", "audio/mp4"]);
const TEXTS = /^(?:text\/(?!html\b)[\w.+-]+|application\/(?:json|xml|yaml|x-yaml))$/;

/** The kind of media that a type is; text is a document. */
export function kindOfMime(mime: string): MediaKind | undefined {
  if (mime === "application/pdf" || TEXTS.test(mime)) return "document";
  const [kind] = mime.split("/");
  return kind === "image" || kind === "audio" || kind === "video" ? kind : undefined;
}

function isText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false; // The decoder has no other way to say so.
  }
}

/**
 * What the bytes are, where that does not contradict what they were said to be: an image said to be a JPEG
 * may be a PNG, but a page said to be an image is none. Undefined where it does, or where nothing tells.
 * @param declared a content type as the server sent it, "" where it sent none
 */
export function mimeOfBytes(bytes: Uint8Array, declared: string): string | undefined {
  const said = (declared.split(";")[0] ?? "").trim().toLowerCase();
  const seen = sniffMime(bytes);
  if (seen === undefined) return TEXTS.test(said) && isText(bytes) ? said : undefined;
  if (UNSAID.has(said) || kindOfMime(said) === kindOfMime(seen)) return seen;
  const kinds = ["audio", "video"];
  const heard = CONTAINERS.has(seen) && kinds.includes(kindOfMime(said) ?? "");
  return heard ? said : undefined;
}
