import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { TestBrowser } from "../../support/browser.ts";
import { accountsOf, errorOf, startWorld, userOf, type World } from "./fixture.ts";
import { startProvider } from "./provider.ts";

const provider = startProvider();
let world: World;
beforeAll(async () => {
  world = await startWorld(
    { credit: "2.00" },
    {
      QUOIN_GITHUB_CLIENT_ID: "id",
      QUOIN_GITHUB_CLIENT_SECRET: "secret",
      QUOIN_GITHUB_URL: provider.url,
      QUOIN_GOOGLE_CLIENT_ID: "id",
      QUOIN_GOOGLE_CLIENT_SECRET: "secret",
      QUOIN_GOOGLE_URL: provider.url,
    },
  );
});
afterAll(async () => {
  await world.close();
  await provider.close();
});

const api = (path: string) => `${world.gateway.url}/console/api/v1${path}`;
/** The address that browsers are sent back to is localhost; these tests know the machine by its number. */
const here = (url: string) => url.replace("http://localhost:", "http://127.0.0.1:");
const whereTo = (response: Response) => response.headers.get("location") ?? "";

/** From the link to where the browser ends. */
async function walk(browser: TestBrowser, name = "github", query = ""): Promise<string> {
  const started = await browser.open(api(`/auth/oauth/${name}/start${query}`));
  const asked = await fetch(whereTo(started), { redirect: "manual" });
  return whereTo(await browser.open(here(whereTo(asked))));
}

describe.each(["github", "google"])("signing in with %s", (name) => {
  test("makes a user with the verified address, and knows the person again", async () => {
    const email = `${name}@example.com`;
    provider.become({ id: 10, email, verified: true });
    const browser = world.browser();
    expect(await walk(browser, name, "?return=/console/keys")).toBe("/console/keys");
    const me = await browser.call("GET /me");
    expect(userOf(me)).toMatchObject({
      email,
      email_verified: true,
      has_password: false,
      identities: [name],
    });
    expect(accountsOf(me)).toHaveLength(1);
    provider.become({ id: 10, email: "moved@example.com", verified: true });
    const again = world.browser();
    expect(await walk(again, name)).toBe("/console");
    expect(userOf(await again.call("GET /me")).id).toBe(userOf(me).id);
    const only = await again.call(`DELETE /me/identities/${name}`);
    expect([only.status, errorOf(only).code]).toEqual([409, "conflict"]);
  });

  test("links to a user whose address both sides have verified, and to no other", async () => {
    const email = `linked-${name}@example.com`;
    const mine = await world.signUp(email);
    provider.become({ id: 20, email, verified: false });
    expect(await walk(world.browser(), name)).toBe("/console/sign-in?error=unverified_email");
    provider.become({ id: 20, email, verified: true });
    const browser = world.browser();
    expect(await walk(browser, name)).toBe("/console");
    expect(userOf(await browser.call("GET /me")).id).toBe(userOf(await mine.call("GET /me")).id);
    world.gateway.home.db.exec(`UPDATE users SET email_verified_at = NULL WHERE email = '${email}'`);
    provider.become({ id: 21, email, verified: true });
    expect(await walk(world.browser(), name)).toBe("/console/sign-in?error=unverified_email");
  });
});

describe("the way back", () => {
  test("is taken by the browser that began it, once", async () => {
    provider.become({ id: 30, email: "csrf@example.com", verified: true });
    const [victim, attacker] = [world.browser(), world.browser()];
    const started = await attacker.open(api("/auth/oauth/github/start"));
    const callback = here(whereTo(await fetch(whereTo(started), { redirect: "manual" })));
    expect(whereTo(await victim.open(callback))).toBe("/console/sign-in?error=expired");
    expect((await victim.call("GET /me")).status).toBe(401);
    expect(whereTo(await attacker.open(callback))).toBe("/console");
    expect(whereTo(await attacker.open(callback))).toBe("/console/sign-in?error=expired");
  });

  test("leads to pages of the console only, and says when it was denied", async () => {
    provider.become({ id: 31, email: "away@example.com", verified: true });
    for (const wish of ["https://evil.example", "//evil.example", "/console//evil.example", "/consoles"])
      expect(await walk(world.browser(), "github", `?return=${encodeURIComponent(wish)}`)).toBe("/console");
    const denied = await world.browser().open(api("/auth/oauth/github/callback?error=access_denied&state=x"));
    expect(whereTo(denied)).toBe("/console/sign-in?error=denied");
  });

  test("asks for the second factor where it is on", async () => {
    const { users, factors } = world.gateway.home.people;
    provider.become({ id: 32, email: "both@example.com", verified: true });
    await walk(world.browser());
    const user = await users.find({ email: "both@example.com" });
    await factors.setTotp(user?.userId ?? "", new Uint8Array([1]));
    await factors.confirmTotp(user?.userId ?? "", 1, []);
    expect(await walk(world.browser())).toStartWith("/console/second-factor#");
  });

  test("is closed to strangers where sign-up is", async () => {
    const strict = await startWorld(
      { mode: "invitation" },
      { QUOIN_GITHUB_CLIENT_ID: "id", QUOIN_GITHUB_CLIENT_SECRET: "secret", QUOIN_GITHUB_URL: provider.url },
    );
    provider.become({ id: 33, email: "stranger@example.com", verified: true });
    const browser = strict.browser();
    const started = await browser.open(`${strict.gateway.url}/console/api/v1/auth/oauth/github/start`);
    const callback = here(whereTo(await fetch(whereTo(started), { redirect: "manual" })));
    expect(whereTo(await browser.open(callback))).toBe("/console/sign-in?error=closed");
    const google = await browser.open(`${strict.gateway.url}/console/api/v1/auth/oauth/google/start`);
    expect(google.status).toBe(404);
    await strict.close();
  });
});
