import type { Awaitable } from "../base/awaitable.ts";
import type { Nanos } from "../core/money.ts";
import type { PublicReceiptKey } from "./receipt-signature.ts";
import type { ChargeState } from "./store.ts";

export interface ReceiptLeg {
  readonly leg: number;
  readonly state: ChargeState;
  readonly lotId: string | null;
  /** Where the lot's money came from; null where nothing was paid. */
  readonly source: string | null;
  readonly amountNanos: Nanos;
  readonly pricedNanos: Nanos;
  readonly at: number;
}

export interface ReceiptTransfer {
  readonly key: string;
  readonly kind: string;
  readonly nanos: Nanos;
  readonly at: number;
}

export interface ReceiptPrices {
  readonly content: string;
  readonly since: number;
}

export interface StoredReceiptKey {
  readonly publicKey: PublicReceiptKey;
  readonly sealed: Uint8Array;
  readonly since: number;
}

/** What receipts are made of, and the keys that sign them. */
export interface ReceiptStore {
  legs(requestId: string): Awaitable<ReceiptLeg[]>;
  /** Of the request and no charge: what was paid back. */
  transfers(requestId: string): Awaitable<ReceiptTransfer[]>;
  /** The price list of a version, as it was stored. */
  prices(version: number): Awaitable<ReceiptPrices | undefined>;
  /** The newest first. */
  keys(): Awaitable<StoredReceiptKey[]>;
  addKey(key: StoredReceiptKey): Awaitable<void>;
}
