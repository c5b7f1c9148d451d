import { describe, expect, test } from "bun:test";
import { buildApp } from "../../../src/app.ts";
import { resolveConfig } from "../../../src/config/resolve.ts";
import { readSettings } from "../../../src/config/settings.ts";
import { lockAndOpenHome } from "../../../src/home.ts";
import { startServer } from "../../../src/server.ts";
import { openBrowser } from "../../support/browser.ts";
import { newFolder } from "../../support/folder.ts";
import { hasPostgres, newDatabase } from "../../support/postgres.ts";
import { until } from "../../support/until.ts";
import { accountsOf, PASSWORD } from "./fixture.ts";

/** A node on a database of its own, where everybody may sign up. */
async function startNode() {
  const { url: databaseUrl, close } = await newDatabase();
  const folder = newFolder();
  const env = {
    QUOIN_HOME: folder.path,
    QUOIN_DATABASE_URL: databaseUrl,
    QUOIN_SECRET: "s".repeat(64),
    QUOIN_DISCOVER: "off",
    QUOIN_PORT: "0",
  };
  const settings = readSettings(env);
  const home = await lockAndOpenHome(settings, (cause) => {
    throw cause;
  });
  if (!home) throw new Error("a new home is locked");
  const text = "signup: { mode: open, credit: '1.00' }\nupstreams: [{ id: d, provider: demo }]";
  const { config } = await resolveConfig(text, { file: "quoin.yaml", env, settings });
  const app = await buildApp({ home, settings, config, log: () => undefined });
  const server = startServer(app, { host: "127.0.0.1", port: 0 });
  return {
    app,
    home,
    url: `http://127.0.0.1:${server.address.port}`,
    async stop() {
      void server.stopAccepting();
      await app.close(0);
      await close();
      folder.remove();
    },
  };
}

describe.if(hasPostgres("people on PostgreSQL, over HTTP"))("on a real server", () => {
  test("people sign up, invite, and go", async () => {
    const node = await startNode();
    const { outbox } = node.app.people;
    const textTo = async (to: string): Promise<string> => {
      await until(`a message to ${to}`, () => outbox.list().some((message) => message.to === to));
      return outbox.list().find((message) => message.to === to)?.text ?? "";
    };
    const owner = openBrowser(node.url);
    const asked = { email: "ann@example.com", password: PASSWORD };
    const { challenge } = (await owner.call("POST /auth/sign-up", asked)).body;
    const code = /\b\d{6}\b/.exec(await textTo("ann@example.com"))?.[0];
    const verify = () => owner.call("POST /auth/email/verify", { challenge, code });
    const answers = await Promise.all([verify(), verify(), verify()]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 410, 410]);
    expect((await owner.call("POST /auth/sign-in", asked)).status).toBe(200);
    const [account] = accountsOf(await owner.call("GET /me"));
    const ids = await node.home.accounts.findAccount(String(account?.name));
    expect(await node.home.wallets.balance(ids?.walletId ?? "", Date.now())).toBe(1_000_000_000n);
    await owner.call(`POST /accounts/${account?.id}/invitations`, {
      email: "bob@example.com",
      role: "developer",
    });
    const invitation = /#(\S+)/.exec(await textTo("bob@example.com"))?.[1];
    const guest = openBrowser(node.url);
    const joined = await guest.call("POST /auth/sign-up", { ...asked, email: "bob@example.com", invitation });
    expect(accountsOf(joined)).toMatchObject([{ id: account?.id, role: "developer" }]);
    const made = await guest.call(`POST /accounts/${account?.id}/keys`, { name: "mine" });
    expect((await guest.call(`POST /accounts/${account?.id}/leave`)).status).toBe(200);
    const headers = { authorization: `Bearer ${made.body.key}` };
    await until(
      "the key is refused",
      async () => (await fetch(`${node.url}/v1/models`, { headers })).status === 401,
    );
    expect((await guest.call(`GET /accounts/${account?.id}/keys`)).status).toBe(404);
    await node.stop();
  }, 30_000);
});
