import { expect } from "bun:test";
import { openBrowser, type TestBrowser } from "../support/browser.ts";
import { until } from "../support/until.ts";
import { ask } from "./ask.ts";
import type { World } from "./world.ts";

const PASSWORD = "four words of mine";

let people = 0;

/** The six digits that were sent to an address or a number. */
async function codeTo({ gateway }: World, to: string): Promise<string> {
  const { outbox } = gateway.app.people;
  const found = () => outbox.list().find((message) => message.to === to);
  await until(`a message to ${to}`, () => found() !== undefined);
  return /\b\d{6}\b/.exec(found()?.text ?? "")?.[0] ?? "";
}

async function provePhone(world: World, browser: TestBrowser): Promise<unknown> {
  const phone = `+4915123456${String(700 + people).padStart(3, "0")}`;
  const sent = await browser.call("POST /auth/phone/code", { phone });
  expect(sent.status).toBe(200);
  const { challenge } = sent.body;
  const proven = await browser.call("POST /auth/phone/verify", {
    challenge,
    code: await codeTo(world, phone),
  });
  expect(proven.status).toBe(200);
  return proven.body.phone_proof;
}

export interface SignedUp {
  readonly browser: TestBrowser;
  readonly accountId: string;
}

/** Signs somebody up as the console's pages do; with a phone number where the service wants one. */
export async function signUp(world: World, withPhone = false): Promise<SignedUp> {
  people++;
  const browser = openBrowser(world.gateway.url);
  const email = `person-${people}@example.com`;
  const phone_proof = withPhone ? await provePhone(world, browser) : undefined;
  const asked = { email, password: PASSWORD, ...(phone_proof === undefined ? {} : { phone_proof }) };
  const { body, status } = await browser.call("POST /auth/sign-up", asked);
  expect(status).toBe(200);
  const code = await codeTo(world, email);
  const verified = await browser.call("POST /auth/email/verify", { challenge: body.challenge, code });
  expect(verified.body.status).toBe("signed_in");
  const me = (await browser.call("GET /me")).body as { accounts: { id: string }[] };
  return { browser, accountId: me.accounts[0]?.id ?? "" };
}

/** A key from the self-service page, for whoever proves an address. */
export async function trialKey(world: World, path: string): Promise<string> {
  people++;
  const page = await ask(world.gateway, { path });
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  const browser = openBrowser(world.gateway.url);
  const email = `visitor-${people}@example.com`;
  const { body } = await browser.call("POST /trial/code", { email });
  const code = await codeTo(world, email);
  const made = await browser.call("POST /trial/key", { challenge: body.challenge, code });
  expect(made.status).toBe(201);
  return String(made.body.key);
}

export async function refusedWithoutPhone(world: World): Promise<void> {
  const browser = openBrowser(world.gateway.url);
  const asked = { email: "no-phone@example.com", password: PASSWORD };
  const { status } = await browser.call("POST /auth/sign-up", asked);
  expect(status).toBe(422);
}

/** A key that is made in the console: shown in that answer and in no other, and it works. */
export async function makeKey(world: World, { browser, accountId }: SignedUp): Promise<string> {
  const made = await browser.call(`POST /accounts/${accountId}/keys`, { name: "mine" });
  expect(made.status).toBe(201);
  const key = String(made.body.key);
  const listed = await browser.call(`GET /accounts/${accountId}/keys`);
  expect(JSON.stringify(listed.body)).not.toContain(key.slice(-30, -4));
  expect((await ask(world.gateway, { key, path: "/v1/models" })).status).toBe(200);
  return key;
}
