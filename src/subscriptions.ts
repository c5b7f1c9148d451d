import type { KeyVerifier } from "./accounts/key-verifier.ts";
import { systemClock } from "./base/clock.ts";
import type { Ledger } from "./billing/ledger.ts";
import { type Subscriptions, subscriptions } from "./billing/subscriptions.ts";
import type { Cashier } from "./control/operation.ts";
import type { Log } from "./core/log.ts";
import type { Snapshot } from "./core/model.ts";
import { ownPlanIn } from "./core/own-plan.ts";
import type { Home } from "./home.ts";

/** Other nodes hear within 250 ms, and give back at once. */
const ASK_BACK_MS = 600;

interface Options {
  readonly home: Home;
  readonly log: Log;
  readonly snapshot: () => Snapshot;
  readonly paymentProvider: Cashier | undefined;
  readonly recall: Ledger["recall"];
  readonly keys: Pick<KeyVerifier, "forgetKey">;
}

/** Owners, and those who pay. */
async function emailsOf({ people }: Home, accountId: string): Promise<string[]> {
  const members = await people.organisations.members(accountId);
  return members.filter(({ role }) => role === "owner" || role === "billing").map(({ email }) => email);
}

/** Plans that are paid for month by month, over an opened home. */
export function buildSubscriptions({
  home,
  log,
  snapshot,
  paymentProvider,
  recall,
  ...rest
}: Options): Subscriptions {
  return subscriptions({
    store: home.subscriptions,
    provider: paymentProvider,
    plans: () => snapshot().plans,
    ownPlan: (planId) => ownPlanIn(snapshot().plans, planId)?.id ?? "",
    notices: home.notices,
    emailsOf: (accountId) => emailsOf(home, accountId),
    recall,
    async askBack(walletId) {
      if (!home.shared) return;
      await home.ledgerStore.askBack(walletId);
      await Bun.sleep(ASK_BACK_MS);
    },
    forgetKey: (keyId) => rest.keys.forgetKey(keyId),
    clock: systemClock,
    onFault: (message, cause) => log("error", message, { cause: String(cause) }),
  });
}
