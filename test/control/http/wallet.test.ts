import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  AUTO_TOP_UP,
  LOW_BALANCE_SET,
  REDEEMED,
  STATEMENT,
  WALLET,
} from "../../../src/control/contract/wallet.ts";
import { CHAT_NANOS, type ConsoleWorld, startConsoleWorld } from "../../support/console-world.ts";

let world: ConsoleWorld;

beforeAll(async () => {
  world = await startConsoleWorld();
});
afterAll(() => world.close());

const call = (line: string, body?: unknown) => world.console.call(world.owner, line, body);
const wallet = async () => WALLET.parse((await call("GET /accounts/acme/wallet")).body);
const month = new Date().toISOString().slice(0, 7);

test("what is left, and of what", async () => {
  await world.chat(world.acme.key);
  await world.gateway.settled();
  const { balance_nanos, available_nanos, debt_nanos, frozen, lots } = await wallet();
  expect(balance_nanos).toBe(String(10_000_000_000n - CHAT_NANOS));
  expect([available_nanos, debt_nanos, frozen]).toEqual([balance_nanos, "0", false]);
  expect(lots).toMatchObject([{ source: "top-up", granted_nanos: "10000000000", left_nanos: balance_nanos }]);
  expect(Date.parse(lots[0]?.created_at ?? "")).toBeGreaterThan(Date.now() - 60_000);
});

test("a code is redeemed once", async () => {
  const made = (await world.gateway.operate("codes.create", { amount: "5.00" })) as {
    codes: { code: string }[];
  };
  const code = made.codes[0]?.code;
  const first = REDEEMED.parse((await call("POST /accounts/acme/wallet/redeem", { code })).body);
  expect(first.added_nanos).toBe("5000000000");
  expect(first.wallet.lots.map(({ source }) => source)).toEqual(["code", "top-up"]);
  const again = await call("POST /accounts/acme/wallet/redeem", { code });
  expect([again.status, again.body.error]).toEqual([422, expect.objectContaining({ field: "code" })]);
});

test("a month's statement, as JSON and as files", async () => {
  const statement = STATEMENT.parse((await call(`GET /accounts/acme/wallet/statement?month=${month}`)).body);
  expect(statement.entries.map(({ kind }) => kind).sort()).toEqual(["charge", "grant", "grant"]);
  expect(statement.closing_nanos).toBe((await wallet()).balance_nanos);
  const csv = await call(`GET /accounts/acme/wallet/statement?month=${month}&format=csv&by=request`);
  expect(csv.headers.get("content-type")).toStartWith("text/csv");
  expect(csv.headers.get("content-disposition")).toBe(`attachment; filename="statement-acme-${month}.csv"`);
  expect(csv.text.split("\r\n")[0]).toBe("at,kind,reference,requests,amount_usd,balance_usd");
  const pdf = await call(`GET /accounts/acme/wallet/statement?month=${month}&format=pdf`);
  expect(pdf.text).toStartWith("%PDF-");
  expect((await call("GET /accounts/acme/wallet/statement?month=now")).body.error).toMatchObject({
    field: "month",
  });
});

test("who is told of a low balance", async () => {
  const path = "/accounts/acme/wallet/low-balance";
  const set = await call(`PUT ${path}`, { below_nanos: "5000000000", webhook: "https://acme.example/hook" });
  const { webhook_secret, ...shown } = LOW_BALANCE_SET.parse(set.body);
  expect(webhook_secret).toStartWith("qws_");
  expect(shown).toEqual({ below_nanos: "5000000000", webhook: "https://acme.example/hook", email: null });
  const read = await call(`GET ${path}`);
  expect(read.body).toEqual(shown);
  const audited = await world.gateway.app.http.audit.list({ limit: 9 });
  expect(JSON.stringify(audited)).not.toContain(webhook_secret ?? "");
  expect((await call(`PUT ${path}`, { below_nanos: "5" })).body.error).toMatchObject({ field: "webhook" });
  expect((await call(`DELETE ${path}`)).body).toEqual({ below_nanos: null, webhook: null, email: null });
});

test("nobody takes payments where no provider is set up", async () => {
  const asked = { amount_nanos: "20000000000", return_url: "https://acme.example/" };
  const { status, body } = await call("POST /accounts/acme/wallet/checkout", asked);
  expect([status, body.error]).toEqual([503, expect.objectContaining({ code: "unavailable" })]);
});

test("topping up by itself is off, and says what it lacks", async () => {
  const path = "/accounts/acme/wallet/auto-top-up";
  const shown = AUTO_TOP_UP.parse((await call(`GET ${path}`)).body);
  expect(shown).toMatchObject({ on: false, off_reason: null, method: null, month_nanos: "0" });
  const terms = { below_nanos: "5000000000", amount_nanos: "20000000000", month_max_nanos: "100000000000" };
  expect((await call(`PUT ${path}`, terms)).status).toBe(503);
  expect((await call(`PUT ${path}`, { ...terms, amount_nanos: "1" })).body.error).toMatchObject({
    field: "amount",
  });
  expect(AUTO_TOP_UP.parse((await call(`DELETE ${path}`)).body).on).toBe(false);
  const saving = { return_url: "https://acme.example/" };
  expect((await call("POST /accounts/acme/wallet/method", saving)).status).toBe(503);
  expect((await call("DELETE /accounts/acme/wallet/method")).status).toBe(503);
});
