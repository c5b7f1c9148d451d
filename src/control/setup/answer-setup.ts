import type { Client } from "./client.ts";
import { CLIENTS, findClient } from "./clients.ts";
import { type Declared, makeOffer } from "./make-offer.ts";
import type { Offer } from "./offer.ts";
import { clientPage, clientText, listPage, listText } from "./pages.ts";
import { loadPrograms, renderPower, renderShell } from "./render.ts";

function answer(text: string, type: string, status = 200): Response {
  return new Response(text, {
    status,
    headers: {
      "content-type": `${type}; charset=utf-8`,
      // They carry the address that was asked for, the models of this minute, and more tomorrow.
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'",
    },
  });
}

/** Browsers say that they take HTML; curl and PowerShell do not. */
function forBrowser(headers: Headers): boolean {
  return /\btext\/html\b/.test(headers.get("accept") ?? "");
}

async function script(client: Client, suffix: string, offer: Offer): Promise<Response> {
  const programs = await loadPrograms();
  return suffix === ".sh"
    ? answer(renderShell(client, offer, programs), "text/x-shellscript")
    : answer(renderPower(client, offer, programs), "text/plain");
}

const TICKS = 4;
const TICK_MS = 150;

/** Events that cost nothing, one after the other: whoever gets them all at once has a proxy that holds them back. */
function streamTest(): Response {
  const encoder = new TextEncoder();
  let tick = 0;
  const stream = new ReadableStream({
    async pull(controller) {
      if (tick > 0) await Bun.sleep(TICK_MS);
      controller.enqueue(encoder.encode(`data: {"tick":${tick}}\n\n`));
      if (++tick === TICKS) controller.close();
    },
  });
  const headers = {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  };
  return new Response(stream, { headers });
}

export function isSetup(path: string): boolean {
  return path === "/setup" || path.startsWith("/setup/");
}

/**
 * `GET /setup/`, `/setup/NAME`, `/setup/NAME.sh`, `/setup/NAME.ps1` `/setup/offer.json` and `/setup/stream-test`: how people set up their
 * tools, with the addresses and models of this gateway. Open to all: nothing in it is secret. Where models are told to
 * keys alone, a script without a key fetches itself again with the one that it is given.
 */
export function answerSetup(
  request: Request,
  path: string,
  declared: Declared,
): Response | Promise<Response> {
  if (path === "/setup/stream-test") return streamTest();
  const offer = makeOffer(declared, request.headers.get("x-forwarded-proto"));
  const html = forBrowser(request.headers);
  const [, name = "", suffix = ""] = /^\/setup\/?([a-z-]*)(\.(?:sh|ps1|json))?\/?$/.exec(path) ?? [];
  if (path === "/setup/offer.json") return answer(JSON.stringify(offer), "application/json");
  if (/^\/setup\/?$/.test(path))
    return html ? answer(listPage(offer), "text/html") : answer(listText(offer), "text/plain");
  const client = findClient(name);
  if (!client || suffix === ".json") {
    const known = CLIENTS.map(({ id }) => id).join(", ");
    return answer(`There is no setup of that name; there are: ${known}.\n`, "text/plain", 404);
  }
  if (suffix !== "") return script(client, suffix, offer);
  return html
    ? answer(clientPage(client, offer), "text/html")
    : answer(clientText(client, offer), "text/plain");
}
