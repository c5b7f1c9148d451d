import type { Nanos } from "./money.ts";
import type { PriceMultiplier } from "./price.ts";
import type { Operation, WireProtocol } from "./protocol.ts";
import type { Usage, UsageSource } from "./usage.ts";

/** The reason of an attempt that was not made: what the request wants cannot be said to that target. */
export const NOT_ASKED = "cannot be asked this";
/** The reason of an attempt that we gave up, as when its client left: it says nothing of the upstream. */
export const GIVEN_UP = "AbortError";

/** One try of one target. */
export interface Attempt {
  readonly upstream: string;
  readonly model: string;
  /** The upstream's HTTP status; 0 when none came. */
  readonly status: number;
  readonly outcome: "served" | "retryable" | "final";
  /** Why it did not serve, in a few words; never a secret. */
  readonly reason?: string | undefined;
  readonly startMs: number;
  readonly tookMs: number;
}

/** An answer that later requests may build on: the upstream's own id of it, and where it lies. */
export interface KeptAnswer {
  readonly id: string;
  readonly upstream: string;
}

/** How an exchange ended. `cut_…`: after the first byte of the answer. */
export type Outcome = "finished" | "failed" | "cut_by_client" | "cut_by_upstream";

/** What happened to one request; milliseconds count from its arrival. */
export interface RequestRecord {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly accountId: string;
  readonly keyId: string;
  readonly model: string;
  /** "unknown" where the record was rebuilt from its charge after a crash. */
  readonly protocol: WireProtocol | "unknown";
  readonly operation: Operation;
  readonly stream: boolean;
  readonly status: number;
  readonly outcome: Outcome;
  readonly error?: string | undefined;
  readonly usage: Usage;
  readonly usageSource: UsageSource;
  readonly chargeNanos: Nanos;
  readonly priceVersion: number;
  /** Undefined: the whole price was asked, or it is from before this was written down. */
  readonly multiplier?: PriceMultiplier | undefined;
  readonly attempts: readonly Attempt[];
  readonly queueMs: number;
  readonly firstByteMs: number;
  readonly lastByteMs: number;
  readonly client: string;
  readonly region: string;
  /** What was put right on the way in, such as a doubled path prefix. */
  readonly notes: readonly string[];
  /** The upstream's own id of the answer, where it gave one. */
  readonly answerId?: string | undefined;
  /** The user who made the key, and the key's label, as they were then. */
  readonly userId?: string | undefined;
  readonly project?: string | undefined;
  /** What the operator pays for it, where that is known. */
  readonly costNanos?: Nanos | undefined;
  /** What it would have cost without a cache, less what it did; below zero where writing cost more than reading saved. */
  readonly cacheSavedNanos?: Nanos | undefined;
}

/** Where the answer came from, or the last that was tried; empty where none was. */
export function upstreamOf({ attempts }: Pick<RequestRecord, "attempts">): string {
  const [first] = attempts;
  if (!first || attempts.length === 1) return first?.upstream ?? "";
  return (attempts.find(({ outcome }) => outcome === "served") ?? attempts.at(-1) ?? first).upstream;
}
