import { type AuditSummary, checkAnswers } from "./answers.ts";
import { checkHolds, checkNewCharges, checkNewLeases, checkRefusal, spendable } from "./moments.ts";
import { checkGrants, checkQuiet } from "./quiet.ts";
import type { Dump, EndSeen, HoldSeen } from "./seen.ts";
import { checkTables } from "./tables.ts";

/** Checks a run of one node against the promises of LEDGER.md 6 and 9, with its own arithmetic. */
export interface Auditor {
  /** Call it after every commit, and whenever the gateway refuses for want of money. */
  moment(dump: Dump, holds: readonly HoldSeen[]): void;
  /** Call it once, long after the last fault and the last request. */
  end(seen: EndSeen): AuditSummary;
}

export function newAuditor(): Auditor {
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
      balances.push({ atMs: dump.nowMs, of: spendable(dump) });
      before = dump;
    },
    end(seen) {
      checkTables(seen.dump);
      checkGrants(seen);
      checkQuiet(seen);
      for (const request of seen.requests) checkRefusal(request, balances);
      return checkAnswers(seen);
    },
  };
}
