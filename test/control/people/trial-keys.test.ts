import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { accountsOf, errorOf, startWorld, type World } from "./fixture.ts";

const DAY_MS = 86_400_000;
const TRIAL = { path: "/free-key", plan: "default", verify: "email", per_address_per_day: 3 };

/** Asks for a code and gives it back. */
async function getKey(world: World, email: string) {
  const visitor = world.browser();
  const { body } = await visitor.call("POST /trial/code", { email });
  const code = await world.codeTo(email);
  return await visitor.call("POST /trial/key", { challenge: body.challenge, code });
}

async function modelsStatus(world: World, key: unknown): Promise<number> {
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(`${world.gateway.url}/v1/models`, { headers });
  await response.text();
  return response.status;
}

describe("trial keys by e-mail", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ mode: "open", trial: TRIAL });
  });
  afterAll(() => world.close());

  test("who proves an address gets a key that works, once", async () => {
    const { status, body } = await getKey(world, "ann@example.com");
    expect(status).toBe(201);
    expect(body.plan).toBe("default");
    expect(body.key).toStartWith("qn_live_");
    expect(body.models).toContain("plain-model");
    expect(await modelsStatus(world, body.key)).toBe(200);
    world.later(60_000);
    const again = await getKey(world, "ann@example.com");
    expect([again.status, errorOf(again).code]).toEqual([409, "conflict"]);
    expect(errorOf(again).message).not.toContain("example.com");
  });

  test("who signs up with the address later owns the account, and nobody else does", async () => {
    const { body } = await getKey(world, "bob@example.com");
    world.later(60_000);
    const other = await world.signUp("eve@example.com");
    expect(accountsOf(await other.call("GET /me"))).toHaveLength(1);
    const bob = await world.signUp("bob@example.com");
    const accounts = accountsOf(await bob.call("GET /me"));
    expect(accounts).toHaveLength(2);
    expect(accounts.find(({ name }) => name === body.account)).toMatchObject({ role: "owner" });
    const { body: keys } = await bob.call(`GET /accounts/${body.account}/keys`);
    expect(keys.items).toMatchObject([{ id: body.id, name: "trial" }]);
  });

  test("a user's address brings the account to the user at once", async () => {
    world.later(DAY_MS);
    const cat = await world.signUp("cat@example.com");
    world.later(60_000);
    const { body } = await getKey(world, "cat@example.com");
    expect(accountsOf(await cat.call("GET /me")).map(({ name }) => name)).toContain(body.account);
  });

  test("a code is good for one key, and a wrong one for none", async () => {
    world.later(DAY_MS);
    const visitor = world.browser();
    const { body } = await visitor.call("POST /trial/code", { email: "dan@example.com" });
    const code = await world.codeTo("dan@example.com");
    const wrong = await visitor.call("POST /trial/key", {
      challenge: body.challenge,
      code: code === "000000" ? "000001" : "000000",
    });
    expect([wrong.status, errorOf(wrong).code]).toEqual([422, "wrong_code"]);
    const answer = { challenge: body.challenge, code };
    const both = await Promise.all([1, 2].map(() => visitor.call("POST /trial/key", answer)));
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 410]);
  });

  test("one address of the network gets so many a day", async () => {
    world.later(DAY_MS);
    for (const name of ["e1", "e2", "e3"])
      expect((await getKey(world, `${name}@example.com`)).status).toBe(201);
    const more = await getKey(world, "e4@example.com");
    expect([more.status, errorOf(more).code]).toEqual([429, "rate_limited"]);
    world.later(DAY_MS);
    expect((await getKey(world, "e5@example.com")).status).toBe(201);
  });

  test("the page is at its path, and the console knows of it", async () => {
    const page = await fetch(`${world.gateway.url}/free-key`);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self'");
    await page.text();
    const { body } = await world.browser().call("GET /meta");
    expect(body.trial).toEqual({ path: "/free-key", verify: "email" });
  });

  test("nothing is asked for without what is to be proven", async () => {
    const none = await world.browser().call("POST /trial/code", {});
    expect([none.status, errorOf(none).field]).toEqual([422, "email"]);
    const direct = await world.browser().call("POST /trial/key", {});
    expect([direct.status, errorOf(direct).field]).toEqual([422, "code"]);
  });
});

test("a number can be what is proven, also where sign-up asks for none", async () => {
  const world = await startWorld({ trial: { ...TRIAL, verify: "phone" } });
  const visitor = world.browser();
  const { body } = await visitor.call("POST /trial/code", { phone: "+49 1512 3456789" });
  const code = await world.codeTo("+4915123456789");
  const made = await visitor.call("POST /trial/key", { challenge: body.challenge, code });
  expect(made.status).toBe(201);
  await world.close();
});

test("where nothing is proven the network's address is all that bounds it", async () => {
  const world = await startWorld({ trial: { ...TRIAL, verify: "none", per_address_per_day: 2 } });
  const statuses: number[] = [];
  for (let asked = 0; asked < 3; asked++)
    statuses.push((await world.browser().call("POST /trial/key", {})).status);
  expect(statuses).toEqual([201, 201, 429]);
  await world.close();
});

test("without the setting there is no such page and no such key", async () => {
  const world = await startWorld();
  const refused = await world.browser().call("POST /trial/key", {});
  expect([refused.status, errorOf(refused).code]).toEqual([403, "sign_up_closed"]);
  const page = await fetch(`${world.gateway.url}/free-key`);
  expect(page.status).toBe(404);
  await page.text();
  await world.close();
});
