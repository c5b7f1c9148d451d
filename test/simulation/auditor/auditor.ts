import { type AuditSummary, checkAnswers } from "./answers.ts";
import { checkHolds, checkNewCharges, checkNewLeases, checkRefusal, spendable } from "./moments.ts";
import { checkMoneyMoved } from "./payments.ts";
import { checkGrants, checkQuiet } from "./quiet.ts";
import type { Dump, EndSeen, HoldSeen } from "./seen.ts";
import { checkTables } from "./tables.ts";

/** Checks a run against the promises of LEDGER.md 6 and 9, with its own arithmetic. */
export interface Auditor {
  /** Call it after every commit, and whenever the gateway refuses for want of money. */
  moment(dump: Dump, holds: readonly HoldSeen[]): void;
  /** Call it once, long after the last fault and the last request. */
  end(seen: EndSeen): AuditSummary;
}

/** @param earlyMs by how much a node may take a lease for expired before the store does */
export function newAuditor(earlyMs: number): Auditor {
  let before: Dump | undefined;
  const balances: { readonly atMs: number; readonly of: ReadonlyMap<string, bigint> }[] = [];
  return {
    moment(dump, holds) {
      checkTables(dump);
      checkHolds(dump, holds);
      if (before) {
        checkNewCharges(before, dump);
        checkNewLeases(before, dump);
      }
      balances.push({ atMs: dump.nowMs, of: spendable(dump, earlyMs) });
      before = dump;
    },
    end(seen) {
      checkTables(seen.dump);
      checkGrants(seen);
      checkQuiet(seen);
      checkMoneyMoved(seen);
      for (const request of seen.requests) checkRefusal(request, balances);
      return checkAnswers(seen);
    },
  };
}
