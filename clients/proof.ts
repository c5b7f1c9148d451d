/** What must hold of the money after clients have been served. */
import { expect } from "bun:test";
import type { RunningGateway } from "./gateway.ts";

/** A row of `quoin requests list --json`, as far as these suites look at it. */
export interface RequestRow {
  readonly id: string;
  readonly account: string;
  readonly model: string;
  readonly protocol: string;
  readonly operation: string;
  readonly stream: boolean;
  readonly status: number;
  readonly outcome: string;
  readonly usage: Readonly<Record<string, number>>;
  readonly usage_source: string;
  readonly charge_nanos: string;
  readonly client: string;
}

const ROWS_MAX = 10_000;

async function listRequests(gateway: RunningGateway, account: string): Promise<RequestRow[]> {
  const args = ["requests", "list", "--account", account, "--limit", String(ROWS_MAX)];
  const { requests } = await gateway.json<{ requests: RequestRow[] }>(...args);
  expect(requests.length).toBeLessThan(ROWS_MAX);
  return requests;
}

/** Nanos that are left, and that running requests hold. */
export async function readWallet(
  gateway: RunningGateway,
  account: string,
): Promise<{ balance: bigint; held: bigint }> {
  const wallet = await gateway.json<{ balance_nanos: string; held_nanos: string }>(
    ...["wallet", "show", "--account", account],
  );
  return { balance: BigInt(wallet.balance_nanos), held: BigInt(wallet.held_nanos) };
}

/** Moderations are free in the demo. */
const FREE: ReadonlySet<string> = new Set(["moderate", "count-tokens"]);

/** A generation that was answered is charged, and its usage was counted; so is what is beside text; all else is free. */
function expectFairCharge(row: RequestRow): void {
  const charge = BigInt(row.charge_nanos);
  if (row.operation !== "generate" && row.status === 200 && !FREE.has(row.operation)) {
    expect(charge).toBeGreaterThan(0n);
    expect(Object.values(row.usage).some((units) => units > 0)).toBe(true);
    return;
  }
  const isAnswer = row.operation === "generate" && row.status === 200;
  if (!isAnswer) {
    expect(`${row.id} ${row.status} ${charge}`).toBe(`${row.id} ${row.status} 0`);
    return;
  }
  expect(charge).toBeGreaterThan(0n);
  expect(row.usage.input).toBeGreaterThan(0);
  // A client that left got less than the whole answer, and pays for what it was sent.
  expect([row.outcome, row.usage_source]).toEqual(
    row.outcome === "finished" ? ["finished", "reported"] : ["cut_by_client", "estimated"],
  );
}

/**
 * `ledger prove` passes, no hold is left, and the wallet went down by the sum of the charges.
 * @param openingNanos what the wallet had before the first request
 */
export async function expectProvenMoney(
  gateway: RunningGateway,
  account: string,
  openingNanos: bigint,
): Promise<RequestRow[]> {
  const rows = await listRequests(gateway, account);
  for (const row of rows) expectFairCharge(row);
  const charged = rows.reduce((sum, row) => sum + BigInt(row.charge_nanos), 0n);
  const { balance, held } = await readWallet(gateway, account);
  expect(held).toBe(0n);
  expect(charged).toBeGreaterThan(0n);
  expect(openingNanos - balance).toBe(charged);
  await gateway.command("ledger", "prove");
  return rows;
}
