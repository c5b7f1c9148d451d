import type { Nanos } from "../core/money.ts";
import type { Reservation } from "./reservation.ts";

/**
 * insufficient: the balance itself cannot pay · held: it could, but running requests hold it ·
 * unavailable: the store did not answer, or this node is being registered again.
 */
export type ReserveResult =
  | { readonly kind: "reserved"; readonly reservation: Reservation }
  | { readonly kind: "insufficient"; readonly balanceNanos: Nanos }
  | { readonly kind: "held"; readonly balanceNanos: Nanos }
  | { readonly kind: "unavailable"; readonly cause: unknown };

/** Why a reservation could not be counted against a budget. */
export type Unbound = Exclude<ReserveResult, { readonly kind: "reserved" }>;

/** posted: durable, release the answer · void: nothing was or will be charged, tell the client an error. */
export type SettleOutcome =
  | { readonly kind: "posted"; readonly amountNanos: Nanos }
  | { readonly kind: "void"; readonly cause: unknown };
