import { afterAll, beforeAll, expect, test } from "bun:test";
import { monthOf } from "../../src/base/utc-month.ts";
import { proveLedger } from "../../src/storage/sqlite/prove.ts";
import { PLAIN, standardConfig } from "../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { json } from "../support/scripts.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  upstream.otherwise(json({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 10 } }));
  const plans = [
    { id: "default", key_prefix: "qn_live_" },
    { id: "trial", key_prefix: "qn_trial_", monthly_credits: "1.00" },
    { id: "team", key_prefix: "qn_team_", monthly_credits: "1.00", monthly_credits_keys_max: 2 },
  ];
  gateway = await startGateway({ config: standardConfig(upstream.url, { plans }) });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

async function chat({ key }: Customer): Promise<number> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: `{"model":"${PLAIN}","messages":[],"max_tokens":5}`,
  });
  await response.text();
  return response.status;
}

async function statement({ account }: Customer): Promise<string[]> {
  const { entries } = await gateway.operate("wallet.statement", { account });
  return (entries as { kind: string; amount_nanos: string }[]).map(
    ({ kind, amount_nanos }) => `${kind} ${amount_nanos}`,
  );
}

const proven = async () => {
  await gateway.operate("flush", {});
  const { checks } = await proveLedger(gateway.home.folder, async () => undefined);
  return checks.filter(({ differences }) => differences.length > 0);
};

test("the first requests of a month find its credit, granted once though they come together", async () => {
  const customer = await gateway.customer({ usd: "0", plan: "trial" });
  expect(await Promise.all(Array.from({ length: 5 }, () => chat(customer)))).toEqual(Array(5).fill(200));
  expect(await gateway.balanceNanos(customer)).toBe(1_000_000_000n - 5n * 50_000n);
  expect((await statement(customer)).filter((line) => line.startsWith("grant"))).toEqual([
    "grant 1000000000",
  ]);
});

test("a plan may give it for each key, as far as its bound, and not again for one in place of another", async () => {
  const first = await gateway.customer({ usd: "0", plan: "team" });
  const { account } = first;
  const granted = async () => (await statement(first)).filter((line) => line.startsWith("grant")).length;
  expect([await chat(first), await granted()]).toEqual([200, 1]);
  const second = await gateway.customer({ usd: "0", plan: "team", account });
  expect([await chat(second), await granted()]).toEqual([200, 2]);
  await gateway.operate("keys.revoke", { id: second.keyId });
  for (let more = 0; more < 2; more++)
    await chat(await gateway.customer({ usd: "0", plan: "team", account }));
  expect(await granted()).toBe(2);
  expect(await gateway.balanceNanos(first)).toBe(2_000_000_000n - 4n * 50_000n);
  expect(await proven()).toEqual([]);
});

test("the credit is spent before bought money, also where that was leased already", async () => {
  const customer = await gateway.customer({ usd: "2" });
  expect(await chat(customer)).toBe(200);
  const trial = await gateway.customer({ usd: "0", plan: "trial", account: customer.account });
  for (let round = 0; round < 3; round++) await chat(trial);
  await gateway.settled();
  gateway.home.ledgerStore.flush();
  const spent = gateway.home.db
    .query<{ source: string; amount: bigint }, [Uint8Array]>(
      "SELECT l.source, sum(c.amount) AS amount FROM charge c JOIN lot l USING (lot_id) WHERE c.wallet_id = ? GROUP BY 1 ORDER BY 1",
    )
    .all(Uint8Array.fromHex(customer.walletId));
  expect(spent).toEqual([
    { source: "monthly", amount: 150_000n },
    { source: "top-up", amount: 50_000n },
  ]);
});

test("wallets of live keys are found by the sweep, revoked ones are not", async () => {
  const [live, revoked] = [
    await gateway.customer({ usd: "0", plan: "trial" }),
    await gateway.customer({ usd: "0", plan: "trial" }),
  ];
  await gateway.operate("keys.revoke", { id: revoked.keyId });
  const { name } = monthOf(Date.now());
  const waiting = await gateway.home.wallets.walletsWithout("trial", name, 100);
  expect(waiting).toContain(live.walletId);
  expect(waiting).not.toContain(revoked.walletId);
  await gateway.app.gateway.credits.sweep(gateway.app.gateway.snapshot().plans.values());
  expect(await gateway.balanceNanos(live)).toBe(1_000_000_000n);
  expect(await gateway.home.wallets.walletsWithout("trial", name, 100)).toEqual([]);
});

test("what is left at the month's end goes to the operator, and the proof holds", async () => {
  const customer = await gateway.customer({ usd: "3", plan: "trial" });
  expect(await chat(customer)).toBe(200);
  await gateway.settled();
  await gateway.app.gateway.ledger.recall(customer.walletId);
  expect(await proven()).toEqual([]);
  const { endsAt } = monthOf(Date.now());
  expect(await gateway.home.wallets.expire(endsAt - 1)).toBe(0);
  expect(await gateway.home.wallets.balance(customer.walletId, endsAt)).toBe(3_000_000_000n);
  expect(await gateway.home.wallets.expire(endsAt)).toBeGreaterThan(0);
  expect(await gateway.home.wallets.expire(endsAt)).toBe(0);
  expect((await statement(customer)).sort()).toEqual(
    ["charge -50000", "expiry -999950000", "grant 1000000000", "grant 3000000000"].sort(),
  );
  expect(await proven()).toEqual([]);
});
