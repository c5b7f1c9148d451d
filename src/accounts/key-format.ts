import { base62, endsInBase62, isBase62, randomBase62 } from "../base/base62.ts";

const SECRET_LENGTH = 32;
const CHECKSUM_LENGTH = 6;

/** Six characters hold a CRC-32: 62⁶ > 2³². */
function checksum(text: string): string {
  return base62(Bun.hash.crc32(text), CHECKSUM_LENGTH);
}

/** A new key: prefix, 190 random bits, and a checksum over both. */
export function newKey(prefix: string): string {
  const body = prefix + randomBase62(SECRET_LENGTH);
  return body + checksum(body);
}

/**
 * Whether the text is shaped like a key of ours; says nothing of whether it exists. Prefixes end with an
 * underscore and the rest has none, so of two prefixes that fit (`qua_`, `qua_trail_`) the longer one is meant.
 */
export function isWellFormed(key: string): boolean {
  const secretStart = key.length - SECRET_LENGTH - CHECKSUM_LENGTH;
  if (secretStart < 1 || key[secretStart - 1] !== "_" || !isBase62(key, secretStart)) return false;
  const checksumStart = key.length - CHECKSUM_LENGTH;
  return endsInBase62(key, Bun.hash.crc32(key.slice(0, checksumStart)), CHECKSUM_LENGTH);
}

/** What may be shown of a key after its birth. */
export function hintOf(key: string): string {
  return `${key.slice(0, key.lastIndexOf("_") + 1)}…${key.slice(-4)}`;
}
