import type { LossPolicy } from "./generation/loss.ts";

/** Who sends a request: the key, its account, and the wallet that pays. */
export interface Principal {
  readonly keyId: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly walletId: string;
  readonly planId: string;
  /** What the key wants of losses in translation; undefined: it does not say. */
  readonly lossPolicy: LossPolicy | undefined;
}
