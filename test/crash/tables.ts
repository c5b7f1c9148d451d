import { Database } from "bun:sqlite";
import { join } from "node:path";
import type { ChargeSeen, Units } from "./auditor/seen.ts";

interface ChargeRow {
  readonly id: string;
  readonly leg: bigint;
  readonly state: string;
  readonly amount: bigint;
  readonly priced: bigint;
  readonly usage: string;
}

function read<Row>(home: string, sql: string): Row[] {
  const db = new Database(join(home, "quoin.db"), { readonly: true, safeIntegers: true });
  try {
    return db.query<Row, []>(sql).all();
  } finally {
    db.close();
  }
}

/** Every request's charge, straight from the file. */
export function readCharges(home: string): ChargeSeen[] {
  const rows = read<ChargeRow>(
    home,
    "SELECT lower(hex(request_id)) AS id, leg, state, amount, priced, usage FROM charge",
  );
  return [...Map.groupBy(rows, (row) => row.id)].map(([id, legs]) => ({
    id,
    amount: legs.reduce((sum, { amount }) => sum + amount, 0n),
    priced: legs.reduce((sum, { priced }) => sum + priced, 0n),
    states: legs.map(({ state }) => state),
    legs: legs.map(({ leg }) => Number(leg)),
    usage: JSON.parse(legs.find(({ leg }) => leg === 0n)?.usage ?? "{}") as Units,
  }));
}

/** By account's name: the nanos granted, and those charged. */
export function readSums(home: string): Map<string, { granted: bigint; charged: bigint }> {
  const rows = read<{ name: string; granted: bigint; charged: bigint }>(
    home,
    `SELECT a.name,
       coalesce((SELECT sum(granted) FROM lot WHERE lot.wallet_id = w.wallet_id), 0) AS granted,
       coalesce((SELECT sum(amount) FROM charge WHERE charge.wallet_id = w.wallet_id), 0) AS charged
     FROM account a JOIN wallet w USING (account_id)`,
  );
  return new Map(rows.map(({ name, granted, charged }) => [name, { granted, charged }]));
}
