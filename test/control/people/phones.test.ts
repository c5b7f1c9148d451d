import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { accountsOf, errorOf, PASSWORD, startWorld, userOf, type World } from "./fixture.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld({
    phone: "required",
    credit: "1.00",
    countries_allow: ["DE", "US"],
    country_messages_per_hour: 6,
  });
});
afterAll(() => world.close());

const balanceOf = async (name: unknown) =>
  (await world.gateway.operate("wallet.show", { account: name })).balance_nanos;

async function proofOf(phone: string): Promise<string> {
  const browser = world.browser();
  const { challenge } = (await browser.call("POST /auth/phone/code", { phone })).body;
  const code = await world.codeTo(phone);
  return String((await browser.call("POST /auth/phone/verify", { challenge, code })).body.phone_proof);
}

describe("a sign-up that asks for a number", () => {
  test("needs a proof, which is good once and gives the credit with the address", async () => {
    const email = "ann@example.com";
    const without = await world.browser().call("POST /auth/sign-up", { email, password: PASSWORD });
    expect([without.status, errorOf(without).field]).toEqual([422, "phone_proof"]);
    const phone_proof = await proofOf("+4915123456781");
    const me = await (await world.signUp(email, { phone_proof })).call("GET /me");
    expect(userOf(me).phone).toBe("+4915123456781");
    expect(await balanceOf(accountsOf(me)[0]?.name)).toBe("1000000000");
    const again = await world
      .browser()
      .call("POST /auth/sign-up", { email: "bob@example.com", password: PASSWORD, phone_proof });
    expect(errorOf(again).field).toBe("phone_proof");
  });

  test("a number of another user proves nothing new", async () => {
    world.later(60_000);
    const phone_proof = await proofOf("+4915123456781");
    const browser = world.browser();
    const asked = { email: "second@example.com", password: PASSWORD, phone_proof };
    const { challenge } = (await browser.call("POST /auth/sign-up", asked)).body;
    const code = await world.codeTo("second@example.com");
    const refused = await browser.call("POST /auth/email/verify", { challenge, code });
    expect([refused.status, errorOf(refused).code]).toEqual([409, "conflict"]);
  });
});

describe("codes to numbers", () => {
  const send = (phone: string) => world.browser().call("POST /auth/phone/code", { phone });

  test("go to what is a number of a country that is taken", async () => {
    for (const [phone, words] of [
      ["12", "no phone number"],
      ["+33612345678", "numbers of this country"],
    ] as const) {
      const answer = await send(phone);
      expect([answer.status, errorOf(answer).field]).toEqual([422, "phone"]);
      expect(errorOf(answer).message).toContain(words);
    }
  });

  test("once a minute, five a day, and so many an hour to a country", async () => {
    world.later(2 * 86_400_000);
    expect((await send("+12015550123")).status).toBe(200);
    const early = await send("+1 (201) 555-0123");
    expect([early.status, errorOf(early).code]).toEqual([429, "rate_limited"]);
    for (let times = 0; times < 4; times++) {
      world.later(60_000);
      expect((await send("+12015550123")).status).toBe(200);
    }
    world.later(60_000);
    expect(Number((await send("+12015550123")).headers.get("retry-after"))).toBeGreaterThan(80_000);
    expect((await send("+12015550124")).status).toBe(200);
    const full = await send("+12015550125");
    expect([full.status, Number(full.headers.get("retry-after")) <= 3_600]).toEqual([429, true]);
    expect((await send("+4915123456789")).status).toBe(200);
  });

  test("are good once, five tries, and for their challenge only", async () => {
    world.later(2 * 86_400_000);
    const phone = "+4915123456782";
    const browser = world.browser();
    const { challenge } = (await send(phone)).body;
    const code = await world.codeTo(phone);
    const other = (await send("+4915123456783")).body.challenge;
    expect(errorOf(await browser.call("POST /auth/phone/verify", { challenge: other, code })).code).toBe(
      "wrong_code",
    );
    const both = await Promise.all(
      [1, 2].map(() =>
        browser.call("POST /auth/phone/verify", { challenge, code: ` ${code.slice(0, 3)} ${code.slice(3)}` }),
      ),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 410]);
  });
});

describe("a user without the number", () => {
  test("sees no account until it is proven; then the credit comes", async () => {
    world.later(2 * 86_400_000);
    const { accounts } = await joined("late@example.com");
    const browser = world.browser();
    await browser.call("POST /auth/sign-in", { email: "late@example.com", password: PASSWORD });
    const [account] = accounts;
    expect((await browser.call("GET /me")).body.missing).toEqual(["phone"]);
    expect((await browser.call(`GET /accounts/${account?.id}/keys`)).status).toBe(404);
    expect(await balanceOf(account?.name)).toBe("0");
    const { challenge } = (await browser.call("POST /me/phone/code", { phone: "+4915123456784" })).body;
    const code = await world.codeTo("+4915123456784");
    const stranger = await world.browser().call("POST /auth/phone/verify", { challenge, code });
    expect(stranger.status).toBe(410);
    world.later(60_000);
    const mine = (await browser.call("POST /me/phone/code", { phone: "+4915123456784" })).body.challenge;
    const fresh = { challenge: mine, code: await world.codeTo("+4915123456784") };
    expect((await browser.call("POST /me/phone/verify", fresh)).body.missing).toEqual([]);
    expect((await browser.call(`GET /accounts/${account?.id}/keys`)).status).toBe(200);
    expect(await balanceOf(account?.name)).toBe("1000000000");
  });

  /** Signed up before a number was asked for. */
  async function joined(email: string) {
    const phone_proof = await proofOf("+4915123456785");
    const me = await (await world.signUp(email, { phone_proof })).call("GET /me");
    const { db } = world.gateway.home;
    db.exec(`UPDATE users SET phone = NULL WHERE email = '${email}'`);
    db.exec("DELETE FROM trial_claim");
    const accounts = accountsOf(me);
    const key = `trial:%`;
    db.exec(`DELETE FROM transfer WHERE key LIKE '${key}'; DELETE FROM lot WHERE grant_key LIKE '${key}'`);
    return { accounts };
  }
});
