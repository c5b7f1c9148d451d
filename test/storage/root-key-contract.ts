import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type Runner, rows } from "../../src/storage/people/steps.ts";
import { findRootKey, type RootKeyOptions, secretsOf } from "../../src/storage/root-key-store.ts";

export interface RootKeyFixture {
  readonly runner: Runner;
  dispose(): void | Promise<void>;
}

const OLD = "o".repeat(32);
const NEW = "n".repeat(32);
const HEX = /^[0-9a-f]{64}$/;

/** The key that everything is made with, and the secrets that open it. */
export function rootKeyContract(name: string, open: () => Promise<RootKeyFixture>): void {
  describe(`the root key: ${name}`, () => {
    let fixture: RootKeyFixture;
    let now = 1_000;

    beforeEach(async () => {
      fixture = await open();
    });
    afterEach(() => fixture.dispose());

    const optionsOf = (secret: string, more: Partial<RootKeyOptions> = {}): RootKeyOptions => ({
      ...{ runner: fixture.runner, secret, file: undefined, before: undefined, mayBeginAnew: false },
      now: () => ++now,
      ...more,
    });
    /** As a process that starts with this secret. */
    async function start(secret: string, more: Partial<RootKeyOptions> = {}) {
      const options = optionsOf(secret, more);
      const root = await findRootKey(options);
      return { root, secrets: secretsOf(options, root) };
    }

    test("is made once, however many begin together, and opened by their secret alone", async () => {
      const roots = await Promise.all(Array.from({ length: 6 }, async () => (await start(OLD)).root));
      expect(new Set(roots).size).toBe(1);
      expect(roots[0]).toMatch(HEX);
      await expect(start(NEW)).rejects.toThrow("QUOIN_SECRET differs");
    });

    test("is one even where those who begin together have different secrets", async () => {
      const ends = await Promise.allSettled([start(OLD), start(NEW)]);
      expect(ends.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    });

    test("is the secret itself where that made things before", async () => {
      expect((await start(OLD, { before: OLD })).root).toBe(OLD);
      expect((await start(OLD)).root).toBe(OLD);
    });

    test("stays when its secret changes: both open it until the old one is retired", async () => {
      const before = await start(OLD);
      expect(await before.secrets.rotate(NEW)).toBe(false);
      expect((await start(OLD)).root).toBe(before.root);
      await expect(before.secrets.retire()).rejects.toThrow(RangeError);
      const after = await start(NEW);
      expect(after.root).toBe(before.root);
      expect((await after.secrets.list()).map(({ isOurs }) => isOurs)).toEqual([true, false]);
      expect(await after.secrets.retire()).toBe(1);
      await expect(start(OLD)).rejects.toThrow("QUOIN_SECRET differs");
      expect((await start(NEW)).root).toBe(before.root);
    });

    test("may go back to a secret of before", async () => {
      const before = await start(OLD);
      await before.secrets.rotate(NEW);
      await (await start(NEW)).secrets.rotate(OLD);
      expect(await (await start(OLD)).secrets.retire()).toBe(1);
      expect((await start(OLD)).root).toBe(before.root);
    });

    test("is another where a lost secret is accepted", async () => {
      const { root } = await start(OLD);
      const anew = await start(NEW, { mayBeginAnew: true, before: NEW });
      expect(anew.root).toMatch(HEX);
      expect(anew.root).not.toBe(root);
      await expect(start(OLD)).rejects.toThrow("QUOIN_SECRET differs");
    });

    test("needs a new secret to be given where none lies in the home", async () => {
      const { secrets } = await start(OLD);
      await expect(secrets.rotate(undefined)).rejects.toThrow(RangeError);
    });

    test("lies sealed: whoever has the tables has neither it nor a secret", async () => {
      const { root, secrets } = await start(OLD);
      await secrets.rotate(NEW);
      const stored = await fixture.runner.read(
        rows<{ sealed: Uint8Array; secret_name: string }>("SELECT sealed, secret_name FROM root_key"),
      );
      const all = stored.map(
        ({ sealed, secret_name: named }) => Buffer.from(sealed).toString("latin1") + named,
      );
      expect(all).toHaveLength(2);
      for (const text of all) for (const secret of [root, OLD, NEW]) expect(text).not.toContain(secret);
    });
  });
}
