import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { lowBalanceNotices } from "../../src/billing/low-balance.ts";
import type { Mail } from "../../src/billing/notice-messages.ts";
import { outboxIn } from "../../src/control/senders/outbox.ts";
import { postGuarded } from "../../src/gateway/post-guarded.ts";
import { newFolder } from "../support/folder.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";

let gateway: TestGateway;
let hook: ReturnType<typeof Bun.serve>;
const seen: { body: string; signature: string }[] = [];
const state = { now: Date.now(), status: 204, mails: [] as Mail[], faults: 0 };

beforeAll(async () => {
  gateway = await startGateway({ config: "{}" });
  hook = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      seen.push({ body: await request.text(), signature: request.headers.get("quoin-signature") ?? "" });
      return new Response(null, { status: state.status, headers: { location: "http://127.0.0.1:1/" } });
    },
  });
});
afterAll(async () => {
  await hook.stop(true);
  await gateway.close();
});

const LOOPBACK = { privateNetworks: ["127.0.0.1"] };

const notices = () =>
  lowBalanceNotices({
    store: gateway.home.notices,
    balance: (walletId, now) => gateway.home.wallets.balance(walletId, now),
    post: (url, body, headers) => postGuarded(url, body, headers, LOOPBACK),
    mail: async (mail) => void state.mails.push(mail),
    secret: gateway.home.secret,
    clock: { now: () => state.now, monotonic: () => 0 },
    onFault: () => state.faults++,
  });

describe("a low-balance notice", () => {
  test("comes once, signed, and again only after the balance was up", async () => {
    const { account } = await gateway.customer({ usd: "10" });
    const webhook = `http://127.0.0.1:${hook.port}/hook`;
    const set = await gateway.operate("wallet.notify", {
      account,
      below: "5",
      webhook,
      email: "a@b.example",
    });
    expect(set.webhook_secret).toMatch(/^qws_/);
    expect(await gateway.operate("wallet.notify", { account })).not.toHaveProperty("webhook_secret");
    await notices().sweep();
    expect(seen).toHaveLength(0);

    const raised = await gateway.operate("wallet.notify", {
      account,
      below: "11",
      webhook,
      email: "a@b.example",
    });
    for (let round = 0; round < 3; round++) await notices().sweep();
    expect([seen.length, state.mails.length]).toEqual([1, 1]);
    const [{ body, signature } = { body: "", signature: "" }] = seen;
    expect(JSON.parse(body)).toMatchObject({
      type: "wallet.low_balance",
      account,
      balance_nanos: "10000000000",
      below_nanos: "11000000000",
    });
    const [, seconds, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
    const secret = String(raised.webhook_secret);
    expect(createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")).toBe(mac ?? "");
    expect(state.mails[0]).toMatchObject({ to: "a@b.example", subject: `Low balance: ${account}` });

    await gateway.operate("wallet.top-up", { account, amount: "1" });
    await notices().sweep();
    expect(seen).toHaveLength(1);
    await gateway.operate("wallet.notify", { account, off: true });
    await notices().sweep();
    expect(seen).toHaveLength(1);
  });

  test("is tried again under the same id until it is taken, and given up in the end", async () => {
    seen.length = 0;
    const { account } = await gateway.customer({ usd: "0" });
    const webhook = `http://127.0.0.1:${hook.port}/hook`;
    await gateway.operate("wallet.notify", { account, below: "1", webhook });
    state.status = 302;
    await notices().sweep();
    await notices().sweep();
    expect(seen).toHaveLength(1);
    state.now += 31_000;
    await notices().sweep();
    expect(new Set(seen.map(({ body }) => body)).size).toBe(1);
    expect(seen).toHaveLength(2);
    for (let round = 0; round < 20; round++) {
      state.now += 9 * 3_600_000;
      await notices().sweep();
    }
    expect([seen.length, state.faults]).toEqual([14, 1]);
  });

  test("goes to the public internet only", async () => {
    const strict = { privateNetworks: [] };
    for (const url of ["http://127.0.0.1:1/", "https://10.0.0.1/", "https://[::1]/", "http://93.184.216.34/"])
      await expect(postGuarded(url, "{}", {}, strict)).rejects.toThrow("public internet");
  });

  test.each<[object, string]>([
    [{ below: "5" }, "nobody would be told"],
    [{ below: "0", email: "a@b.example" }, "more than zero"],
    [{ below: "5", webhook: "ftp://a.example" }, "webhook: "],
    [{ below: "5", webhook: "https://u:p@a.example/" }, "webhook: "],
    [{ below: "5", email: "no" }, "email: "],
  ])("is not set by %j", async (args, message) => {
    const { account } = await gateway.customer({ usd: "0" });
    await expect(gateway.operate("wallet.notify", { account, ...args })).rejects.toThrow(message);
  });
});

test("mail lies in the outbox, a line each", async () => {
  const folder = newFolder();
  const { mail } = outboxIn(folder.path);
  for (const id of ["1", "2"]) await mail({ id, to: "a@b.example", subject: "s", text: "t\n" });
  const lines = (await Bun.file(`${folder.path}/outbox.jsonl`).text()).trimEnd().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as Mail).id)).toEqual(["1", "2"]);
  folder.remove();
});
