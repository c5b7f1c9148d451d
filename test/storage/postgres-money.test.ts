import { describe } from "bun:test";
import { autoTopUpStore } from "../../src/storage/auto-top-up-store.ts";
import { budgetStore } from "../../src/storage/budget-store.ts";
import { currencyStore } from "../../src/storage/currency-store.ts";
import { postgresAccountStore } from "../../src/storage/postgres/account-store.ts";
import { postgresCodeStore } from "../../src/storage/postgres/code-store.ts";
import { postgresLedgerStore } from "../../src/storage/postgres/ledger-store.ts";
import { postgresNoticeStore } from "../../src/storage/postgres/low-balance-store.ts";
import { tellSteps } from "../../src/storage/postgres/notices.ts";
import { postgresPaymentStore } from "../../src/storage/postgres/payment-store.ts";
import { postgresRunner } from "../../src/storage/postgres/people-runner.ts";
import { postgresPriceListStore } from "../../src/storage/postgres/price-list-store.ts";
import { provePostgres } from "../../src/storage/postgres/prove.ts";
import { postgresReceiptStore } from "../../src/storage/postgres/receipt-store.ts";
import { postgresWalletStore } from "../../src/storage/postgres/wallet-store.ts";
import { subscriptionStore } from "../../src/storage/subscription-store.ts";
import { timedDatabase } from "../simulation/postgres-server.ts";
import { hasPostgres } from "../support/postgres.ts";
import { moneyContracts } from "./money-contracts.ts";
import type { MoneyFixture } from "./money-fixture.ts";

describe.if(hasPostgres("money on PostgreSQL"))("on a real server", () => {
  moneyContracts("PostgreSQL", async (): Promise<MoneyFixture> => {
    const { sql, url, setNow, close } = await timedDatabase();
    return {
      accounts: postgresAccountStore(sql),
      wallets: postgresWalletStore(sql),
      budgets: budgetStore(postgresRunner(sql)),
      autoTopUps: autoTopUpStore(postgresRunner(sql)),
      subscriptions: subscriptionStore(postgresRunner(sql), tellSteps),
      currencies: currencyStore(postgresRunner(sql)),
      codes: postgresCodeStore(sql),
      receipts: postgresReceiptStore(sql),
      notices: postgresNoticeStore(sql),
      payments: postgresPaymentStore(sql),
      prices: postgresPriceListStore(sql),
      ledger: postgresLedgerStore({ sql, nodeName: "test", configHash: () => "" }),
      setNow,
      prove: () => provePostgres(url),
      dispose: close,
    };
  });
});
