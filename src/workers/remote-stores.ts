import type { Calls } from "../base/calls.ts";
import { EpochOver, type LeaseAnswer, type LedgerStore, type SettleResult } from "../billing/store.ts";
import type { GatewayHome } from "../home.ts";
import type { LimitStore, Verdict } from "../limits/store.ts";
import type { Asked, Cooldowns } from "../routing/cooldowns.ts";
import { remoteStores } from "./asked-stores.ts";
import { writeEntries, writeRecords } from "./written.ts";

type Ask = Calls["ask"];

/** An error crosses as its name and message; this one is acted on. */
function overIn(epoch: number): (cause: Error) => never {
  return (cause) => {
    throw cause.name === "EpochOver" ? new EpochOver(epoch) : cause;
  };
}

function remoteLedger(ask: Ask): GatewayHome["ledgerStore"] {
  const store: LedgerStore = {
    register: async () => (await ask("ledger.register")) as number,
    lease: async (step) => (await ask("ledger.lease", step).catch(overIn(step.epoch))) as LeaseAnswer,
    async giveBack(steps) {
      await ask("ledger.giveBack", steps).catch(overIn(steps[0]?.epoch ?? 0));
    },
    renew: async (epoch) => (await ask("ledger.renew", epoch)) as boolean,
    async askBack(walletId) {
      await ask("ledger.askBack", walletId);
    },
    settle: async (entries) => (await ask("ledger.settle", writeEntries(entries))) as readonly SettleResult[],
    async reverse(requestId) {
      await ask("ledger.reverse", requestId);
    },
  };
  return {
    ...store,
    async flush() {
      await ask("flush");
    },
    syncs: () => 0,
  };
}

/** The parent's home, as a worker sees it: it lives as long as its channel, which tells sooner than any clock. */
export function remoteHome(ask: Ask, secret: string): GatewayHome {
  const stores = remoteStores(ask);
  return {
    ...stores,
    history: {
      ...stores.history,
      async insert(records) {
        await ask("history.insert", writeRecords(records));
      },
    },
    secret,
    ledgerStore: remoteLedger(ask),
    shared: { liveMs: Number.POSITIVE_INFINITY, hear: () => undefined },
  };
}

/** A history that this process writes itself: who watches requests does so at the parent. */
export function toldHistory(own: GatewayHome["history"], ask: Ask): GatewayHome["history"] {
  return {
    ...own,
    async insert(records) {
      await own.insert(records);
      // Where the parent has gone, this process ends with it.
      ask("history.told", writeRecords(records)).catch(() => undefined);
    },
  };
}

/** Limits that the parent counts for all its workers. */
export function remoteLimits(ask: Ask): LimitStore {
  return {
    acquire: async (claim) => (await ask("limits.acquire", claim)) as Verdict,
    async end(permit) {
      await ask("limits.end", permit);
    },
    async renew(permits) {
      const plain = permits.map(({ scope, permitId, gates }) => ({ scope, permitId, gates }));
      return (await ask("limits.renew", plain)) as readonly string[];
    },
    close: () => undefined,
  };
}

/** Failures in a row are counted over all workers, and one that is served ends the row for all of them. */
export function sharedCooldowns(own: Cooldowns, ask: Ask): Cooldowns {
  const plain = ({ model, upstream }: Asked): Asked => ({ model, upstream: { id: upstream.id } });
  function tell(name: string, ...args: readonly unknown[]): void {
    // Where the parent has gone, this process ends with it.
    ask(name, ...args).catch(() => undefined);
  }
  return {
    isCooling: (target) => own.isCooling(target),
    failed(target, { kind, retryAfterMs }) {
      own.failed(target, { kind, retryAfterMs });
      tell("target.failed", plain(target), { kind, retryAfterMs });
    },
    served(target) {
      const wasIll = own.served(target);
      if (wasIll) tell("target.served", plain(target));
      return wasIll;
    },
  };
}
