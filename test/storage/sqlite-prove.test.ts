import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Proof } from "../../src/storage/proof.ts";
import { proveLedger } from "../../src/storage/sqlite/prove.ts";
import { PLAIN, standardConfig } from "../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { newFolder } from "../support/folder.ts";
import { type Customer, startGateway } from "../support/gateway.ts";
import { json } from "../support/scripts.ts";

let upstream: FakeUpstream;
/** A stopped home with some life behind it: two wallets, several lots, charges, a failure. */
let home: ReturnType<typeof newFolder>;
let copies = 0;

async function live(url: string): Promise<void> {
  const gateway = await startGateway({
    config: standardConfig(url, { vendors: ["openai"] }),
    env: { QUOIN_HOME: home.path },
  });
  const ask = async (customer: Customer) => {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${customer.key}` },
      body: `{"model":"${PLAIN}","messages":[],"max_tokens":5}`,
    });
    await response.text();
  };
  upstream.otherwise(json({ choices: [], usage: { prompt_tokens: 500, completion_tokens: 100 } }));
  const [one, other] = [await gateway.customer(), await gateway.customer({ usd: "1" })];
  for (let round = 0; round < 5; round++) await Promise.all([ask(one), ask(other)]);
  await gateway.operate("wallet.top-up", { account: other.account, amount: "2.5" });
  await ask(other);
  const { codes } = await gateway.operate("codes.create", { amount: "1", count: 2 });
  const [{ code }] = codes as [{ code: string }];
  await gateway.operate("wallet.redeem", { account: one.account, code });
  upstream.otherwise(json({ error: {} }, 500));
  await ask(one);
  await gateway.close();
}

beforeAll(async () => {
  home = newFolder();
  upstream = await startFakeUpstream();
  await live(upstream.url);
});
afterAll(async () => {
  await upstream.close();
  home.remove();
});

const prove = (folder: string) => proveLedger(folder, async () => undefined);

/** Proves a copy of the home after this was done to one of its files. */
async function proofAfter(sql: string, file = "quoin.db"): Promise<Proof> {
  const copy = join(home.path, `copy-${++copies}`);
  const inHome = readdirSync(home.path).filter((name) => !name.startsWith("copy-"));
  for (const name of inHome) cpSync(join(home.path, name), join(copy, name), { recursive: true });
  const db = new Database(join(copy, file));
  db.exec("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF;");
  db.exec(sql.replace("LEDGER", join(copy, "quoin.db")));
  expect(db.query<{ n: number }, []>("SELECT total_changes() AS n").get()?.n).toBeGreaterThan(0);
  db.close();
  return await prove(copy);
}

const wrong = (proof: Proof) =>
  proof.checks.filter(({ differences }) => differences.length > 0).map(({ name }) => name);

test("a home as Quoin left it holds", async () => {
  const proof = await prove(home.path);
  expect(wrong(proof)).toEqual([]);
  expect(proof).toMatchObject({ ok: true, wallets: 2, lots: 4, charges: 11, requests: 12 });
});

describe("planted damage is found", () => {
  const LOT = "every lot holds what was transferred into it";
  const TAKEN = "what was taken out of a lot is in leases";
  const SPENT = "what leases spent is in charges";
  const LEASED = "every charge with money has its lease";
  const ONCE = "every request has one deciding leg, and voids cost nothing";
  const RETURNED = "leases of ended epochs are returned";
  const BALANCE = "every balance is grants less charges and what went elsewhere";
  const RECORDED = "every finished request is charged once, as its record says";
  const CODE = "every code became money once, and no more than it was worth";
  const FROZEN = "wallets that owe are frozen, and no others";
  const PAID = "every payment is in wallets, less what went back";
  const ANY_CHARGE = "(SELECT request_id FROM charge WHERE amount > 0 LIMIT 1)";
  const ANY_LOT = "(SELECT lot_id FROM lot LIMIT 1)";

  test.each<[string, string, readonly string[]]>([
    ["a lot that grew", `UPDATE lot SET granted = granted + 1 WHERE lot_id = ${ANY_LOT}`, [LOT]],
    ["a transfer that grew", "UPDATE transfer SET amount = amount + 1", [LOT]],
    ["a transfer that went", `DELETE FROM transfer WHERE credit = ${ANY_LOT}`, [LOT]],
    [
      "a lot nobody paid for",
      "INSERT INTO lot SELECT randomblob(16), wallet_id, source, granted, 0, NULL, spend_rank, 'x' FROM lot LIMIT 1",
      [LOT],
    ],
    [
      "money taken and leased to nobody",
      `UPDATE lot SET taken = taken + 1 WHERE lot_id = ${ANY_LOT}`,
      [TAKEN, BALANCE],
    ],
    [
      "money given back that was not",
      `UPDATE lot SET taken = taken - 1 WHERE taken > 0 AND lot_id IN ${"(SELECT lot_id FROM lot WHERE taken > 0 LIMIT 1)"}`,
      [TAKEN, BALANCE],
    ],
    [
      "a charge that shrank",
      `UPDATE charge SET amount = amount - 1 WHERE request_id = ${ANY_CHARGE}`,
      [SPENT, BALANCE, RECORDED],
    ],
    [
      "a charge that grew",
      `UPDATE charge SET amount = amount + 1, priced = priced + 1 WHERE request_id = ${ANY_CHARGE}`,
      [SPENT, BALANCE, RECORDED],
    ],
    ["a charge that went", `DELETE FROM charge WHERE request_id = ${ANY_CHARGE}`, [SPENT, BALANCE, RECORDED]],
    [
      "a charge of another's lot",
      `UPDATE charge SET lot_id = randomblob(16) WHERE request_id = ${ANY_CHARGE}`,
      [SPENT, LEASED],
    ],
    [
      "a charge made twice",
      `INSERT INTO charge SELECT request_id, leg + 1, state, wallet_id, lot_id, node_id, epoch, amount, priced, price_version, usage, at FROM charge WHERE request_id = ${ANY_CHARGE}`,
      [SPENT, BALANCE, RECORDED],
    ],
    [
      "a charge without its deciding leg",
      `UPDATE charge SET leg = 1 WHERE request_id = ${ANY_CHARGE}`,
      [ONCE],
    ],
    [
      "a void that costs",
      `UPDATE charge SET state = 'void' WHERE request_id = ${ANY_CHARGE}`,
      [ONCE, RECORDED],
    ],
    [
      "a charge nobody asked for",
      "INSERT INTO charge SELECT randomblob(16), 0, state, wallet_id, lot_id, node_id, epoch, amount, priced, price_version, usage, at FROM charge WHERE amount > 0 LIMIT 1",
      [SPENT, BALANCE],
    ],
    [
      "a lease that spent more",
      "UPDATE lease SET spent = spent + 1, returned = returned - 1 WHERE returned > 0",
      [TAKEN, SPENT],
    ],
    [
      "a lease of an ended epoch that kept money",
      "UPDATE lease SET returned = returned - 1 WHERE returned > 0 AND epoch = (SELECT min(epoch) FROM lease)",
      [TAKEN],
    ],
    ["a code that is worth more", "UPDATE code SET amount = amount + 1 WHERE redeemed_at > 0", [CODE]],
    ["a code that is open again", "UPDATE code SET redeemed_at = NULL, wallet_id = NULL", [CODE]],
    [
      "a code redeemed without money",
      "UPDATE code SET redeemed_at = 1, wallet_id = (SELECT wallet_id FROM wallet LIMIT 1)",
      [CODE],
    ],
    [
      "another wallet's code",
      "UPDATE code SET wallet_id = (SELECT w.wallet_id FROM wallet w WHERE w.wallet_id <> code.wallet_id) WHERE redeemed_at > 0",
      [CODE],
    ],
    ["money of no code", "DELETE FROM code WHERE redeemed_at > 0", [CODE]],
    ["a frozen wallet that owes nothing", "UPDATE wallet SET frozen = 1", [FROZEN]],
    [
      "a payment that is in no wallet",
      "INSERT INTO payment (object_id, payment_id, wallet_id, paid) SELECT 'pi', randomblob(16), wallet_id, 5 FROM wallet LIMIT 1",
      [PAID],
    ],
    [
      "a charge on another wallet",
      `UPDATE charge SET wallet_id = randomblob(16) WHERE request_id = ${ANY_CHARGE}`,
      [BALANCE],
    ],
    ["an epoch that ended with money out", "UPDATE lease SET granted = granted + 1", [TAKEN, BALANCE]],
  ])("%s", async (_, sql, checks) => {
    const proof = await proofAfter(sql);
    expect(proof.ok).toBe(false);
    expect(wrong(proof)).toEqual(expect.arrayContaining([...checks]));
    for (const { differences } of proof.checks)
      for (const line of differences) expect(line).toMatch(/^(and \d+ more|[0-9a-f]{32}\b.*: .+)$/);
  });

  test("money left out with an epoch that is over", async () => {
    const proof = await proofAfter(
      "UPDATE lease SET returned = returned - 5 WHERE returned >= 5; UPDATE lot SET taken = taken + 5; UPDATE node SET epoch = epoch + 1",
    );
    expect(wrong(proof)).toContain(RETURNED);
  });

  const history = () =>
    `history/${readdirSync(join(home.path, "history")).find((name) => name.endsWith(".db"))}`;

  // In a record's text the outcome stands at 7 and the charge at 11 (record-text.ts).
  test("a record that says another charge", async () => {
    const sql = `UPDATE request SET record = json_set(record, '$[11]', '7')`;
    expect(wrong(await proofAfter(sql, history()))).toEqual([RECORDED]);
  });

  test("a failure that is said to have finished", async () => {
    const sql = `UPDATE request SET record = json_set(record, '$[7]', 'finished') WHERE json_extract(record, '$[7]') = 'failed'`;
    expect(wrong(await proofAfter(sql, history()))).toEqual([RECORDED]);
  });

  test("a charge that was paid back, but not to the last nano", async () => {
    const pay = (
      less: number,
    ) => `UPDATE request SET record = json_set(record, '$[11]', '0', '$[7]', 'failed')
      WHERE request_id = (SELECT max(request_id) FROM request WHERE json_extract(record, '$[7]') = 'finished');
      ATTACH 'LEDGER' AS ledger;
      INSERT INTO ledger.transfer SELECT randomblob(16), 'reversal:x', 'reversal', randomblob(16), c.lot_id, amount - ${less}, c.request_id, 0
        FROM ledger.charge c WHERE c.request_id = (SELECT max(request_id) FROM request WHERE json_extract(record, '$[7]') = 'failed'
          AND EXISTS (SELECT 1 FROM ledger.charge d WHERE d.request_id = request.request_id))`;
    expect(wrong(await proofAfter(pay(0), history()))).not.toContain(RECORDED);
    expect(wrong(await proofAfter(pay(1), history()))).toContain(RECORDED);
  });

  test("history that is missing is no damage: it is rebuilt or dropped", async () => {
    expect((await proofAfter("DELETE FROM request", history())).ok).toBe(true);
  });
});

test("a folder without a ledger is said to be one", async () => {
  expect(prove(join(home.path, "nowhere"))).rejects.toThrow("there is no ledger in");
});
