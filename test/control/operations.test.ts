import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { call } from "../../src/commands/call.ts";
import type { CommandContext } from "../../src/commands/command.ts";
import { readSettings } from "../../src/config/settings.ts";
import { CommandError } from "../../src/control/operation.ts";
import { callControl, serveControl } from "../../src/control/socket.ts";
import { PLAIN, standardConfig } from "../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { newFolder } from "../support/folder.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { json } from "../support/scripts.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;
let control: { stop(): void };
let home: ReturnType<typeof newFolder>;

beforeAll(async () => {
  home = newFolder();
  upstream = await startFakeUpstream();
  upstream.otherwise(json({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 10 } }));
  gateway = await startGateway({ config: standardConfig(upstream.url), env: { QUOIN_HOME: home.path } });
  control = serveControl(gateway.home.folder, gateway.app.control);
});
afterAll(async () => {
  control.stop();
  await gateway.close();
  await upstream.close();
  home.remove();
});

async function messageOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof CommandError) return thrown.message;
    throw thrown;
  }
  throw new Error("nothing was refused");
}

/** What a command beside the running server does. */
async function beside(name: string, args: object = {}): Promise<Record<string, unknown>> {
  const result = await callControl(gateway.home.folder, name, args);
  if (!result) throw new Error("no server answers");
  return result as Record<string, unknown>;
}

function chat(key: unknown): Promise<Response> {
  return fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${String(key)}` },
    body: `{"model":"${PLAIN}","messages":[],"max_tokens":5}`,
  });
}

describe("beside a running server", () => {
  test("a key works, pays, rotates and ends at once", async () => {
    const made = await beside("keys.create", { account: "alice", name: "laptop" });
    expect(Object.keys(made)).toEqual(["id", "key", "account", "plan"]);
    expect((await chat(made.key)).status).toBe(402);
    await beside("wallet.top-up", { account: "alice", amount: "1.00" });
    expect((await chat(made.key)).status).toBe(200);
    expect(await beside("wallet.show", { account: "alice" })).toEqual({
      account: "alice",
      currency: "USD",
      balance_nanos: String(1_000_000_000 - 50_000),
      held_nanos: "0",
    });
    const rotated = await beside("keys.rotate", { id: made.id });
    expect(rotated.replaces).toBe(made.id);
    expect((await chat(made.key)).status).toBe(401);
    expect((await chat(rotated.key)).status).toBe(200);
    await beside("keys.revoke", { id: rotated.id });
    expect((await chat(rotated.key)).status).toBe(401);
    const { keys } = (await beside("keys.list", { account: "alice" })) as { keys: Record<string, unknown>[] };
    expect(keys.map(({ revoked_at, name }) => [revoked_at !== null, name])).toEqual([
      [true, "laptop"],
      [true, "laptop"],
    ]);
    expect(JSON.stringify(keys)).not.toContain(String(made.key).slice(8, 30));
  });

  test("a rotation whose answer was lost is made good by rotating what it made", async () => {
    const old = await beside("keys.create", { account: "lost", name: "ci" });
    const unseen = await beside("keys.rotate", { id: old.id });
    expect(await messageOf(beside("keys.rotate", { id: old.id }))).toBe(
      `The key ${old.id} was revoked already. It was replaced by ${unseen.id}; if that key never reached you, rotate it in turn.`,
    );
    const seen = await beside("keys.rotate", { id: unseen.id });
    expect([(await chat(unseen.key)).status, (await chat(seen.key)).status]).toEqual([401, 402]);
    await beside("keys.revoke", { id: seen.id });
    expect(await messageOf(beside("keys.revoke", { id: seen.id }))).toBe(
      `The key ${seen.id} was revoked already.`,
    );
  });

  test("a key's wish about losses stays through a rotation", async () => {
    const made = await beside("keys.create", { account: "strict", lossy: "reject" });
    await beside("keys.rotate", { id: made.id });
    const { keys } = (await beside("keys.list", { account: "strict" })) as {
      keys: { loss_policy: unknown }[];
    };
    expect(keys.map(({ loss_policy }) => loss_policy)).toEqual(["reject", "reject"]);
    expect(await messageOf(beside("keys.create", { account: "strict", lossy: "always" }))).toBe(
      "lossy: must be one of reject, warn, silent",
    );
  });

  test("a top-up with a reference counts once", async () => {
    await beside("keys.create", { account: "bob" });
    const once = { account: "bob", amount: "2", reference: "invoice-7" };
    expect(await beside("wallet.top-up", once)).toMatchObject({
      added_nanos: "2000000000",
      balance_nanos: "2000000000",
    });
    expect(await messageOf(beside("wallet.top-up", once))).toBe(
      'The top-up with the reference "invoice-7" was made before; nothing was added.',
    );
    await beside("wallet.top-up", { account: "bob", amount: "0.000000001" });
    expect(await beside("wallet.show", { account: "bob" })).toMatchObject({ balance_nanos: "2000000001" });
  });

  test("what happened is listed, shown and stated", async () => {
    const { key } = await beside("keys.create", { account: "carol" });
    await beside("wallet.top-up", { account: "carol", amount: "3" });
    for (let round = 0; round < 3; round++) await (await chat(key)).text();
    const { requests } = (await beside("requests.list", { account: "carol", limit: 2 })) as {
      requests: { id: string; charge_nanos: string; account: string }[];
    };
    expect(requests.map(({ account, charge_nanos }) => [account, charge_nanos])).toEqual([
      ["carol", "50000"],
      ["carol", "50000"],
    ]);
    const [newest] = requests;
    const shown = await beside("requests.show", { id: `req_${newest?.id}` });
    expect(shown).toEqual(newest as never);
    expect(await messageOf(beside("requests.show", { id: "0".repeat(32) }))).toContain("no request");
    expect(await messageOf(beside("requests.show", { id: "x" }))).toContain("is not a request's id");
    const { entries } = (await beside("wallet.statement", { account: "carol" })) as {
      entries: { kind: string; amount_nanos: string }[];
    };
    expect(entries.map(({ kind, amount_nanos }) => `${kind} ${amount_nanos}`)).toEqual([
      "charge -50000",
      "charge -50000",
      "charge -50000",
      "grant 3000000000",
    ]);
  });

  test("models are listed and tried", async () => {
    const { models } = (await beside("models.list")) as { models: { id: string }[] };
    expect(models.map(({ id }) => id)).toContain(PLAIN);
    const { targets } = (await beside("models.test", { model: PLAIN })) as { targets: { ok: boolean }[] };
    expect(targets.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(await messageOf(beside("models.test", { model: "none" }))).toContain('no model "none"');
    expect(await beside("status")).toMatchObject({ running: 0, models: 3 });
  });

  test.each<[string, object, string]>([
    ["keys.create", { account: "a b" }, "account: must be 1 to 100 letters"],
    ["keys.create", { account: "a", plan: "none" }, 'there is no plan "none"'],
    ["keys.create", { account: "a", extra: 1 }, "extra"],
    ["keys.create", {}, "account: "],
    ["keys.revoke", { id: "x" }, "id: must be a key's id"],
    ["keys.revoke", { id: "0".repeat(32) }, "There is no key"],
    ["keys.rotate", { id: "0".repeat(32) }, "There is no key"],
    ["keys.list", { account: "nobody" }, 'There is no account "nobody"'],
    ["wallet.show", { account: "nobody" }, 'There is no account "nobody"'],
    ["wallet.top-up", { account: "nobody", amount: "1" }, 'There is no account "nobody"'],
    ["wallet.top-up", { account: "bob", amount: "-1" }, "amount: "],
    ["wallet.top-up", { account: "bob", amount: "0" }, "amount: must be more than zero."],
    ["wallet.top-up", { account: "bob", amount: "1e3" }, "amount: "],
    ["wallet.top-up", { account: "bob", amount: "0.0000000001" }, "amount: "],
    ["requests.list", { limit: 0 }, "limit: "],
    ["toString", {}, 'There is no operation "toString".'],
    ["__proto__", {}, 'There is no operation "__proto__".'],
  ])("%s %j is refused in a sentence", async (name, args, message) => {
    expect(await messageOf(beside(name, args))).toContain(message);
  });
});

describe("on a stopped home", () => {
  const contextOf = (folder: string): CommandContext => {
    const env = { QUOIN_HOME: folder, QUOIN_DISCOVER: "off", QUOIN_CONFIG: "" };
    return { args: [], env, settings: readSettings(env) } as CommandContext;
  };

  test("the same operations work straight on the store, one after the other and at once", async () => {
    const folder = newFolder();
    const context = contextOf(folder.path);
    const made = (await call(context, "keys.create", { account: "dave" })) as Record<string, string>;
    await Promise.all(
      ["1", "2", "3"].map((amount) => call(context, "wallet.top-up", { account: "dave", amount })),
    );
    expect(await call(context, "wallet.show", { account: "dave" })).toMatchObject({
      balance_nanos: "6000000000",
    });
    await call(context, "keys.revoke", { id: made.id });
    expect(await messageOf(call(context, "keys.revoke", { id: made.id }))).toContain("was revoked already");
    expect(readdirSync(folder.path)).not.toContain("control.sock");
    folder.remove();
  });

  test("a key made there works in the server that starts afterwards", async () => {
    const folder = newFolder();
    const context = contextOf(folder.path);
    const { key } = (await call(context, "keys.create", { account: "erin" })) as { key: string };
    await call(context, "wallet.top-up", { account: "erin", amount: "1" });
    const later = await startGateway({
      config: standardConfig(upstream.url),
      env: { QUOIN_HOME: folder.path },
    });
    const response = await fetch(`${later.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "x-api-key": key },
      body: `{"model":"${PLAIN}","messages":[],"max_tokens":5}`,
    });
    await response.text();
    expect(response.status).toBe(200);
    await later.close();
    expect(await call(context, "wallet.show", { account: "erin" })).toMatchObject({
      balance_nanos: "999950000",
    });
    folder.remove();
  });
});
