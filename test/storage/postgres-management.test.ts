import { describe } from "bun:test";
import { managementStores } from "../../src/storage/management/stores.ts";
import { postgresAccountStore } from "../../src/storage/postgres/account-store.ts";
import { postgresRunner } from "../../src/storage/postgres/people-runner.ts";
import { postgresWalletStore } from "../../src/storage/postgres/wallet-store.ts";
import { hasPostgres, newDatabase } from "../support/postgres.ts";
import { managementContract } from "./management-contract.ts";

describe.if(hasPostgres("the management API on PostgreSQL"))("on a real server", () => {
  managementContract("PostgreSQL", async () => {
    const { sql, close } = await newDatabase();
    return {
      accounts: postgresAccountStore(sql),
      wallets: postgresWalletStore(sql),
      ...managementStores(postgresRunner(sql)),
      dispose: close,
    };
  });
});
