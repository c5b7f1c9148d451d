/** A secret that changes, and nothing with it. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashKey } from "../../src/accounts/key-verifier.ts";
import { idBytes } from "../../src/base/id.ts";
import { newFolder } from "../support/folder.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";

const OLD = "o".repeat(32);
const NEW = "n".repeat(32);

let home: ReturnType<typeof newFolder>;

beforeEach(() => {
  home = newFolder();
});
afterEach(() => home.remove());

/** What happens while a server runs over the home. */
async function served<Result>(
  env: Readonly<Record<string, string>>,
  run: (gateway: TestGateway) => Promise<Result>,
): Promise<Result> {
  const gateway = await startGateway({ config: "{}", env: { QUOIN_HOME: home.path, ...env } });
  try {
    return await run(gateway);
  } finally {
    await gateway.close();
  }
}

const statusOf = async ({ url }: TestGateway, key: string) =>
  (await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status;

const makeKey = async (gateway: TestGateway) => (await gateway.customer()).key;

test("the secret of a home is replaced in one step, while it serves; keys go on, and the old one opens nothing", async () => {
  const path = join(home.path, "secret");
  const [key, old] = await served({}, async (gateway) => {
    const made = await makeKey(gateway);
    const before = readFileSync(path, "utf8");
    expect(await gateway.operate("secret.rotate", {})).toEqual({ in_home: true });
    expect(await statusOf(gateway, made)).toBe(200);
    return [made, before];
  });
  expect(readFileSync(path, "utf8")).not.toBe(old);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await served({}, async (gateway) => {
    expect(await statusOf(gateway, key)).toBe(200);
    const { secrets } = await gateway.operate("secret.list", {});
    expect(secrets).toMatchObject([{ in_use: true }]);
  });
  writeFileSync(path, old);
  await expect(served({}, makeKey)).rejects.toThrow(`${path} differs from what this installation`);
});

test("one of the environment is brought in, set on every node, and the old one retired", async () => {
  const key = await served({ QUOIN_SECRET: OLD }, async (gateway) => {
    const made = await makeKey(gateway);
    await expect(gateway.operate("secret.rotate", {})).rejects.toThrow("put it into QUOIN_SECRET_NEXT");
    expect(await gateway.operate("secret.rotate", { next: NEW })).toEqual({ in_home: false });
    await expect(gateway.operate("secret.retire", {})).rejects.toThrow("A newer secret opens");
    return made;
  });
  for (const secret of [OLD, NEW])
    await served({ QUOIN_SECRET: secret }, async (gateway) => expect(await statusOf(gateway, key)).toBe(200));
  await served({ QUOIN_SECRET: NEW }, async (gateway) => {
    expect(await gateway.operate("secret.retire", {})).toEqual({ retired: 1 });
  });
  await expect(served({ QUOIN_SECRET: OLD }, makeKey)).rejects.toThrow("QUOIN_SECRET differs");
  await served({ QUOIN_SECRET: NEW }, async (gateway) => expect(await statusOf(gateway, key)).toBe(200));
  const lost = { QUOIN_SECRET: OLD, QUOIN_BEGIN_ANEW: "allow" };
  await served(lost, async (gateway) => expect(await statusOf(gateway, key)).toBe(401));
});

test("a home from before there were root keys goes on with what its secret made", async () => {
  const key = await served({}, async (gateway) => {
    const made = await gateway.customer();
    const { db } = gateway.home;
    const old = readFileSync(join(home.path, "secret"), "utf8").trim();
    db.run("UPDATE api_key SET hash = ? WHERE key_id = ?", [hashKey(old, made.key), idBytes(made.keyId)]);
    db.run("DELETE FROM root_key");
    return made.key;
  });
  await served({}, async (gateway) => {
    expect(await statusOf(gateway, key)).toBe(200);
    await gateway.operate("secret.rotate", {});
  });
  await served({}, async (gateway) => expect(await statusOf(gateway, key)).toBe(200));
});

test("a home moves its secret into the environment", async () => {
  const key = await served({}, async (gateway) => {
    const made = await makeKey(gateway);
    expect(await gateway.operate("secret.rotate", { next: NEW })).toEqual({ in_home: false });
    return made;
  });
  await served({ QUOIN_SECRET: NEW }, async (gateway) => expect(await statusOf(gateway, key)).toBe(200));
});
