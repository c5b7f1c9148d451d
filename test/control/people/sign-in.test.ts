import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { generate } from "otplib";
import type { TestBrowser } from "../../support/browser.ts";
import { errorOf, PASSWORD, startWorld, userOf, type World } from "./fixture.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const signIn = (browser: TestBrowser, email: string, password = PASSWORD) =>
  browser.call("POST /auth/sign-in", { email, password });
const isIn = async (browser: TestBrowser) => (await browser.call("GET /me")).status === 200;
/** The code of an app at a time. */
const codeAt = (secret: string, ms: number) => generate({ secret, epoch: Math.floor(ms / 1000) });

describe("signing in and out", () => {
  test("by password; wrong ones and unknown addresses are told the same", async () => {
    await world.signUp("ann@example.com");
    const browser = world.browser();
    const wrong = await signIn(browser, "ann@example.com", "not the password");
    const unknown = await signIn(browser, "nobody@example.com", "not the password");
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(wrong.body).toEqual(unknown.body);
    expect((await signIn(browser, "ANN@example.com")).body.status).toBe("signed_in");
    expect(await isIn(browser)).toBe(true);
    await browser.call("POST /auth/sign-out");
    expect(await isIn(browser)).toBe(false);
  });

  test("tries are limited by address and person, and a success forgives one's own", async () => {
    await world.signUp("slow@example.com");
    const browser = world.browser();
    for (let tries = 0; tries < 5; tries++) await signIn(browser, "slow@example.com", "wrong password");
    const limited = await signIn(browser, "slow@example.com");
    expect([limited.status, errorOf(limited).code]).toEqual([429, "rate_limited"]);
    expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(0);
    world.later(61_000);
    expect((await signIn(browser, "slow@example.com")).status).toBe(200);
    for (let tries = 0; tries < 4; tries++) await signIn(browser, "slow@example.com", "wrong password");
    expect((await signIn(browser, "slow@example.com")).status).toBe(200);
    world.later(3_700_000);
  });

  test("sessions are listed, ended one by one, and everywhere else", async () => {
    const here = await world.signUp("many@example.com");
    const others = [world.browser(), world.browser(), world.browser()];
    for (const browser of others) await signIn(browser, "many@example.com");
    const list = (await here.call("GET /me/sessions")).body.items as Record<string, unknown>[];
    expect(list).toHaveLength(4);
    expect(list.filter(({ current }) => current)).toHaveLength(1);
    expect(list[0]).toMatchObject({ user_agent: "test", address: "127.0.0.1" });
    const [one] = list.filter(({ current }) => !current);
    expect((await here.call(`DELETE /me/sessions/${one?.id}`)).status).toBe(200);
    expect((await here.call(`DELETE /me/sessions/${one?.id}`)).status).toBe(404);
    expect((await here.call("POST /me/sessions/end-others")).body).toEqual({ ended: 2 });
    expect(await Promise.all([here, ...others].map(isIn))).toEqual([true, false, false, false]);
  });

  test("nobody ends another's session", async () => {
    const [mine, theirs] = [await world.signUp("mine@example.com"), await world.signUp("theirs@example.com")];
    const [session] = (await theirs.call("GET /me/sessions")).body.items as Record<string, unknown>[];
    expect((await mine.call(`DELETE /me/sessions/${session?.id}`)).status).toBe(404);
    expect(await isIn(theirs)).toBe(true);
  });
});

describe("passwords", () => {
  test("a change asks for the old one and ends the other sessions", async () => {
    const here = await world.signUp("change@example.com");
    const there = world.browser();
    await signIn(there, "change@example.com");
    const change = (password: string | undefined, new_password = "another good one") =>
      here.call("POST /me/password", { password, new_password });
    expect(errorOf(await change(undefined)).code).toBe("confirm");
    expect(errorOf(await change("wrong password")).field).toBe("password");
    expect(errorOf(await change(PASSWORD, "short")).field).toBe("new_password");
    expect((await change(PASSWORD)).body).toEqual({ status: "changed" });
    expect([await isIn(here), await isIn(there)]).toEqual([true, false]);
    expect((await signIn(there, "change@example.com")).status).toBe(401);
    expect((await signIn(there, "change@example.com", "another good one")).status).toBe(200);
  });

  test("a forgotten one is replaced by a link, which is good once; unknown addresses are answered the same", async () => {
    const here = await world.signUp("forgot@example.com");
    world.later(60_000);
    const browser = world.browser();
    const known = await browser.call("POST /auth/password/forgot", { email: "forgot@example.com" });
    const unknown = await browser.call("POST /auth/password/forgot", { email: "never@example.com" });
    expect([known.status, known.body]).toEqual([unknown.status, unknown.body]);
    await world.waitFor("forgot@example.com", "reset#");
    const token = await world.linkTo("forgot@example.com");
    const reset = (password: string) => browser.call("POST /auth/password/reset", { token, password });
    expect(errorOf(await reset("short")).field).toBe("password");
    const both = await Promise.all([reset("a brand new one"), reset("a brand new one")]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 410]);
    expect(await isIn(here)).toBe(false);
    expect((await signIn(browser, "forgot@example.com", "a brand new one")).status).toBe(200);
  });
});

describe("a new e-mail address", () => {
  test("is proven by a code, and the old one is told; another's stays another's", async () => {
    const here = await world.signUp("old@example.com");
    await world.signUp("taken@example.com");
    world.later(60_000);
    const ask = (email: string) => here.call("POST /me/email", { email, password: PASSWORD });
    const taken = await ask("taken@example.com");
    expect(taken.status).toBe(200);
    const { challenge } = (await ask("new@example.com")).body;
    const code = await world.codeTo("new@example.com");
    const stolen = { challenge, code };
    const thief = await world.signUp("thief@example.com");
    expect((await thief.call("POST /me/email/verify", stolen)).status).toBe(410);
    expect(userOf(await here.call("POST /me/email/verify", stolen)).email).toBe("new@example.com");
    await world.waitFor("old@example.com", "changed to another one");
    expect((await signIn(world.browser(), "new@example.com")).status).toBe(200);
  });
});

describe("an authenticator app", () => {
  async function withApp(email: string) {
    const here = await world.signUp(email);
    expect(errorOf(await here.call("POST /me/totp", {})).code).toBe("confirm");
    const { secret, uri } = (await here.call("POST /me/totp", { password: PASSWORD })).body;
    expect(String(uri)).toStartWith("otpauth://totp/Quoin");
    const wrong = await here.call("POST /me/totp/confirm", { code: "000000" });
    expect(errorOf(wrong).code).toBe("wrong_code");
    const before = await codeAt(String(secret), Date.now() - 30_000);
    const { recovery_codes: codes } = (await here.call("POST /me/totp/confirm", { code: before })).body;
    expect(codes).toHaveLength(10);
    return { here, secret: String(secret), codes: codes as string[] };
  }

  test("is asked for at sign-in; a code of it is good once, tries are counted", async () => {
    const { secret } = await withApp("app@example.com");
    const browser = world.browser();
    const step = (await signIn(browser, "app@example.com")).body;
    expect(step).toMatchObject({ status: "second_factor", methods: ["totp", "recovery_code"] });
    expect(await isIn(browser)).toBe(false);
    const give = (code: string, challenge = step.challenge) =>
      browser.call("POST /auth/second-factor", { challenge, code });
    expect(errorOf(await give("000000")).code).toBe("wrong_code");
    const code = await codeAt(secret, Date.now());
    const both = await Promise.all([give(code), give(code)]);
    expect(both.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await isIn(browser)).toBe(true);
    const again = (await signIn(world.browser(), "app@example.com")).body;
    expect((await give(code, again.challenge)).status).toBe(422);
    for (let tries = 0; tries < 4; tries++) await give("000000", again.challenge);
    const later = await codeAt(secret, Date.now() + 30_000);
    expect((await give(later, again.challenge)).status).toBe(410);
  });

  test("a recovery code stands in for it once, and it can be turned off", async () => {
    const { here, codes, secret } = await withApp("recover@example.com");
    const browser = world.browser();
    const give = async (code: string) => {
      const { challenge } = (await signIn(browser, "recover@example.com")).body;
      return await browser.call("POST /auth/second-factor", { challenge, code });
    };
    expect((await give((codes[0] ?? "").toLowerCase())).status).toBe(200);
    expect((await give(codes[0] ?? "")).status).toBe(422);
    expect(userOf(await here.call("GET /me"))).toMatchObject({ totp: true, recovery_codes_left: 9 });
    const renewed = (await here.call("POST /me/totp/recovery-codes", { password: PASSWORD })).body;
    expect(renewed.recovery_codes).toHaveLength(10);
    expect((await give(codes[1] ?? "")).status).toBe(422);
    const code = await codeAt(secret, Date.now());
    expect((await here.call("POST /me/totp/off", { password: PASSWORD, code })).status).toBe(200);
    expect((await signIn(browser, "recover@example.com")).body.status).toBe("signed_in");
    expect(userOf(await here.call("GET /me"))).toMatchObject({ totp: false, recovery_codes_left: 0 });
  });
});
