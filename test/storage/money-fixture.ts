import type { AccountIds, AccountStore } from "../../src/accounts/store.ts";
import { newId } from "../../src/base/id.ts";
import type { AutoTopUpStore } from "../../src/billing/auto-top-up-store.ts";
import type { BudgetStore } from "../../src/billing/budgets.ts";
import type { CodeStore } from "../../src/billing/codes.ts";
import type { CurrencyStore } from "../../src/billing/currencies.ts";
import type { NoticeStore } from "../../src/billing/low-balance.ts";
import type { PaymentStore } from "../../src/billing/payments.ts";
import type { PriceListStore } from "../../src/billing/price-lists.ts";
import type { ReceiptStore } from "../../src/billing/receipt-store.ts";
import type { LedgerStore } from "../../src/billing/store.ts";
import type { SubscriptionStore } from "../../src/billing/subscription-store.ts";
import type { WalletStore } from "../../src/billing/wallets.ts";
import { NO_USAGE } from "../../src/core/usage.ts";
import type { Proof } from "../../src/storage/proof.ts";

export { BEGAN_AT } from "../simulation/store-server.ts";

/** Every store of money over one database, and what proves that they agree. */
export interface MoneyFixture {
  readonly accounts: AccountStore;
  readonly wallets: WalletStore;
  readonly budgets: BudgetStore;
  readonly autoTopUps: AutoTopUpStore;
  readonly subscriptions: SubscriptionStore;
  readonly currencies: CurrencyStore;
  readonly codes: CodeStore;
  readonly receipts: ReceiptStore;
  readonly notices: NoticeStore;
  readonly payments: PaymentStore;
  readonly prices: PriceListStore;
  readonly ledger: LedgerStore;
  /** Sets the store's own clock, in milliseconds since the epoch. */
  setNow(now: number): Promise<void>;
  /** `ledger prove`. */
  prove(): Promise<Proof>;
  dispose(): Promise<void>;
}

export type OpenMoney = () => Promise<MoneyFixture>;

export async function newAccount({ accounts }: MoneyFixture, name: string): Promise<AccountIds> {
  return await accounts.ensureAccount(name, 1);
}

/** Leases `nanos` and posts them as one charge; answers the request's id. */
export async function spend({ ledger }: MoneyFixture, walletId: string, nanos: bigint): Promise<string> {
  const epoch = await ledger.register();
  const leased = await ledger.lease({ walletId, epoch, turn: 1, needNanos: nanos, wantNanos: nanos });
  const requestId = newId();
  const rows = leased.grants.map((grant, leg) => ({
    requestId,
    leg,
    state: "posted" as const,
    walletId,
    epoch,
    lotId: grant.lotId,
    amountNanos: grant.nanos,
    pricedNanos: grant.nanos,
    priceVersion: 1,
    usage: NO_USAGE,
    at: 5,
  }));
  await ledger.settle([{ rows, repeated: false }]);
  return requestId;
}

/** What `ledger prove` finds wrong. */
export async function differencesOf({ prove }: MoneyFixture): Promise<object[]> {
  return (await prove()).checks.filter(({ differences }) => differences.length > 0);
}
