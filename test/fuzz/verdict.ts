import { ERROR_KINDS, GatewayError } from "../../src/core/errors.ts";
import type { Dialect } from "../../src/core/protocol.ts";
import { renderError } from "../../src/protocols/errors/render.ts";

/** `QUOIN_FUZZ_SEED=7 bun test test/fuzz` tries other inputs; the same seed gives the same ones. */
export const SEED = Number(process.env.QUOIN_FUZZ_SEED ?? 20_261_121);

/** What any input must be answered within. */
export const ANSWER_MS = 5_000;

interface ErrorBody {
  readonly type?: string;
  readonly error?: { type?: string; code?: unknown; status?: string; message?: unknown };
}

function dialectOf(body: ErrorBody): Dialect {
  if (body.type === "error") return "anthropic";
  return typeof body.error?.status === "string" ? "gemini" : "openai";
}

function signature(dialect: Dialect, status: number, { error }: ErrorBody): string {
  const parts =
    dialect === "gemini" ? [error?.status] : [error?.type, dialect === "openai" ? error?.code : ""];
  return [dialect, status, ...parts].join(" ");
}

/** Every entry of the catalogue but `internal`, which is always a fault of ours. */
const CATALOGUE = new Set(
  (["anthropic", "openai", "gemini"] as const).flatMap((dialect) =>
    ERROR_KINDS.filter((kind) => kind !== "internal").map((kind) => {
      const { status, body } = renderError(dialect, new GatewayError(kind, "x"), "req_x");
      return signature(dialect, status, JSON.parse(body));
    }),
  ),
);

/** Gemini and Anthropic spell a fault of the upstream's as they spell one of ours; the log tells them apart. */
const INTERNAL = /gateway failed while handling/;

/** @throws Error when a refusal is not an entry of the catalogue with a message. */
export function checkRefusal(status: number, text: string): void {
  let body: ErrorBody;
  try {
    body = JSON.parse(text) as ErrorBody;
  } catch (cause) {
    throw new Error(`${status} without JSON: ${JSON.stringify(text.slice(0, 200))}`, { cause });
  }
  const { message } = body.error ?? {};
  if (typeof message !== "string" || message.length < 15)
    throw new Error(`${status} without a message: ${text}`);
  if (INTERNAL.test(message)) throw new Error(`an internal fault: ${text}`);
  const told = signature(dialectOf(body), status, body);
  if (!CATALOGUE.has(told)) throw new Error(`not in the catalogue: ${told}: ${text}`);
}
