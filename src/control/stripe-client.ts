import type { StripeSettings } from "../config/settings.ts";
import { NANOS_PER_CENT, type Nanos } from "../core/money.ts";

/** The metadata that names a payment's wallet. */
export const WALLET_FIELD = "quoin_wallet";
const TIMEOUT_MS = 20_000;

/** The package is large and many need none of it: it is loaded with the first payment. */
export async function connect({ apiKey, url }: StripeSettings) {
  const { default: Stripe } = await import("stripe");
  const { protocol, hostname, port } = new URL(url);
  const http = protocol === "http:";
  return new Stripe(apiKey, {
    host: hostname,
    port: port === "" ? (http ? 80 : 443) : Number(port),
    protocol: http ? "http" : "https",
    timeout: TIMEOUT_MS,
    maxNetworkRetries: 1,
    telemetry: false,
  });
}

/** Stripe's package, connected. */
export type Client = Awaited<ReturnType<typeof connect>>;

export const nanosOf = (cents: number): Nanos => BigInt(cents) * NANOS_PER_CENT;

export const centsOf = (nanos: Nanos): number => Number(nanos / NANOS_PER_CENT);

/** Statuses of Stripe's final word: the request or its method is wrong, or declined. Others say nothing of the charge. */
const FINAL_STATUSES: ReadonlySet<unknown> = new Set([400, 402, 404]);
const FINAL_TYPES: ReadonlySet<unknown> = new Set(["StripeCardError", "StripeInvalidRequestError"]);

/** Why Stripe refused for good; undefined: it is not known what came of the call. */
export function declineIn(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  const { type, statusCode } = cause as { type?: unknown; statusCode?: unknown };
  return FINAL_TYPES.has(type) && FINAL_STATUSES.has(statusCode) ? cause.message : undefined;
}
