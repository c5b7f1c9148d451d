import type { ChargeRow, LeaseStep, ReturnStep } from "../billing/store.ts";
import type { RequestRecord } from "../core/request-record.ts";
import type { LiveTail } from "../history/live-tail.ts";
import type { Home } from "../home.ts";
import type { Claim, HeldPermit, LimitStore, PermitEnd } from "../limits/store.ts";
import type { Asked, Cooldowns, Failure } from "../routing/cooldowns.ts";
import type { Notice } from "../storage/postgres/notices.ts";
import type { LedgerNode } from "../storage/sqlite/ledger-store.ts";
import { answerFromStores } from "./asked-stores.ts";
import { readEntries, readRecords } from "./written.ts";

/** What of the parent its workers work with. */
export interface ParentParts {
  readonly home: Home;
  readonly limitStore: LimitStore;
  readonly tail: LiveTail;
  /** What befell a target at one worker, for this process and the others. */
  readonly health: Pick<Cooldowns, "failed" | "served">;
}

export interface WorkerAnswers {
  /** What the worker asks. @throws what the asked part throws, or Error where there is no such call */
  answer(name: string, args: readonly unknown[]): unknown;
  /** The worker has gone: its leases are free, and the records that it took with it are made again. */
  end(): Promise<void>;
}

/** A worker's calls of the ledger, and the charges whose records it still has. On PostgreSQL it makes none of them here. */
function ledgerFor(node: LedgerNode | undefined) {
  const unrecorded = new Map<string, readonly ChargeRow[]>();

  async function settle(text: string): Promise<unknown> {
    const entries = readEntries(text);
    const results = await node?.settle(entries);
    entries.forEach(({ rows }, place) => {
      const [first] = rows;
      if (first && results?.[place]?.kind === "applied") unrecorded.set(first.requestId, rows);
    });
    return results;
  }

  return {
    unrecorded,
    calls: {
      "ledger.register": () => node?.register(),
      "ledger.lease": (step: LeaseStep) => node?.lease(step),
      "ledger.giveBack": (steps: readonly ReturnStep[]) => node?.giveBack(steps),
      "ledger.renew": (epoch: number) => node?.renew(epoch),
      "ledger.settle": settle,
      "ledger.reverse": (requestId: string) => node?.reverse(requestId),
    },
  };
}

/**
 * The parent's side of one worker.
 * @param tellOthers tells the other workers, and this process
 */
export function answersFor(
  { home, limitStore, tail, health }: ParentParts,
  nodeId: number,
  tellOthers: (notice: Notice) => void,
): WorkerAnswers {
  const node = home.nodes?.ledgerOf(nodeId);
  const { unrecorded, calls: ledgerCalls } = ledgerFor(node);

  function tellTail(records: readonly RequestRecord[]): void {
    for (const record of records) tail.tell(record);
  }

  const calls = {
    ...ledgerCalls,
    "ledger.askBack": (walletId: string) => tellOthers({ kind: "wallet", ref: walletId }),
    flush: () => home.ledgerStore.flush(),
    "target.failed": (target: Asked, failure: Failure) => health.failed(target, failure),
    "target.served": (target: Asked) => health.served(target),
    "limits.acquire": (claim: Claim) => limitStore.acquire(claim),
    "limits.end": (permit: PermitEnd) => limitStore.end(permit),
    "limits.renew": (permits: readonly HeldPermit[]) => limitStore.renew(permits),
    async "history.insert"(text: string) {
      const records = readRecords(text);
      await home.history.insert(records);
      for (const { id } of records) unrecorded.delete(id);
      tellTail(records);
    },
    "history.told": (text: string) => tellTail(readRecords(text)),
    async "wallets.grant"(grant: Parameters<Home["wallets"]["grant"]>[0]) {
      const made = await home.wallets.grant(grant);
      if (made) tellOthers({ kind: "wallet", ref: grant.walletId });
      return made;
    },
  };
  const table: Readonly<Record<string, (...args: never[]) => unknown>> = calls;
  return {
    answer(name, args) {
      const call = Object.hasOwn(table, name) ? table[name] : undefined;
      return call ? call(...(args as never[])) : answerFromStores(home, name, args);
    },
    async end() {
      await node?.retire();
      home.nodes?.rebuild([...unrecorded.values()].flat());
    },
  };
}
