import { expect } from "bun:test";
import { tmpdir } from "node:os";
import { parse } from "yaml";
import type { Customer } from "../support/gateway.ts";
import { curl } from "./curl.ts";
import { expectAnswer, expectError, expectModels } from "./expect-answer.ts";
import type { PrintedCall } from "./printed-call.ts";
import type { AnswerFacts } from "./read-answer.ts";
import type { Statement } from "./statement.ts";
import type { World } from "./world.ts";

/** USD per million tokens, as decimal strings. */
interface DeclaredPrice {
  readonly input: string;
  readonly output: string;
}

function priceOf({ text }: World, model: string): DeclaredPrice {
  const { models } = parse(text) as { models: { id: string; price: DeclaredPrice }[] };
  const found = models.find(({ id }) => id === model);
  if (!found) throw new Error(`the file has no price of ${model}`);
  return found.price;
}

/** The record agrees with what the client was told, and the charge with the price in the service's file. */
async function expectCharged(
  world: World,
  customer: Customer,
  requestId: string,
  facts: AnswerFacts,
): Promise<void> {
  const rows = await world.gateway.requests(customer);
  const row = rows.find(({ id }) => `req_${id}` === requestId);
  if (!row) throw new Error(`there is no record of ${requestId}`);
  const input = row.usage.input ?? 0;
  const output = (row.usage.output ?? 0) + (row.usage.reasoning ?? 0);
  if (facts.tokens) expect({ input, output }).toEqual(facts.tokens);
  const price = priceOf(world, String(row.model));
  const nanos = Math.round((input * Number(price.input) + output * Number(price.output)) * 1000);
  expect(row.charge_nanos).toBe(String(nanos));
}

/** Makes the call with the real curl; an answer must be whole, in its protocol's shape, recorded and charged. */
async function makeCall(world: World, call: PrintedCall): Promise<void> {
  const customer = await world.customer(call.plan);
  const got = await curl(call, world.gateway.url, customer.key, tmpdir());
  const requestId = got.headers.get("x-request-id") ?? "";
  expect(requestId).toMatch(/^req_\S+$/);
  const { expected } = call;
  if ("status" in expected) return expectError(expected, got);
  if ("models" in expected) return expectModels(expected, got);
  const facts = expectAnswer(expected, got);
  if (typeof call.body?.model === "string") expect(facts.model).toBe(call.body.model);
  await expectCharged(world, customer, requestId, facts);
}

/** A statement that is a curl line. */
export function printed(text: string, call: PrintedCall, more: Pick<Statement, "differs"> = {}): Statement {
  return { says: text, check: (world) => makeCall(world, call), needs: "curl", ...more };
}
