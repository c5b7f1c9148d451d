import { describe } from "bun:test";
import { mailStore } from "../../src/storage/mail-store.ts";
import { postgresRunner } from "../../src/storage/postgres/people-runner.ts";
import { hasPostgres, newDatabase } from "../support/postgres.ts";
import { mailContract } from "./mail-contract.ts";

describe.if(hasPostgres("mails on PostgreSQL"))("on a real server", () => {
  mailContract("PostgreSQL", async () => {
    const { sql, close } = await newDatabase();
    return {
      store: mailStore(postgresRunner(sql)),
      async bytesAtRest() {
        const rows: { box: Uint8Array }[] = await sql.unsafe("SELECT box FROM mail");
        return Buffer.concat(rows.map(({ box }) => box));
      },
      dispose: close,
    };
  });
});
