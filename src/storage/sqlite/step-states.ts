import type { Database } from "bun:sqlite";
import type { StepStates } from "../../base/background-steps.ts";
import { transact } from "./database.ts";

type Row = { readonly name: string; readonly position: string; readonly rows: bigint; readonly done: bigint };

export function sqliteStepStates(db: Database): StepStates {
  return {
    read() {
      const rows = db.query<Row, []>("SELECT * FROM data_step").all();
      return new Map(
        rows.map(({ name, position, rows: n, done }) => [
          name,
          { position, rows: Number(n), done: done === 1n },
        ]),
      );
    },
    write(name, { position, rows, done }) {
      const write = db.query("INSERT OR REPLACE INTO data_step VALUES (?, ?, ?, ?)");
      transact(db, () => write.run(name, position, rows, done ? 1 : 0));
    },
  };
}
