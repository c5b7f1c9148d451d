import { describe } from "bun:test";
import { postgresServer, timedDatabase } from "../simulation/postgres-server.ts";
import { BEGAN_AT } from "../simulation/store-server.ts";
import { hasPostgres } from "../support/postgres.ts";
import { type LedgerFixture, ledgerContract } from "./ledger-contract.ts";

describe.if(hasPostgres("the ledger on PostgreSQL"))("on a real server", () => {
  ledgerContract("PostgreSQL", async (): Promise<LedgerFixture> => {
    const time = { ms: 0 };
    const database = await timedDatabase();
    const clock = { now: () => BEGAN_AT + time.ms, monotonic: () => time.ms };
    return {
      server: postgresServer(database.sql, clock),
      async setTime(ms) {
        time.ms = ms;
        await database.setNow(BEGAN_AT + ms);
      },
      async crash() {
        // The next process ends the silent node's epoch once its time is over.
        time.ms += 60_000;
        await database.setNow(BEGAN_AT + time.ms);
        const next = postgresServer(database.sql, clock);
        const epoch = await next.store.register();
        await next.store.renew(epoch);
        return next;
      },
      another: () => postgresServer(database.sql, clock, { nodeName: "another" }),
      ttlMs: 15_000,
      dispose: database.close,
      remote: true,
    };
  });
});
