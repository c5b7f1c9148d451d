/** What must hold of the money behind scripted upstreams. */
import { expect } from "bun:test";
import type { RunningGateway } from "../gateway.ts";
import { type RequestRow, readWallet } from "../proof.ts";
import { INPUT_TOKENS, OUTPUT_TOKENS } from "./script.ts";

/** By the prices of `quoinYaml`: one dollar a million tokens of input, two of output. */
const ANSWER_NANOS = BigInt(INPUT_TOKENS * 1000 + OUTPUT_TOKENS * 2000);
const ROWS_MAX = 5_000;

/** How many requests came to a whole answer, and how many did not. */
export interface Outcomes {
  readonly whole: number;
  readonly failed: number;
}

/**
 * A whole answer costs what its usage says, a failed one nothing; the wallet went down by just that.
 * @returns the counts of the account's requests
 */
export async function expectScriptedMoney(gateway: RunningGateway, openingNanos: bigint): Promise<Outcomes> {
  const args = ["requests", "list", "--account", "demo", "--limit", String(ROWS_MAX)];
  const { requests } = await gateway.json<{ requests: RequestRow[] }>(...args);
  const finished = requests.filter(({ outcome }) => outcome === "finished");
  for (const row of requests) {
    const due = row.outcome === "finished" ? ANSWER_NANOS : 0n;
    expect(`${row.id} ${row.outcome} ${row.charge_nanos}`).toBe(`${row.id} ${row.outcome} ${due}`);
  }
  const { balance, held } = await readWallet(gateway, "demo");
  expect(held).toBe(0n);
  expect(openingNanos - balance).toBe(ANSWER_NANOS * BigInt(finished.length));
  await gateway.command("ledger", "prove");
  return { whole: finished.length, failed: requests.length - finished.length };
}
