import { expect } from "bun:test";
import { parse } from "yaml";
import type { RequestRow } from "../proof.ts";
import { QUOIN_YAML } from "./customer.ts";
import type { AnswerFacts } from "./read-answer.ts";

/** USD per million tokens, as decimal strings. */
interface DeclaredPrice {
  readonly input: string;
  readonly output: string;
}

async function readPrices(): Promise<Map<string, DeclaredPrice>> {
  const file = parse(await Bun.file(QUOIN_YAML).text()) as {
    models: { id: string; price: DeclaredPrice }[];
  };
  return new Map(file.models.map(({ id, price }) => [id, price]));
}

/** The record agrees with what the client was told, and the charge with the price that was declared. */
function expectReceipt(row: RequestRow, facts: AnswerFacts, price: DeclaredPrice): void {
  const input = row.usage.input ?? 0;
  const output = (row.usage.output ?? 0) + (row.usage.reasoning ?? 0);
  if (facts.tokens) expect({ input, output }).toEqual(facts.tokens);
  const nanos = Math.round((input * Number(price.input) + output * Number(price.output)) * 1000);
  expect(row.charge_nanos).toBe(String(nanos));
}

/** @param answered what clients were told, by the request id that they were given */
export async function expectReceipts(
  rows: readonly RequestRow[],
  answered: ReadonlyMap<string, AnswerFacts>,
): Promise<void> {
  const prices = await readPrices();
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const [id, facts] of answered) {
    const row = byId.get(id.replace(/^req_/, ""));
    if (!row) throw new Error(`There is no record of ${id}.`);
    const price = prices.get(row.model);
    if (!price) throw new Error(`There is no price of ${row.model}.`);
    expectReceipt(row, facts, price);
  }
}
