import { asObject } from "../core/json.ts";

/** Bytes of English, code and JSON that make a token, on average over the vendors' tokenizers. */
export const INPUT_BYTES_PER_TOKEN = 3.5;

/** Text of this length has a space or line end near its begin; what has none is media in base64. */
const MEDIA_LENGTH_MIN = 4_096;
const PROBE_LENGTH = 512;
/** About what vendors count for a picture or a page. */
const MEDIA_TOKENS = 1_500;
/** Media lie within a dozen levels in every protocol. */
const DEPTH_MAX = 32;
const MEDIA_BYTES = MEDIA_TOKENS * INPUT_BYTES_PER_TOKEN;

function isMedia(text: string): boolean {
  return text.length >= MEDIA_LENGTH_MIN && !/\s/.test(text.slice(0, PROBE_LENGTH));
}

/** Bytes by which a parsed value is longer than what the model reads of it. */
function mediaExcess(value: unknown, depth = 0): number {
  if (typeof value === "string") return isMedia(value) ? Math.max(0, value.length - MEDIA_BYTES) : 0;
  if (depth > DEPTH_MAX) return 0;
  const inner = Array.isArray(value) ? value : Object.values(asObject(value) ?? {});
  return inner.reduce<number>((sum, member) => sum + mediaExcess(member, depth + 1), 0);
}

/** One of these stands beside media in every protocol; a body with none of them is text, and is not walked. */
const MEDIA_MARKS = [";base64,", '"base64"', '"inlineData"', '"inline_data"', '"input_audio"'];

function mayHoldMedia(bytes: Uint8Array): boolean {
  const searched = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return MEDIA_MARKS.some((mark) => searched.includes(mark));
}

/** Limits and estimates both ask, and a long body takes some 200 µs a megabyte. */
const measured = new WeakMap<Uint8Array, number>();

/**
 * How long a request is as text, in bytes: a picture or a page counts as what it is to a model, not as its base64.
 * @param body the same, parsed
 */
export function textBytesOf(bytes: Uint8Array, body: unknown): number {
  if (bytes.length <= MEDIA_BYTES) return bytes.length;
  const known = measured.get(bytes);
  if (known !== undefined) return known;
  const length = mayHoldMedia(bytes) ? Math.max(0, bytes.length - mediaExcess(body)) : bytes.length;
  measured.set(bytes, length);
  return length;
}

/** About how many tokens a request is as input, at once. @param body the same, parsed */
export function estimateInput(bytes: Uint8Array, body: unknown): number {
  return Math.ceil(textBytesOf(bytes, body) / INPUT_BYTES_PER_TOKEN);
}
