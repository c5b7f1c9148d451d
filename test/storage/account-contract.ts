import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { hintOf, newKey } from "../../src/accounts/key-format.ts";
import { hashKey } from "../../src/accounts/key-verifier.ts";
import type { AccountStore } from "../../src/accounts/store.ts";
import { newId } from "../../src/base/id.ts";
import type { LossPolicy } from "../../src/core/generation/loss.ts";

const SECRET = "s".repeat(64);

/** A store of accounts under test. */
export interface AccountFixture {
  readonly accounts: AccountStore;
  /** Everything that lies at rest, to search it for secrets. */
  bytesAtRest(): Promise<Buffer>;
  dispose(): Promise<void>;
}

async function addKey(
  accounts: AccountStore,
  account: string,
  key = newKey("qn_live_"),
  lossPolicy?: LossPolicy,
) {
  const { accountId, walletId } = await accounts.ensureAccount(account, 1);
  const keyId = newId();
  const hash = hashKey(SECRET, key);
  const row = { hash, keyId, accountId, planId: "default", name: "laptop", hint: hintOf(key), lossPolicy };
  await accounts.addKey({ ...row, createdAt: 2 });
  return { key, keyId, accountId, walletId };
}

/** What every store of accounts and keys must do; `open` gives an empty one. */
export function accountContract(name: string, open: () => Promise<AccountFixture>): void {
  describe(`accounts and keys: ${name}`, () => {
    let fixture: AccountFixture;
    let accounts: AccountStore;
    beforeEach(async () => {
      fixture = await open();
      accounts = fixture.accounts;
    });
    afterEach(() => fixture.dispose());

    test("an account is made once, with one wallet", async () => {
      const made = await accounts.ensureAccount("alice", 1);
      expect(made.made).toBe(true);
      expect(await accounts.ensureAccount("alice", 2)).toEqual({ ...made, made: false });
      const { accountId, walletId } = made;
      expect(await accounts.findAccount("alice")).toEqual({ accountId, walletId });
      expect(await accounts.findAccount("bob")).toBeUndefined();
      expect(await accounts.accountName(accountId)).toBe("alice");
      expect(await accounts.accountName(newId())).toBeUndefined();
      expect(await accounts.accountNames([newId(), accountId])).toEqual(new Map([[accountId, "alice"]]));
    });

    test("an account that many ask for at once is made once", async () => {
      const all = await Promise.all(Array.from({ length: 6 }, () => accounts.ensureAccount("alice", 1)));
      expect(new Set(all.map(({ accountId }) => accountId)).size).toBe(1);
      expect(new Set(all.map(({ walletId }) => walletId)).size).toBe(1);
      expect(all.filter(({ made }) => made)).toHaveLength(1);
    });

    test("whether there is any key at all", async () => {
      expect(await accounts.hasKeys()).toBe(false);
      const { keyId } = await addKey(accounts, "alice");
      expect(await accounts.hasKeys()).toBe(true);
      await accounts.revokeKey(keyId, 9);
      expect(await accounts.hasKeys()).toBe(true);
    });

    test("a key is found by its hash alone, and its text is nowhere", async () => {
      const { key, keyId, accountId, walletId } = await addKey(accounts, "alice");
      expect(await accounts.findPrincipal(hashKey(SECRET, key))).toMatchObject({
        keyId,
        accountId,
        walletId,
        accountName: "alice",
        planId: "default",
      });
      expect(await accounts.findPrincipal(hashKey("other", key))).toBeUndefined();
      const bytes = await fixture.bytesAtRest();
      expect(bytes.includes("alice")).toBe(true);
      expect(bytes.includes(key.slice(8))).toBe(false);
    });

    test("a key keeps what it wants of losses, and may want nothing", async () => {
      const strict = await addKey(accounts, "alice", newKey("qn_live_"), "reject");
      const plain = await addKey(accounts, "alice");
      const policies = await Promise.all(
        [strict, plain].map(
          async ({ key }) => (await accounts.findPrincipal(hashKey(SECRET, key)))?.lossPolicy,
        ),
      );
      expect(policies).toEqual(["reject", undefined]);
      expect((await accounts.findKey(strict.keyId))?.lossPolicy).toBe("reject");
    });

    test("a key keeps its limits, its networks and its end, and another's counts", async () => {
      const { accountId } = await accounts.ensureAccount("alice", 1);
      const terms = {
        limits: { requestsPerMinute: 5, tokensPerMinute: 1_000_000_000_000 },
        networks: ["10.0.0.0/8", "::1"],
        expiresAt: 5_000_000_000_000,
        countedAs: newId(),
      };
      const key = newKey("qn_live_");
      const keyId = newId();
      const row = { hash: hashKey(SECRET, key), keyId, accountId, planId: "default", name: "", hint: "" };
      await accounts.addKey({ ...row, ...terms, createdAt: 2 });
      expect(await accounts.findPrincipal(hashKey(SECRET, key))).toMatchObject(terms);
      expect(await accounts.findKey(keyId)).toMatchObject(terms);
      const plain = await addKey(accounts, "alice");
      const principal = await accounts.findPrincipal(hashKey(SECRET, plain.key));
      expect(principal?.countedAs).toBe(plain.keyId);
      expect([principal?.limits, principal?.networks, principal?.expiresAt]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    });

    test("what can be changed of a live key is changed whole, and nothing else", async () => {
      const { key, keyId } = await addKey(accounts, "alice");
      const change = { name: "new", project: "p", models: ["m"], limits: { concurrency: 2 }, expiresAt: 99 };
      expect(await accounts.changeKey(keyId, { ...change, networks: ["10.0.0.0/8"] })).toBe(true);
      expect(await accounts.findPrincipal(hashKey(SECRET, key))).toMatchObject({
        project: "p",
        models: ["m"],
        networks: ["10.0.0.0/8"],
        expiresAt: 99,
      });
      expect(await accounts.findKey(keyId)).toMatchObject({ ...change, planId: "default", createdAt: 2 });
      expect(await accounts.changeKey(keyId, { name: "bare" })).toBe(true);
      const bare = await accounts.findKey(keyId);
      expect([bare?.name, bare?.project, bare?.models, bare?.limits]).toEqual([
        "bare",
        undefined,
        undefined,
        undefined,
      ]);
      await accounts.revokeKey(keyId, 5);
      expect(await accounts.changeKey(keyId, { name: "late" })).toBe(false);
    });

    test("a suspended account's keys say so, and then no longer", async () => {
      const { key, accountId } = await addKey(accounts, "alice");
      const found = async () => (await accounts.findPrincipal(hashKey(SECRET, key)))?.suspended;
      expect(await found()).toBeUndefined();
      await accounts.suspendAccount(accountId, 9);
      expect(await found()).toBe(true);
      await accounts.suspendAccount(accountId, undefined);
      expect(await found()).toBeUndefined();
    });

    test("a key's end comes sooner, never later", async () => {
      const { key, keyId } = await addKey(accounts, "alice");
      const end = async () => (await accounts.findPrincipal(hashKey(SECRET, key)))?.expiresAt;
      await accounts.expireKey(keyId, 9_000);
      expect(await end()).toBe(9_000);
      await accounts.expireKey(keyId, 10_000);
      expect(await end()).toBe(9_000);
      await accounts.expireKey(keyId, 8_000);
      expect(await end()).toBe(8_000);
      await accounts.revokeKey(keyId, 7_000);
      await accounts.expireKey(keyId, 1);
      expect((await accounts.findKey(keyId))?.expiresAt).toBe(8_000);
    });

    test("a revoked key is no one's, and stays in the list", async () => {
      const { key, keyId } = await addKey(accounts, "alice");
      await addKey(accounts, "bob");
      expect(await accounts.revokeKey(keyId, 9)).toBe(true);
      expect(await accounts.revokeKey(keyId, 10)).toBe(false);
      expect(await accounts.findPrincipal(hashKey(SECRET, key))).toBeUndefined();
      expect(await accounts.findKey(keyId)).toMatchObject({
        keyId,
        revokedAt: 9,
        createdAt: 2,
        account: "alice",
        hint: hintOf(key),
      });
      expect((await accounts.listKeys("alice")).map(({ revokedAt }) => revokedAt)).toEqual([9]);
      expect(await accounts.listKeys(undefined)).toHaveLength(2);
      expect(await accounts.listKeys("carol")).toEqual([]);
      expect(await accounts.findKey(newId())).toBeUndefined();
      expect((await accounts.findKeys([newId(), keyId])).map((found) => found.keyId)).toEqual([keyId]);
    });
  });
}
