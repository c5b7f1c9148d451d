import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import { canonicalJson } from "../../src/base/canonical-json.ts";
import {
  isSignedBy,
  newReceiptKey,
  type PublicReceiptKey,
  type SignedReceipt,
  signReceipt,
} from "../../src/billing/receipt-signature.ts";
import { receipt as receiptCommand } from "../../src/commands/receipt.ts";
import { readSettings } from "../../src/config/settings.ts";
import { PLAIN, standardConfig } from "../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { newFolder } from "../support/folder.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { json } from "../support/scripts.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;
let folder: ReturnType<typeof newFolder>;

beforeAll(async () => {
  folder = newFolder();
  upstream = await startFakeUpstream();
  upstream.otherwise(json({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 10 } }));
  gateway = await startGateway({ config: standardConfig(upstream.url) });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
  folder.remove();
});

/** One request; answers its id as the client sees it. */
async function chat({ key }: Customer): Promise<string> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: `{"model":"${PLAIN}","messages":[],"max_tokens":5}`,
  });
  await response.text();
  return response.headers.get("x-request-id") ?? "";
}

function fetchReceipt(id: string, key: string): Promise<Response> {
  return fetch(`${gateway.url}/v1/receipts/${id}`, { headers: { authorization: `Bearer ${key}` } });
}

async function publicKeys(): Promise<PublicReceiptKey[]> {
  const response = await fetch(`${gateway.url}/.well-known/quoin-receipts.json`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { keys: PublicReceiptKey[] }).keys;
}

const pricesOf = ({ receipt }: SignedReceipt) =>
  (receipt as { readonly prices: Readonly<Record<string, unknown>> }).prices;

async function verify(signed: unknown, keys: unknown): Promise<{ code: number; told: string }> {
  const [file, keyFile] = [`${folder.path}/receipt.json`, `${folder.path}/keys.json`];
  await Bun.write(file, JSON.stringify(signed));
  await Bun.write(keyFile, JSON.stringify(keys));
  const lines: string[] = [];
  const log = spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  try {
    const context = { settings: readSettings({}), env: {}, args: ["verify", file, "--key", keyFile] };
    return { code: await receiptCommand(context), told: lines.join("\n") };
  } finally {
    log.mockRestore();
  }
}

describe("a receipt", () => {
  test("says what happened, by which prices, and what moved, and is signed", async () => {
    const customer = await gateway.customer();
    const id = await chat(customer);
    await gateway.settled();
    const response = await fetchReceipt(id, customer.key);
    expect(response.status).toBe(200);
    const signed = (await response.json()) as SignedReceipt;
    expect(signed.receipt).toMatchObject({
      type: "quoin.receipt.v1",
      request_id: id.replace(/^req_/, ""),
      account: customer.account,
      key_id: customer.keyId,
      model: PLAIN,
      outcome: "finished",
      usage: { input: 10, output: 10, cache_write_5m: 0 },
      prices: {
        version: 1,
        nanos_per_million: { input: "1000000000", output: "4000000000" },
        ...{ multiplier: "1", multiplier_of: null, multiplier_plan: null },
      },
      attempts: [{ upstream: "openai", status: 200, outcome: "served" }],
      transfers: [{ kind: "charge", state: "posted", source: "top-up", amount_nanos: "-50000" }],
      charged_nanos: "50000",
      paid_back_nanos: "0",
      net_nanos: "50000",
    });
    const [key] = await publicKeys();
    expect(key && isSignedBy(signed, key)).toBe(true);
    expect(await (await fetchReceipt(id, customer.key)).json()).toEqual(signed);
    expect(await gateway.operate("requests.receipt", { id })).toEqual(signed as never);
  });

  test("shows what was paid back", async () => {
    const customer = await gateway.customer();
    const id = (await chat(customer)).replace(/^req_/, "");
    await gateway.settled();
    await gateway.home.ledgerStore.reverse(id);
    const { receipt } = (await (await fetchReceipt(id, customer.key)).json()) as SignedReceipt;
    expect(receipt).toMatchObject({
      transfers: [{ kind: "charge" }, { kind: "reversal", amount_nanos: "50000" }],
      net_nanos: "0",
    });
  });

  test("is for the account's keys only, and tells others nothing", async () => {
    const [owner, other] = [await gateway.customer(), await gateway.customer()];
    const id = await chat(owner);
    await gateway.settled();
    const strange = await fetchReceipt(id, other.key);
    const none = await fetchReceipt("0".repeat(32), other.key);
    const message = async (response: Response) => ((await response.json()) as { error: object }).error;
    expect([strange.status, none.status]).toEqual([404, 404]);
    expect(await message(strange)).toEqual(await message(none));
    expect((await fetchReceipt("x", other.key)).status).toBe(404);
    expect((await fetch(`${gateway.url}/v1/receipts/${id}`)).status).toBe(401);
    const post = await fetch(`${gateway.url}/v1/receipts/${id}`, { method: "POST" });
    expect(post.status).toBe(405);
  });

  test("is verified offline, and not when a figure or the key is another", async () => {
    const customer = await gateway.customer();
    const id = await chat(customer);
    await gateway.settled();
    const signed = (await gateway.operate("requests.receipt", { id })) as unknown as SignedReceipt;
    const keys = { keys: await publicKeys() };
    expect(await verify(signed, keys)).toMatchObject({ code: 0, told: expect.stringContaining("holds") });
    expect(await verify(signed, keys.keys[0])).toMatchObject({ code: 0 });
    const cheaper = { ...signed, receipt: { ...signed.receipt, net_nanos: "1" } };
    expect(await verify(cheaper, keys)).toMatchObject({
      code: 1,
      told: expect.stringContaining("changed, or forged"),
    });
    const stranger = newReceiptKey();
    expect(await verify(signed, stranger.publicKey)).toMatchObject({
      code: 1,
      told: expect.stringContaining("is not among those given"),
    });
    const posing = { ...stranger.publicKey, kid: keys.keys[0]?.kid };
    expect(await verify(signed, posing)).toMatchObject({ code: 1 });
    // As they were before they named what of the price list was paid.
    const { multiplier: _, multiplier_of: __, multiplier_plan: ___, ...prices } = pricesOf(signed);
    const { publicKey, privateKey } = newReceiptKey();
    const older = signReceipt({ ...signed.receipt, prices }, publicKey.kid, privateKey);
    expect(await verify(older, publicKey)).toMatchObject({ code: 0 });
    await expect(verify({}, keys)).rejects.toThrow("is not a receipt");
    await expect(verify(signed, {})).rejects.toThrow("is not the document of");
  });
});

test("the private key lies sealed, is the same after a restart, and gives way when the secret does", async () => {
  const home = newFolder();
  const start = (secret: string) =>
    startGateway({
      config: "{}",
      env: { QUOIN_HOME: home.path, QUOIN_SECRET: secret.repeat(32), QUOIN_BEGIN_ANEW: "allow" },
    });
  const kids = async (secret: string) => {
    const running = await start(secret);
    const { keys } = (await running.app.gateway.receipts.publicKeys()) as { keys: { kid: string }[] };
    const stored = running.home.db.query<{ sealed: Uint8Array }, []>("SELECT sealed FROM receipt_key").all();
    // The bytes that every PKCS#8 Ed25519 key begins with.
    for (const { sealed } of stored) expect(sealed.toHex()).not.toContain("302e020100300506032b6570");
    await running.close();
    return keys.map(({ kid }) => kid);
  };
  const first = await kids("a");
  expect(await kids("a")).toEqual(first);
  const both = await kids("b");
  expect(both).toHaveLength(2);
  expect(both).toContain(first[0] ?? "");
  home.remove();
});

test("what is signed does not hang on the order of members", () => {
  const { publicKey, privateKey } = newReceiptKey();
  const signed = signReceipt({ b: 1, a: [true, null, { d: "é\n", c: -2 }] }, publicKey.kid, privateKey);
  const turned = { ...signed, receipt: { a: [true, null, { c: -2, d: "é\n" }], b: 1 } };
  expect(isSignedBy(turned, publicKey)).toBe(true);
  expect(canonicalJson({ b: undefined, "€": 1, "\r": 2, "1": [undefined], ö: "a" })).toBe(
    '{"\\r":2,"1":[null],"ö":"a","€":1}',
  );
  expect(isSignedBy({ ...signed, signature: { ...signed.signature, value: "!" } }, publicKey)).toBe(false);
});
