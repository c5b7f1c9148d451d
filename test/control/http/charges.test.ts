import { afterAll, beforeAll, expect, test } from "bun:test";
import { OPERATOR_AUDIT_ENTRY } from "../../../src/control/contract/audit.ts";
import { DOUBTED_CHARGE } from "../../../src/control/contract/charges.ts";
import { PLAIN, standardConfig } from "../../support/config.ts";
import { startConsole, type TestConsole, userCaller } from "../../support/console.ts";
import { type FakeUpstream, startFakeUpstream } from "../../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../../support/gateway.ts";
import { json } from "../../support/scripts.ts";

const GIVEN_NANOS = 10_000_000_000n;

let upstream: FakeUpstream;
let gateway: TestGateway;
let console: TestConsole;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const usage = { prompt_tokens: 100_001, completion_tokens: 2 };
  upstream.otherwise(json({ choices: [{ message: { content: "x".repeat(400) } }], usage }));
  gateway = await startGateway({ config: standardConfig(upstream.url) });
  console = startConsole(gateway.app.http);
});
afterAll(async () => {
  await console.close();
  await gateway.close();
  await upstream.close();
});

const call = (line: string) => console.call(userCaller([], true), line);
const doubted = async (query = "") =>
  ((await call(`GET /operator/charges/doubted${query}`)).body.items as unknown[]).map((item) =>
    DOUBTED_CHARGE.parse(item),
  );

const waiting = async () => (await call("GET /operator/charges/doubted/count")).body.count;

/** A customer with a request whose upstream reports more than the model can read. */
async function doubtedCustomer(): Promise<Customer> {
  const customer = await gateway.customer();
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}` },
    body: `{"model":"${PLAIN}","messages":[],"max_tokens":200}`,
  });
  expect(answer.status).toBe(200);
  await answer.text();
  await gateway.settled();
  return customer;
}

test("a doubted charge is shown with what was reported and counted, and is let stand or paid back, once", async () => {
  const customers = [await doubtedCustomer(), await doubtedCustomer()];
  expect(await waiting()).toBe(2);
  const [stands, back] = await doubted();
  if (!stands || !back) throw new Error("two charges wait");
  expect([stands, back].map(({ account_id }) => account_id)).toEqual(
    customers.map(({ accountId }) => accountId),
  );
  expect(stands).toMatchObject({
    account: customers[0]?.account,
    model: PLAIN,
    reported: { input_tokens: 100_001, output_tokens: 2 },
    counted: { output_tokens: 100 },
  });
  expect(BigInt(stands.amount_nanos)).toBeGreaterThan(0n);
  const first = await call("GET /operator/charges/doubted?limit=1");
  const rest = await doubted(`?cursor=${String(first.body.next_cursor)}`);
  expect(rest).toEqual([back]);

  expect((await call(`POST /operator/charges/${stands.id}/confirm`)).body).toEqual({ done: true });
  expect((await call(`POST /operator/charges/${back.id}/refund`)).body).toEqual({ done: true });
  expect(await doubted()).toEqual([]);
  expect(await waiting()).toBe(0);
  const balances = customers.map((customer) => gateway.balanceNanos(customer));
  expect(balances).toEqual([GIVEN_NANOS - BigInt(stands.amount_nanos), GIVEN_NANOS]);
  for (const decision of ["confirm", "refund"])
    expect((await call(`POST /operator/charges/${back.id}/${decision}`)).status).toBe(404);

  const audit = await call(`GET /operator/audit?account=${back.account}`);
  const [row] = (audit.body.items as unknown[]).map((item) => OPERATOR_AUDIT_ENTRY.parse(item));
  expect(row).toMatchObject({
    action: "charges.refund",
    target: back.id,
    after: { amount_nanos: back.amount_nanos },
  });
});

test("they are for operators", async () => {
  const { accountId } = await gateway.customer();
  const owner = userCaller([{ accountId, role: "owner" }]);
  expect((await console.call(owner, "GET /operator/charges/doubted")).status).toBe(403);
});
