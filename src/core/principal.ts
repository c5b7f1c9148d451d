import type { LossPolicy } from "./generation/loss.ts";
import type { Limits } from "./limits.ts";
import type { Nanos } from "./money.ts";

/** Who sends a request: the key, its account, and the wallet that pays. */
export interface Principal {
  readonly keyId: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly walletId: string;
  readonly planId: string;
  /** The user who made the key, and its label; undefined: neither is known. */
  readonly userId?: string | undefined;
  readonly project?: string | undefined;
  /** What that user may spend in a UTC month, of this account; undefined: there is no cap. */
  readonly memberCapNanos?: Nanos | undefined;
  /** What the key wants of losses in translation; undefined: it does not say. */
  readonly lossPolicy?: LossPolicy | undefined;
  /** What its requests say and are answered is kept. */
  readonly keepPrompts?: true | undefined;
  /** The key's own limits, which hold beside its plan's; undefined: none. */
  readonly limits?: Limits | undefined;
  /** Ids of the models that the key may use, within its plan; undefined: all of the plan's. */
  readonly models?: readonly string[] | undefined;
  /** The key id under which its requests are counted: a rotated key's counts go on. */
  readonly countedAs: string;
  /** Addresses and CIDR blocks that it may be used from; undefined: any. */
  readonly networks?: readonly string[] | undefined;
  /** The operator refuses all keys of the account. */
  readonly suspended?: true | undefined;
  /** Milliseconds since the epoch, from when on it is refused; undefined: never. */
  readonly expiresAt?: number | undefined;
}
