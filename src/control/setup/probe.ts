import type { Check } from "./clients.ts";
import type { OfferedHost } from "./offer.ts";

const PATIENCE_MS = 20_000;
const MEASURE_MS = 5_000;

export interface Verdict {
  readonly ok: boolean;
  /** 0: no answer at all. */
  readonly status: number;
  readonly message: string;
}

/** The cause at the bottom, which names host and reason. */
export function reasonOf(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === "string" && !message.includes(code) ? `${message} (${code})` : message;
}

function say(url: string, status: number, text: string): string {
  if (status === 200) return "The connection works, and the key is good.";
  if (status === 401 || status === 403) return `The key was refused (${status}): ${text}`;
  if (status >= 300 && status < 400)
    return `${url} redirects (${status}), and a redirect drops the key; begin the address as the service writes it, with https://.`;
  return `${url} answers ${status}: ${text}`;
}

/** Error messages of all dialects, or the beginning of whatever came. */
export function messageIn(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: unknown } };
    if (typeof error?.message === "string") return error.message;
  } catch {
    // No JSON: a proxy's page, whose beginning says the most.
  }
  return body.slice(0, 200).replace(/\s+/g, " ");
}

/** Asks for the list of models as a client would; that costs nothing. */
export async function askModels({ url, header, more }: Check, key: string): Promise<Verdict> {
  const headers = new Headers(
    [...more, header + key].map((line) => line.split(/: ?(.*)/s, 2) as [string, string]),
  );
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(url, { headers, redirect: "manual", signal });
    const { status } = response;
    return { ok: status === 200, status, message: say(url, status, messageIn(await response.text())) };
  } catch (thrown) {
    return { ok: false, status: 0, message: `${url} cannot be reached: ${reasonOf(thrown)}` };
  }
}

export interface Measured {
  readonly host: OfferedHost;
  /** Undefined: it cannot be reached. */
  readonly tookMs: number | undefined;
}

async function measure(host: OfferedHost): Promise<Measured> {
  let tookMs: number | undefined;
  // The second try has the name looked up already, as a client in use has.
  for (let tries = 0; tries < 2; tries++) {
    const begin = performance.now();
    try {
      await fetch(`${host.origin}/healthz`, { signal: AbortSignal.timeout(MEASURE_MS), redirect: "manual" });
      tookMs = Math.min(tookMs ?? Number.POSITIVE_INFINITY, performance.now() - begin);
    } catch {
      // Out of reach counts as no time; the caller says which.
    }
  }
  return { host, tookMs };
}

/** The service's addresses, fastest first, those out of reach last. */
export async function measureHosts(hosts: readonly OfferedHost[]): Promise<Measured[]> {
  const measured = await Promise.all(hosts.map(measure));
  const rank = ({ tookMs }: Measured) => tookMs ?? Number.MAX_VALUE;
  return measured.sort((left, right) => rank(left) - rank(right));
}
