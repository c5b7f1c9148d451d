import { join } from "node:path";
import { autoTopUpStore } from "../../src/storage/auto-top-up-store.ts";
import { budgetStore } from "../../src/storage/budget-store.ts";
import { currencyStore } from "../../src/storage/currency-store.ts";
import { sqliteAccountStore } from "../../src/storage/sqlite/account-store.ts";
import { sqliteCodeStore } from "../../src/storage/sqlite/code-store.ts";
import { openDatabase } from "../../src/storage/sqlite/database.ts";
import { openSqliteLedger } from "../../src/storage/sqlite/ledger-store.ts";
import { sqliteNoticeStore } from "../../src/storage/sqlite/notice-store.ts";
import { sqlitePaymentStore } from "../../src/storage/sqlite/payment-store.ts";
import { sqliteRunner } from "../../src/storage/sqlite/people-runner.ts";
import { sqlitePriceListStore } from "../../src/storage/sqlite/price-list-store.ts";
import { proveLedger } from "../../src/storage/sqlite/prove.ts";
import { sqliteReceiptStore } from "../../src/storage/sqlite/receipt-store.ts";
import { sqliteWalletStore } from "../../src/storage/sqlite/wallet-store.ts";
import { subscriptionStore } from "../../src/storage/subscription-store.ts";
import { newFolder } from "../support/folder.ts";
import { moneyContracts } from "./money-contracts.ts";
import { BEGAN_AT, type MoneyFixture } from "./money-fixture.ts";

moneyContracts("SQLite", async (): Promise<MoneyFixture> => {
  const folder = newFolder();
  const db = openDatabase(join(folder.path, "quoin.db"));
  const time = { now: BEGAN_AT };
  const clock = { now: () => time.now, monotonic: () => time.now };
  const onFatal = (cause: unknown) => {
    throw new Error("the disk failed", { cause });
  };
  const ledger = openSqliteLedger({ db, home: folder.path, clock, onFatal });
  return {
    accounts: sqliteAccountStore(db),
    wallets: sqliteWalletStore(db, () => ledger.flush()),
    budgets: budgetStore(sqliteRunner(db)),
    autoTopUps: autoTopUpStore(sqliteRunner(db)),
    subscriptions: subscriptionStore(sqliteRunner(db)),
    currencies: currencyStore(sqliteRunner(db)),
    codes: sqliteCodeStore(db),
    receipts: sqliteReceiptStore(db),
    notices: sqliteNoticeStore(db),
    payments: sqlitePaymentStore(db),
    prices: sqlitePriceListStore(db),
    ledger: {
      ...ledgerPort(ledger),
      async settle(entries) {
        const results = await ledger.settle(entries);
        ledger.flush();
        return results;
      },
    },
    async setNow(now) {
      time.now = now;
    },
    prove: () => proveLedger(folder.path, () => Promise.resolve(ledger.flush())),
    async dispose() {
      await ledger.close();
      db.close();
      folder.remove();
    },
  };
});

function ledgerPort(ledger: ReturnType<typeof openSqliteLedger>): MoneyFixture["ledger"] {
  return {
    register: () => ledger.register(),
    lease: (step) => ledger.lease(step),
    giveBack: (steps) => ledger.giveBack(steps),
    renew: (epoch) => ledger.renew(epoch),
    askBack: (walletId) => ledger.askBack(walletId),
    settle: (entries) => ledger.settle(entries),
    reverse: (requestId) => ledger.reverse(requestId),
  };
}
