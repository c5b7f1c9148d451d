import { describe } from "bun:test";
import { peopleStore } from "../../src/storage/people/people-store.ts";
import { postgresRunner } from "../../src/storage/postgres/people-runner.ts";
import { postgresWalletStore } from "../../src/storage/postgres/wallet-store.ts";
import { hasPostgres, newDatabase } from "../support/postgres.ts";
import { peopleContract } from "./people-contract.ts";
import { NOW, type PeopleFixture } from "./people-fixture.ts";

describe.if(hasPostgres("people on PostgreSQL"))("on a real server", () => {
  peopleContract("PostgreSQL", async (): Promise<PeopleFixture> => {
    const { sql, close } = await newDatabase();
    const wallets = postgresWalletStore(sql);
    return {
      people: peopleStore(postgresRunner(sql)),
      balance: async (walletId) => await wallets.balance(walletId, NOW),
      async bytesAtRest() {
        const texts: { row: string }[] = await sql.unsafe(
          "SELECT c::text AS row FROM challenge c UNION ALL SELECT u::text FROM users u UNION ALL SELECT s::text FROM session s UNION ALL SELECT i::text FROM invitation i",
        );
        return Buffer.from(texts.map(({ row }) => row).join("\n"));
      },
      dispose: close,
    };
  });
});
