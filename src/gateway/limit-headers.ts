import type { Standing } from "../core/limits.ts";
import type { Dialect } from "../core/protocol.ts";
import type { Standings } from "../limits/limiter.ts";

/** As Go prints a duration, which is how OpenAI does: `120ms`, `7s`, `6m0s`, `1h2m3s`. */
function duration(ms: number): string {
  if (ms < 1_000) return `${ms}ms`;
  const seconds = Math.ceil(ms / 1_000);
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (h > 0) return `${h}h${m}m${s}s`;
  return m > 0 ? `${m}m${s}s` : `${s}s`;
}

function openAi(
  headers: Record<string, string>,
  what: string,
  { limit, remaining, resetMs }: Standing,
): void {
  headers[`x-ratelimit-limit-${what}`] = String(limit);
  headers[`x-ratelimit-remaining-${what}`] = String(remaining);
  headers[`x-ratelimit-reset-${what}`] = duration(resetMs);
}

function anthropic(
  headers: Record<string, string>,
  what: string,
  { limit, remaining, resetMs }: Standing,
  nowMs: number,
): void {
  const prefix = `anthropic-ratelimit-${what}`;
  headers[`${prefix}-limit`] = String(limit);
  headers[`${prefix}-remaining`] = String(remaining);
  const resetAt = new Date(Math.ceil((nowMs + resetMs) / 1_000) * 1_000);
  headers[`${prefix}-reset`] = resetAt.toISOString().replace(".000Z", "Z");
}

/**
 * The gateway's limits in the words of the client's protocol (PROTOCOLS.md 1.9); Google has no such headers.
 * @param nowMs milliseconds since the epoch
 */
export function limitHeaders(standings: Standings, dialect: Dialect, nowMs: number): Record<string, string> {
  const headers: Record<string, string> = {};
  if (dialect === "gemini") return headers;
  for (const what of ["requests", "tokens"] as const) {
    const standing = standings[what];
    if (!standing) continue;
    if (dialect === "openai") openAi(headers, what, standing);
    else anthropic(headers, what, standing, nowMs);
  }
  return headers;
}
