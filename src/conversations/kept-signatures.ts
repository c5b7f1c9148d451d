import type { Clock } from "../base/clock.ts";
import { Lru } from "../base/lru.ts";
import type { Signature } from "../core/generation/node.ts";
import type { Log } from "../core/log.ts";
import type { CallSignatures, SignatureStore } from "./store.ts";
import { writeQueue } from "./write-queue.ts";

/** One piece of opaque state and the call that it came with. */
export interface SignatureEntry {
  readonly callId: string;
  readonly signature: Signature;
}

/** Opaque state for clients that drop it, by account and call. */
export interface KeptSignatures {
  /**
   * Keeps them in the order given; several may belong to one call. Found at once, on disk a few
   * milliseconds later. What an earlier answer kept under the same call is replaced.
   */
  put(accountId: string, entries: readonly SignatureEntry[]): void;
  /** Of the calls that have any. Memory answers for calls that were asked for lately. */
  get(accountId: string, callIds: readonly string[]): Promise<ReadonlyMap<string, readonly Signature[]>>;
  flush(): Promise<boolean>;
}

export interface KeptSignaturesOptions {
  readonly store: SignatureStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly retentionMs: number;
}

/** Calls in memory, those without a signature included. Larger ones stay on disk: at most about 40 MB. */
const CALLS_IN_MEMORY = 5_000;
const CHARACTERS_IN_MEMORY = 8_192;

const keyOf = (accountId: string, callId: string): string => `${accountId} ${callId}`;

function sizeOf({ signatures }: CallSignatures): number {
  return JSON.stringify(signatures).length;
}

/** A call that has none: it is not asked for again. */
function none(accountId: string, callId: string, expiresAt: number): CallSignatures {
  return { accountId, callId, signatures: [], expiresAt };
}

export function keptSignatures({ store, clock, log, retentionMs }: KeptSignaturesOptions): KeptSignatures {
  const recent = new Lru<string, CallSignatures>(CALLS_IN_MEMORY);
  const queue = writeQueue<CallSignatures>({
    what: "signatures",
    write: (rows) => store.putSignatures(rows),
    bytesOf: sizeOf,
    log,
  });

  function remember(row: CallSignatures): void {
    const key = keyOf(row.accountId, row.callId);
    if (sizeOf(row) <= CHARACTERS_IN_MEMORY) recent.set(key, row);
    // An older row of the same call must not be found in its place.
    else recent.delete(key);
  }

  function inMemory(accountId: string, callId: string): CallSignatures | undefined {
    const key = keyOf(accountId, callId);
    const row = queue.find(key) ?? recent.get(key);
    return row && row.expiresAt > clock.now() ? row : undefined;
  }

  async function fromStore(accountId: string, callIds: readonly string[]): Promise<CallSignatures[]> {
    if (callIds.length === 0) return [];
    const found = await store.findSignatures(accountId, callIds);
    return callIds.map((callId) => {
      const row = found.get(callId) ?? none(accountId, callId, clock.now() + retentionMs);
      // One that was put while the store was asked is newer.
      const newer = inMemory(accountId, callId);
      if (newer === undefined) remember(row);
      return newer ?? row;
    });
  }

  return {
    put(accountId, entries) {
      if (retentionMs <= 0) return;
      const expiresAt = clock.now() + retentionMs;
      for (const [callId, group] of Map.groupBy(entries, (entry) => entry.callId)) {
        const signatures = group.map(({ signature }) => signature);
        const row = { accountId, callId, signatures, expiresAt };
        remember(row);
        queue.put(keyOf(accountId, callId), row);
      }
    },
    async get(accountId, callIds) {
      const asked = [...new Set(callIds)];
      const near = asked.flatMap((callId) => inMemory(accountId, callId) ?? []);
      const nearIds = new Set(near.map(({ callId }) => callId));
      const far = await fromStore(
        accountId,
        asked.filter((callId) => !nearIds.has(callId)),
      );
      const signed = [...near, ...far].filter(({ signatures }) => signatures.length > 0);
      return new Map(signed.map(({ callId, signatures }) => [callId, signatures]));
    },
    flush: queue.flush,
  };
}
