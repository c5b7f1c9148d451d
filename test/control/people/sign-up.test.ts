import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { accountsOf, errorOf, PASSWORD, startWorld, userOf, type World } from "./fixture.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld({ credit: "1.50" });
});
afterAll(() => world.close());

const balanceOf = async (name: unknown): Promise<string> => {
  const { balance_nanos } = await world.gateway.operate("wallet.show", { account: name });
  return String(balance_nanos);
};

describe("signing up", () => {
  test("makes user, account and credit when the address is proven, and nothing before", async () => {
    const visitor = world.browser();
    const asked = { email: " Ann@Example.com", password: PASSWORD, display_name: "Ann", locale: "en" };
    const { status, body } = await visitor.call("POST /auth/sign-up", asked);
    expect([status, body.status, body.email]).toEqual([200, "verify_email", "ann@example.com"]);
    expect(await world.gateway.home.people.users.find({ email: "ann@example.com" })).toBeUndefined();
    expect((await visitor.call("GET /me")).status).toBe(401);
    const code = await world.codeTo("ann@example.com");
    const verified = await visitor.call("POST /auth/email/verify", { challenge: body.challenge, code });
    expect(verified.body.status).toBe("signed_in");
    const cookie = verified.headers.getSetCookie().find((line) => line.startsWith("quoin_session=")) ?? "";
    for (const word of ["HttpOnly", "SameSite=Lax", "Path=/console"]) expect(cookie).toContain(word);
    expect(verified.body).not.toHaveProperty("token");
    const me = await visitor.call("GET /me");
    expect(userOf(me)).toMatchObject({
      email: "ann@example.com",
      email_verified: true,
      display_name: "Ann",
      has_password: true,
      operator: false,
    });
    const [account] = accountsOf(me);
    expect(account).toMatchObject({ role: "owner", display_name: "Ann" });
    expect(await balanceOf(account?.name)).toBe("1500000000");
    expect((await visitor.call(`GET /accounts/${account?.id}/keys`)).status).toBe(200);
    const replayed = await world
      .browser()
      .call("POST /auth/email/verify", { challenge: body.challenge, code });
    expect([replayed.status, errorOf(replayed).code]).toEqual([410, "expired"]);
  });

  test("the link in the mail holds challenge and code", async () => {
    const visitor = world.browser();
    await visitor.call("POST /auth/sign-up", { email: "link@example.com", password: PASSWORD });
    const [challenge, code] = (await world.linkTo("link@example.com")).split(".");
    expect((await visitor.call("POST /auth/email/verify", { challenge, code })).body.status).toBe(
      "signed_in",
    );
  });

  test("an address that has a user is answered as any other; its owner gets a mail, and no code works", async () => {
    await world.signUp("known@example.com");
    world.later(60_000);
    const visitor = world.browser();
    const asked = { email: "known@example.com", password: "another password!" };
    const known = await visitor.call("POST /auth/sign-up", asked);
    const unknown = await visitor.call("POST /auth/sign-up", { ...asked, email: "unknown@example.com" });
    expect(Object.keys(known.body)).toEqual(Object.keys(unknown.body));
    expect([known.status, known.body.status]).toEqual([unknown.status, unknown.body.status]);
    expect((await world.messageTo("known@example.com")).subject).toContain("You have an account");
    for (const answer of [known, unknown]) {
      const { challenge } = answer.body;
      const tried = await visitor.call("POST /auth/email/verify", { challenge, code: "12345" });
      expect([tried.status, errorOf(tried).code]).toEqual([422, "wrong_code"]);
    }
    const signedIn = await visitor.call("POST /auth/sign-in", {
      email: "known@example.com",
      password: PASSWORD,
    });
    expect(signedIn.body.status).toBe("signed_in");
  });

  test("a guessed code has five tries; another one is sent at most once a minute", async () => {
    const visitor = world.browser();
    const email = "guess@example.com";
    const { challenge } = (await visitor.call("POST /auth/sign-up", { email, password: PASSWORD })).body;
    const code = await world.codeTo(email);
    const wrong = code === "000000" ? "000001" : "000000";
    for (let tries = 0; tries < 5; tries++)
      expect((await visitor.call("POST /auth/email/verify", { challenge, code: wrong })).status).toBe(422);
    expect((await visitor.call("POST /auth/email/verify", { challenge, code })).status).toBe(410);
    const early = await visitor.call("POST /auth/email/resend", { challenge });
    expect([early.status, errorOf(early).code]).toEqual([429, "rate_limited"]);
    expect(Number(early.headers.get("retry-after"))).toBeGreaterThan(50);
    world.gateway.home.db.exec("UPDATE attempt SET at = at - 60000");
    expect((await visitor.call("POST /auth/email/resend", { challenge })).body.challenge).toBe(
      String(challenge),
    );
    const fresh = await world.codeTo(email);
    expect((await visitor.call("POST /auth/email/verify", { challenge, code: fresh })).status).toBe(200);
  });

  test("an expired code is refused", async () => {
    const visitor = world.browser();
    const { challenge } = (
      await visitor.call("POST /auth/sign-up", { email: "late@example.com", password: PASSWORD })
    ).body;
    const code = await world.codeTo("late@example.com");
    world.later(11 * 60_000);
    expect((await visitor.call("POST /auth/email/verify", { challenge, code })).status).toBe(410);
  });

  test("of two that verify at once one wins", async () => {
    const email = "race@example.com";
    const { challenge } = (await world.browser().call("POST /auth/sign-up", { email, password: PASSWORD }))
      .body;
    const code = await world.codeTo(email);
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => world.browser().call("POST /auth/email/verify", { challenge, code })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 410, 410, 410]);
  });

  test("weak passwords are refused with the reason", async () => {
    const refuse = async (password: string) => {
      const answer = await world
        .browser()
        .call("POST /auth/sign-up", { email: "weakling@example.com", password });
      return [answer.status, errorOf(answer).field];
    };
    for (const password of [
      "short",
      "password123",
      "qwertyuiop",
      "1234567890",
      "aaaaaaaaaaaa",
      "weakling@example.com1",
    ])
      expect([password, ...(await refuse(password))]).toEqual([password, 422, "password"]);
  });

  test("another site's page can sign nobody in", async () => {
    const headers = { origin: "https://evil.example" };
    const asked = { email: "ann@example.com", password: PASSWORD };
    expect((await world.browser().call("POST /auth/sign-in", asked, headers)).status).toBe(403);
  });

  test("nothing secret lies at rest in clear", async () => {
    const { challenge } = (
      await world.browser().call("POST /auth/sign-up", { email: "rest@example.com", password: PASSWORD })
    ).body;
    const code = await world.codeTo("rest@example.com");
    const { db } = world.gateway.home;
    const rows = JSON.stringify([
      ...db.query("SELECT hex(hash), hex(code_hash), hex(content) FROM challenge").all(),
      ...db.query("SELECT hex(hash), address, user_agent FROM session").all(),
      ...db.query("SELECT password_hash FROM users").all(),
      ...db.query("SELECT hex(target) FROM attempt").all(),
    ]);
    for (const secret of [PASSWORD, String(challenge), code, "rest@example.com"]) {
      expect(rows).not.toContain(secret);
      expect(rows.toLowerCase()).not.toContain(Buffer.from(secret).toString("hex"));
    }
  });
});

describe("who may sign up", () => {
  test("nobody where it is closed; those who were invited where it needs an invitation", async () => {
    for (const mode of ["closed", "invitation"]) {
      const strict = await startWorld({ mode });
      const asked = { email: "x@example.com", password: PASSWORD };
      const answer = await strict.browser().call("POST /auth/sign-up", asked);
      expect([answer.status, errorOf(answer).code]).toEqual([403, "sign_up_closed"]);
      await strict.close();
    }
  });
});
