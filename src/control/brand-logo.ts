import { realpath } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import type { Brand } from "../core/offering.ts";

/** More is no logo; it is read into memory. */
const LOGO_BYTES_MAX = 1_048_576;

const begins = (bytes: Uint8Array, ...start: readonly number[]): boolean =>
  start.every((byte, at) => bytes[at] === byte);

const textAt = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.subarray(from, to)).toString("latin1");

/** The type of a picture by its bytes; undefined: none that browsers show everywhere. */
export function logoType(bytes: Uint8Array): string | undefined {
  if (begins(bytes, 0x89, 0x50, 0x4e, 0x47)) return "image/png";
  if (begins(bytes, 0xff, 0xd8, 0xff)) return "image/jpeg";
  if (textAt(bytes, 0, 4) === "GIF8") return "image/gif";
  if (textAt(bytes, 0, 4) === "RIFF" && textAt(bytes, 8, 12) === "WEBP") return "image/webp";
  return /^\ufeff?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*<svg[\s>]/.test(
    Buffer.from(bytes).toString("utf8"),
  )
    ? "image/svg+xml"
    : undefined;
}

const DATA_URL = /^data:image\/[a-z+]+;base64,([A-Za-z0-9+/=]+)$/;

/** The bytes of a data URL; undefined: it is none of a picture. */
export function bytesInUrl(url: string): Uint8Array | undefined {
  const base64 = DATA_URL.exec(url)?.[1];
  return base64 === undefined ? undefined : Buffer.from(base64, "base64");
}

/** A file below the home, links followed; undefined where there is none, or where it lies elsewhere. */
async function fileBelow(home: string, path: string): Promise<Uint8Array | undefined> {
  try {
    const root = await realpath(home);
    const file = await realpath(resolve(join(root, path)));
    if (!file.startsWith(root + sep)) return undefined;
    const found = Bun.file(file);
    return found.size <= LOGO_BYTES_MAX ? await found.bytes() : undefined;
  } catch {
    return undefined; // What cannot be read is not there: the page shows the built-in mark.
  }
}

/** A drawing may hold scripts: as a page of its own it is shut in a sandbox, and as a picture they never run. */
const SAFETY = {
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "cross-origin",
  "cache-control": "public, max-age=300",
};

/** `GET /brand/logo`: what `brand.logo` names below the home, or what was uploaded. */
export async function answerLogo({ logo }: Pick<Brand, "logo">, home: string): Promise<Response> {
  const bytes = logo && (bytesInUrl(logo) ?? (await fileBelow(home, logo)));
  const type = bytes && logoType(bytes);
  if (!bytes || !type) return new Response("There is no logo.\n", { status: 404, headers: SAFETY });
  return new Response(bytes, { headers: { ...SAFETY, "content-type": type } });
}
