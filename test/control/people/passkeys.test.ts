import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { TestBrowser } from "../../support/browser.ts";
import { softwareAuthenticator } from "./authenticator.ts";
import { errorOf, PASSWORD, startWorld, userOf, type World } from "./fixture.ts";

let world: World;
let origin: string;
beforeAll(async () => {
  world = await startWorld();
  origin = `http://localhost:${world.gateway.port}`;
});
afterAll(() => world.close());

type Device = ReturnType<typeof softwareAuthenticator>;

async function ask(browser: TestBrowser, line: string, body: object = {}) {
  const answer = (await browser.call(line, body)).body;
  return {
    challenge: String(answer.challenge),
    options: answer.options as { challenge: string; rpId: string },
  };
}

async function addTo(browser: TestBrowser, device: Device, name = "stick") {
  const { challenge, options } = await ask(browser, "POST /me/passkeys/options", { password: PASSWORD });
  return await browser.call("POST /me/passkeys", { challenge, name, response: device.register(options) });
}

describe("passkeys", () => {
  test("are added, sign in with both factors at once, and are removed", async () => {
    const here = await world.signUp("key@example.com");
    const device = softwareAuthenticator(origin);
    expect(errorOf(await here.call("POST /me/passkeys/options", {})).code).toBe("confirm");
    const made = await addTo(here, device);
    expect([made.status, made.body.name, made.body.used_at]).toEqual([201, "stick", null]);
    await world.waitFor("key@example.com", "A passkey was added");
    const there = world.browser();
    const { challenge, options } = await ask(there, "POST /auth/passkey/options");
    const response = device.signIn(options);
    const signedIn = await there.call("POST /auth/passkey/verify", { challenge, response });
    expect(signedIn.body.status).toBe("signed_in");
    expect(userOf(await there.call("GET /me"))).toMatchObject({ email: "key@example.com", passkeys: 1 });
    const replayed = await world.browser().call("POST /auth/passkey/verify", { challenge, response });
    expect([replayed.status, errorOf(replayed).code]).toEqual([401, "wrong_credentials"]);
    expect((await there.call(`DELETE /me/passkeys/${made.body.id}`)).status).toBe(200);
    const gone = await ask(there, "POST /auth/passkey/options");
    const tried = { challenge: gone.challenge, response: device.signIn(gone.options) };
    expect((await there.call("POST /auth/passkey/verify", tried)).status).toBe(401);
  });

  test("what is not the device, not here, not verified or a copy signs nobody in", async () => {
    const here = await world.signUp("strict@example.com");
    const device = softwareAuthenticator(origin);
    await addTo(here, device);
    const attempt = async (answer: (options: { challenge: string; rpId: string }) => object) => {
      const { challenge, options } = await ask(world.browser(), "POST /auth/passkey/options");
      const response = answer(options);
      return (await world.browser().call("POST /auth/passkey/verify", { challenge, response })).status;
    };
    expect(await attempt((options) => device.signIn(options))).toBe(200);
    expect(await attempt((options) => device.signIn(options, { copied: true }))).toBe(401);
    expect(await attempt((options) => device.signIn(options, { verified: false }))).toBe(401);
    expect(await attempt((options) => device.signIn({ ...options, challenge: "AAAA" }))).toBe(401);
    expect(await attempt((options) => device.signIn({ ...options, rpId: "evil.example" }))).toBe(401);
    const { id } = device.signIn({ challenge: "", rpId: "" });
    const phish = softwareAuthenticator("https://evil.example");
    expect(await attempt((options) => ({ ...phish.signIn(options), id, rawId: id }))).toBe(401);
  });

  test("nobody takes another's question, or a credential that is registered", async () => {
    const [ann, bob] = [await world.signUp("ann@example.com"), await world.signUp("bob@example.com")];
    const device = softwareAuthenticator(origin);
    const { challenge, options } = await ask(ann, "POST /me/passkeys/options", { password: PASSWORD });
    const response = device.register(options);
    const stolen = await bob.call("POST /me/passkeys", { challenge, name: "x", response });
    expect(stolen.status).toBe(401);
    expect((await addTo(ann, device)).status).toBe(201);
    const twice = await addTo(bob, device);
    expect([twice.status, errorOf(twice).code]).toEqual([409, "conflict"]);
    expect((await bob.call("GET /me/passkeys")).body.items).toEqual([]);
  });
});
