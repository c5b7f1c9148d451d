import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Log } from "../../core/log.ts";
import { builtConsole } from "./built-console.ts";

const ASSETS = "/console/assets/";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** No inline script, nothing from elsewhere but an operator's logo. */
const SAFETY = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https:; connect-src 'self'; media-src 'self' blob: data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
};

const FOR_EVER = "public, max-age=31536000, immutable";

type Encoding = "br" | "gz";

const SUFFIXES: readonly (readonly [wanted: RegExp, encoding: Encoding, name: string])[] = [
  [/\bbr\b/, "br", "br"],
  [/\bgzip\b/, "gz", "gzip"],
];

function fileAnswer(folder: string, files: ReadonlySet<string>, name: string, accepted: string): Response {
  const headers: Record<string, string> = {
    ...SAFETY,
    "content-type": TYPES[extname(name)] ?? "application/octet-stream",
    "cache-control": name === "index.html" ? "no-cache" : FOR_EVER,
    vary: "accept-encoding",
  };
  const found = SUFFIXES.find(([wanted, suffix]) => wanted.test(accepted) && files.has(`${name}.${suffix}`));
  if (!found) return new Response(Bun.file(join(folder, name)), { headers });
  const [, suffix, encoding] = found;
  headers["content-encoding"] = encoding;
  return new Response(Bun.file(join(folder, `${name}.${suffix}`)), { headers });
}

interface Built {
  readonly folder: string;
  readonly files: ReadonlySet<string>;
}

async function openBuilt(home: string): Promise<Built> {
  const folder = await builtConsole(home);
  return { folder, files: new Set(await readdir(folder)) };
}

function cannotShow(): Response {
  const text = "The console cannot be shown: it could not be built. The log of the server says why.\n";
  return new Response(text, { status: 503, headers: { "retry-after": "10" } });
}

/**
 * Answers requests to `/console` and all below it but the API: built files by their name, everything
 * else with the page, whose script reads the path. The bundle is made at the first request.
 */
export function consolePages({ home, log }: { readonly home: string; readonly log: Log }) {
  let building: Promise<Built> | undefined;

  async function built(): Promise<Built | undefined> {
    building ??= openBuilt(home);
    try {
      return await building;
    } catch (cause) {
      building = undefined;
      log("error", "the console cannot be shown", { cause: String(cause) });
      return undefined;
    }
  }

  return async (request: Request, path: string): Promise<Response> => {
    if (request.method !== "GET" && request.method !== "HEAD")
      return new Response("Pages are read with GET.\n", {
        status: 405,
        headers: { ...SAFETY, allow: "GET, HEAD" },
      });
    const found = await built();
    if (!found) return cannotShow();
    const { folder, files } = found;
    const accepted = request.headers.get("accept-encoding") ?? "";
    if (!path.startsWith(ASSETS)) return fileAnswer(folder, files, "index.html", accepted);
    const name = path.slice(ASSETS.length);
    if (files.has(name) && name !== "index.html") return fileAnswer(folder, files, name, accepted);
    return new Response("No such file.\n", { status: 404, headers: SAFETY });
  };
}
