import { asObject } from "../core/json.ts";

/** Bytes of English, code and JSON that make a token, on average over the vendors' tokenizers. */
export const INPUT_BYTES_PER_TOKEN = 3.5;

/** A body that is smaller holds no media to speak of. */
const PLAIN_BYTES_MAX = 32_768;
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

/**
 * About how many tokens a request is as input, from its length alone, at once: media count by the piece.
 * @param body the parsed body, looked at only where it is long
 */
export function estimateInput(bodyBytes: number, body: unknown): number {
  const bytes = bodyBytes <= PLAIN_BYTES_MAX ? bodyBytes : bodyBytes - mediaExcess(body);
  return Math.ceil(Math.max(0, bytes) / INPUT_BYTES_PER_TOKEN);
}
