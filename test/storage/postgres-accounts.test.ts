import { describe } from "bun:test";
import { postgresAccountStore } from "../../src/storage/postgres/account-store.ts";
import { hasPostgres, newDatabase } from "../support/postgres.ts";
import { type AccountFixture, accountContract } from "./account-contract.ts";

describe.if(hasPostgres("accounts on PostgreSQL"))("on a real server", () => {
  accountContract("PostgreSQL", async (): Promise<AccountFixture> => {
    const { sql, close } = await newDatabase();
    return {
      accounts: postgresAccountStore(sql),
      async bytesAtRest() {
        const texts: { row: string }[] = await sql.unsafe(
          "SELECT k::text AS row FROM api_key k UNION ALL SELECT a::text FROM account a",
        );
        return Buffer.from(texts.map(({ row }) => row).join("\n"));
      },
      dispose: close,
    };
  });
});
