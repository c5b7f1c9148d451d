import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { TestBrowser } from "../../support/browser.ts";
import { accountsOf, errorOf, PASSWORD, startWorld, userOf, type World } from "./fixture.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld({ mode: "open" });
});
afterAll(() => world.close());

async function organisation(owner: TestBrowser, display_name = "Acme") {
  const { body } = await owner.call("POST /me/accounts", { display_name });
  return String(body.id);
}

async function invite(owner: TestBrowser, id: string, email: string, role = "developer"): Promise<string> {
  await owner.call(`POST /accounts/${id}/invitations`, { email, role });
  await world.waitFor(email, "/invitation#");
  return await world.linkTo(email);
}

const idOf = async (browser: TestBrowser) => String(userOf(await browser.call("GET /me")).id);

describe("organisations", () => {
  test("are made and renamed; their owner has more than one", async () => {
    const owner = await world.signUp("owner@example.com");
    const id = await organisation(owner, "Müller & Söhne");
    const accounts = accountsOf(await owner.call("GET /me"));
    expect(accounts).toHaveLength(2);
    expect(accounts[1]?.name).toMatch(/^muller-sohne-[a-z0-9]{6}$/);
    const renamed = await owner.call(`PATCH /accounts/${id}`, { display_name: "Acme" });
    expect(renamed.body).toMatchObject({ id, display_name: "Acme" });
  });

  test("invite whoever is new or known; the link is good once and for its address only", async () => {
    const owner = await world.signUp("boss@example.com");
    const id = await organisation(owner);
    const token = await invite(owner, id, "new@example.com");
    const visitor = world.browser();
    const looked = (await visitor.call("POST /auth/invitation/look", { token })).body;
    expect(looked).toMatchObject({
      email: "new@example.com",
      account: { display_name: "Acme" },
      known: false,
    });
    const wrong = { email: "else@example.com", password: PASSWORD, invitation: token };
    expect((await visitor.call("POST /auth/sign-up", wrong)).status).toBe(403);
    const joined = await visitor.call("POST /auth/sign-up", { ...wrong, email: "new@example.com" });
    expect(joined.body.status).toBe("signed_in");
    expect(accountsOf(joined)).toMatchObject([{ id, role: "developer", display_name: "Acme" }]);
    expect((await visitor.call("POST /auth/invitation/look", { token })).status).toBe(410);
    const known = await world.signUp("known@example.com");
    const second = await invite(owner, id, "known@example.com", "viewer");
    world.later(60_000);
    const thief = await world.signUp("thief@example.com");
    expect((await thief.call("POST /invitations/accept", { token: second })).status).toBe(403);
    expect(accountsOf(await known.call("POST /invitations/accept", { token: second }))).toHaveLength(2);
    expect((await known.call("POST /invitations/accept", { token: second })).status).toBe(410);
    const members = (await owner.call(`GET /accounts/${id}/members`)).body.items as Record<string, unknown>[];
    expect(members.map(({ email, role }) => [email, role])).toEqual([
      ["boss@example.com", "owner"],
      ["new@example.com", "developer"],
      ["known@example.com", "viewer"],
    ]);
    const twice = await owner.call(`POST /accounts/${id}/invitations`, {
      email: "new@example.com",
      role: "viewer",
    });
    expect([twice.status, errorOf(twice).field]).toEqual([409, "email"]);
  });

  test("take invitations back", async () => {
    const owner = await world.signUp("taker@example.com");
    const id = await organisation(owner);
    const token = await invite(owner, id, "void@example.com");
    const [open] = (await owner.call(`GET /accounts/${id}/invitations`)).body.items as Record<
      string,
      unknown
    >[];
    expect(open).toMatchObject({
      email: "void@example.com",
      role: "developer",
      invited_by: "taker@example.com",
    });
    expect((await owner.call(`DELETE /accounts/${id}/invitations/${open?.id}`)).status).toBe(200);
    expect((await owner.call(`DELETE /accounts/${id}/invitations/${open?.id}`)).status).toBe(404);
    expect((await world.browser().call("POST /auth/invitation/look", { token })).status).toBe(410);
  });

  test("change roles and caps; only owners make owners, and one stays", async () => {
    const owner = await world.signUp("first@example.com");
    const id = await organisation(owner);
    const member = await world.signUp("admin@example.com");
    const token = await invite(owner, id, "admin@example.com", "admin");
    await member.call("POST /invitations/accept", { token });
    const [first, second] = [await idOf(owner), await idOf(member)];
    const change = (browser: TestBrowser, who: string, body: object) =>
      browser.call(`PATCH /accounts/${id}/members/${who}`, body);
    expect((await change(member, second, { role: "owner" })).status).toBe(403);
    expect((await change(member, first, { role: "viewer" })).status).toBe(403);
    expect((await member.call(`DELETE /accounts/${id}/members/${first}`)).status).toBe(403);
    const asOwner = await member.call(`POST /accounts/${id}/invitations`, {
      email: "x@example.com",
      role: "owner",
    });
    expect([asOwner.status, errorOf(asOwner).field]).toEqual([403, "role"]);
    expect((await change(member, second, { monthly_cap_nanos: "5000000000" })).body).toMatchObject({
      monthly_cap_nanos: "5000000000",
      role: "admin",
    });
    expect(accountsOf(await member.call("GET /me"))[1]?.monthly_cap_nanos).toBe("5000000000");
    expect((await change(owner, second, { monthly_cap_nanos: null })).body.monthly_cap_nanos).toBeNull();
    expect(errorOf(await owner.call(`POST /accounts/${id}/leave`)).code).toBe("last_owner");
    expect(errorOf(await change(owner, first, { role: "admin" })).code).toBe("last_owner");
    expect((await change(owner, second, { role: "owner" })).body.role).toBe("owner");
    expect((await owner.call(`POST /accounts/${id}/leave`)).status).toBe(200);
    expect((await owner.call(`GET /accounts/${id}/members`)).status).toBe(404);
  });

  test("a member who goes leaves no key behind", async () => {
    const owner = await world.signUp("keeper@example.com");
    const id = await organisation(owner);
    const member = await world.signUp("leaver@example.com");
    await member.call("POST /invitations/accept", { token: await invite(owner, id, "leaver@example.com") });
    const mine = await member.call(`POST /accounts/${id}/keys`, { name: "mine" });
    const theirs = await owner.call(`POST /accounts/${id}/keys`, { name: "theirs" });
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect((await owner.call(`DELETE /accounts/${id}/members/${await idOf(member)}`)).status).toBe(200);
    const models = (key: unknown) =>
      fetch(`${world.gateway.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
    expect((await models(mine.body.key)).status).toBe(401);
    expect((await models(theirs.body.key)).status).toBe(200);
  });
});

describe("operators", () => {
  test("come by the claim link: signing up with it, once", async () => {
    const { link } = await world.gateway.operate("users.claim", {});
    expect(String(link)).toStartWith(`http://localhost:${world.gateway.port}/console/claim#`);
    const claim = String(link).split("#")[1];
    const browser = world.browser();
    const made = await browser.call("POST /auth/sign-up", {
      email: "op@example.com",
      password: PASSWORD,
      claim,
    });
    expect(made.body.status).toBe("signed_in");
    expect(userOf(made)).toMatchObject({ operator: true, email_verified: false });
    const again = { email: "op2@example.com", password: PASSWORD, claim };
    expect((await world.browser().call("POST /auth/sign-up", again)).status).toBe(410);
    expect((await browser.call("GET /operator/tokens")).status).toBe(200);
    expect((await browser.call("GET /dev/outbox")).status).toBe(200);
  });

  test("or signing in with it, or while signed in", async () => {
    const link = async () => String((await world.gateway.operate("users.claim", {})).link).split("#")[1];
    const one = await world.signUp("claimant@example.com");
    const claimed = await one.call("POST /auth/claim", { token: await link() });
    expect(claimed.body.status).toBe("claimed");
    expect(userOf(claimed).operator).toBe(true);
    await world.signUp("claimant2@example.com");
    const asked = { email: "claimant2@example.com", password: PASSWORD, claim: await link() };
    expect(userOf(await world.browser().call("POST /auth/sign-in", asked)).operator).toBe(true);
  });

  test("list, disable and help users by command", async () => {
    const user = await world.signUp("user@example.com");
    const operate = (name: string, args: object = {}) =>
      world.gateway.operate(`users.${name}`, { email: "User@example.com", ...args });
    const { users } = await world.gateway.operate("users.list", { text: "user@ex" });
    expect(users).toMatchObject([
      { email: "user@example.com", operator: false, totp: false, disabled_at: null },
    ]);
    await operate("disable");
    expect((await user.call("GET /me")).status).toBe(401);
    const asked = { email: "user@example.com", password: PASSWORD };
    expect((await user.call("POST /auth/sign-in", asked)).status).toBe(401);
    await operate("enable");
    const { link } = await operate("reset-password");
    const token = String(link).split("#")[1];
    expect((await user.call("POST /auth/password/reset", { token, password: "chosen anew" })).status).toBe(
      200,
    );
    expect(await operate("operator")).toMatchObject({ operator: true });
    expect(await operate("operator", { off: true })).toMatchObject({ operator: false });
    const invited = await world.gateway.operate("users.invite", { email: "guest@example.com" });
    const invitation = String(invited.link).split("#")[1];
    const joined = { email: "guest@example.com", password: PASSWORD, invitation };
    const guest = await world.browser().call("POST /auth/sign-up", joined);
    expect(accountsOf(guest)).toMatchObject([{ role: "owner", display_name: "guest" }]);
  });
});

describe("the outbox", () => {
  test("is for operators, unless it was opened", async () => {
    const strict = await startWorld({}, { QUOIN_OUTBOX: "operators" });
    const visitor = await strict.signUp("visitor@example.com");
    expect((await visitor.call("GET /dev/outbox")).status).toBe(404);
    await strict.gateway.operate("users.operator", { email: "visitor@example.com" });
    const seen = (await visitor.call("GET /dev/outbox")).body.items as Record<string, unknown>[];
    expect(seen[0]).toMatchObject({ kind: "email", to: "visitor@example.com" });
    await strict.close();
    const listed = (await world.browser().call("GET /dev/outbox?limit=1")).body.items;
    expect(listed).toHaveLength(1);
  });
});
