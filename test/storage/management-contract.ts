import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { AccountBrand, AccountBrandStore } from "../../src/accounts/account-brand.ts";
import type { AuditStore } from "../../src/accounts/audit.ts";
import type { AccountDirectory } from "../../src/accounts/directory.ts";
import type { AccountStore } from "../../src/accounts/store.ts";
import type { TokenStore } from "../../src/accounts/tokens.ts";
import { newId } from "../../src/base/id.ts";
import type { OpenLots } from "../../src/billing/lots.ts";
import type { WalletStore } from "../../src/billing/wallets.ts";
import type { DeclaredRow, DeclaredStore } from "../../src/config/declared.ts";
import { NO_PROMPT_RULE } from "../../src/core/transcript.ts";

/** What the management API keeps, under test. */
export interface ManagementFixture {
  readonly accounts: AccountStore;
  readonly audit: AuditStore;
  readonly tokens: TokenStore;
  readonly declared: DeclaredStore;
  readonly directory: AccountDirectory;
  readonly brands: AccountBrandStore;
  readonly openLots: OpenLots;
  readonly wallets: WalletStore;
  dispose(): Promise<void>;
}

const HASH = new Uint8Array(32).fill(7);

/** What every store of the audit and of management tokens must do; `open` gives empty ones. */
export function managementContract(name: string, open: () => Promise<ManagementFixture>): void {
  describe(`audit and tokens: ${name}`, () => {
    let fixture: ManagementFixture;
    beforeEach(async () => {
      fixture = await open();
    });
    afterEach(() => fixture.dispose());

    test("the audit is listed newest first, by account, actor and action", async () => {
      const { audit } = fixture;
      const accountId = newId();
      const row = { at: 1, address: "127.0.0.1", target: "t", before: undefined, after: `{"a":1}` };
      const rows = ["one", "two", "three"].map((action, index) => ({
        ...row,
        auditId: newId(),
        actor: index === 2 ? "command" : "user:1",
        action,
        accountId: index === 0 ? undefined : accountId,
      }));
      for (const each of rows) await audit.add(each);
      const [one, two, three] = rows;
      expect(await audit.list({ limit: 10 })).toEqual([three, two, one] as never);
      expect(await audit.list({ limit: 1, accountId })).toEqual([three] as never);
      expect(await audit.list({ limit: 9, accountId, beforeId: three?.auditId })).toEqual([two] as never);
      expect(await audit.list({ limit: 9, actor: "user:1" })).toEqual([two, one] as never);
      expect(await audit.list({ limit: 9, action: "one" })).toEqual([one] as never);
      expect(await audit.list({ limit: 9, accountId: newId() })).toEqual([]);
    });

    test("what is declared is kept once for a kind and id, changed by who saw it last, and removed once", async () => {
      const { declared } = fixture;
      const row: DeclaredRow = {
        ...{ kind: "upstream", id: "vllm", content: `{"provider":"demo"}`, sealed: HASH },
        ...{ updatedAt: 5, updatedBy: "user:1" },
      };
      const model: DeclaredRow = { ...row, kind: "model", sealed: undefined, updatedAt: 4 };
      expect(await declared.add({ ...model, kind: "setting" })).toBe(true);
      expect(await declared.remove("setting", "vllm")).toBe(true);
      expect(await declared.add(row)).toBe(true);
      expect(await declared.add({ ...row, content: "{}" })).toBe(false);
      expect(await declared.add(model)).toBe(true);
      const listed = (await declared.list()).map((one) => ({ ...one, sealed: one.sealed?.toHex() }));
      expect(listed).toEqual([model, { ...row, sealed: HASH.toHex() }] as never);
      const changed: DeclaredRow = {
        ...row,
        content: "{}",
        sealed: undefined,
        updatedAt: 6,
        updatedBy: "token:2",
      };
      expect(await declared.change(changed, 4)).toBe(false);
      expect(await declared.change(changed, 5)).toBe(true);
      expect(await declared.list()).toEqual([model, changed]);
      expect(await declared.remove("plan", "vllm")).toBe(false);
      expect(await declared.remove("model", "vllm")).toBe(true);
      expect(await declared.remove("model", "vllm")).toBe(false);
      expect(await declared.list()).toEqual([changed]);
    });

    test("a plan's keys and accounts are counted, revoked keys are not", async () => {
      const { directory, accounts } = fixture;
      const { accountId } = await accounts.ensureAccount("acme", 1);
      expect(await directory.planUse("team")).toEqual({ keys: 0, accounts: 0 });
      await directory.setPlan(accountId, "team");
      expect(await directory.planUse("team")).toEqual({ keys: 0, accounts: 1 });
    });

    test("an account's rule on prompts is nothing at first, and kept as it was said", async () => {
      const { accounts, directory } = fixture;
      const { accountId } = await accounts.ensureAccount("acme", 1);
      const other = await accounts.ensureAccount("other", 1);
      expect(await directory.promptRule(accountId)).toEqual(NO_PROMPT_RULE);
      const rule = { forbidden: true, days: 7, operators: true };
      await directory.setPromptRule(accountId, rule);
      expect(await directory.promptRule(accountId)).toEqual(rule);
      expect(await directory.promptRule(other.accountId)).toEqual(NO_PROMPT_RULE);
    });

    test("domains of accounts are one for each, and in force for one account alone", async () => {
      const { accounts, brands } = fixture;
      const acme = (await accounts.ensureAccount("acme", 1)).accountId;
      const other = (await accounts.ensureAccount("other", 1)).accountId;
      const brandAt = (accountId: string, host: string, approvedAt: number | undefined): AccountBrand => ({
        accountId,
        host: {
          ...{ host, scheme: "https", account: accountId === acme ? "acme" : "other" },
          brand: { name: "Acme", logo: undefined, colors: { primary: "#112233" } },
          ...{ keys: "own", join: "viewer" },
        },
        ...{ proof: "p", approvedAt, updatedAt: 5 },
      });
      expect(await brands.put(brandAt(acme, "a.example", undefined))).toBe(true);
      expect(await brands.put(brandAt(other, "a.example", undefined))).toBe(true);
      expect(await brands.put(brandAt(acme, "a.example", 7))).toBe(true);
      expect(await brands.put(brandAt(other, "a.example", 8))).toBe(false);
      expect(await brands.find(acme)).toEqual(brandAt(acme, "a.example", 7));
      expect((await brands.list()).map(({ accountId }) => accountId)).toEqual([other, acme]);
      expect(await brands.remove(acme)).toBe(true);
      expect(await brands.remove(acme)).toBe(false);
      expect(await brands.put(brandAt(other, "a.example", 8))).toBe(true);
    });

    test("a token is found by its hash, listed where it belongs, and revoked once", async () => {
      const { accounts, tokens } = fixture;
      const { accountId } = await accounts.ensureAccount("acme", 1);
      const token = {
        name: "ci",
        hint: "qn_mgmt_…1",
        scopes: ["keys:*"],
        createdBy: "command",
        createdAt: 5,
      };
      const one = { ...token, tokenId: newId(), accountId, expiresAt: 9 };
      const all = { ...token, tokenId: newId(), accountId: undefined, expiresAt: undefined };
      await tokens.add({ ...one, hash: HASH });
      await tokens.add({ ...all, hash: new Uint8Array(32) });
      const kept = { revokedAt: undefined, lastUsedAt: undefined };
      expect(await tokens.find(HASH)).toEqual({ ...one, ...kept });
      expect(await tokens.find(new Uint8Array(32).fill(1))).toBeUndefined();
      expect(await tokens.list(accountId)).toEqual([{ ...one, ...kept }]);
      expect(await tokens.list(undefined)).toEqual([{ ...all, ...kept }]);
      await tokens.touch(one.tokenId, 7);
      expect(await tokens.revoke(one.tokenId, undefined, 8)).toBe(false);
      expect(await tokens.revoke(all.tokenId, accountId, 8)).toBe(false);
      expect(await tokens.revoke(one.tokenId, accountId, 8)).toBe(true);
      expect(await tokens.revoke(one.tokenId, accountId, 9)).toBe(false);
      expect(await tokens.find(HASH)).toEqual({ ...one, revokedAt: 8, lastUsedAt: 7 });
    });

    test("accounts are found by id and by name, and listed newest first by part of the name", async () => {
      const { accounts, directory } = fixture;
      for (const name of ["one", "two%", "three"]) await accounts.ensureAccount(name, 5);
      const [three, two, one] = await directory.list({ limit: 9 });
      expect([three, two, one].map((row) => row?.name)).toEqual(["three", "two%", "one"]);
      expect(one).toMatchObject({
        displayName: "one",
        planId: undefined,
        createdAt: 5,
        suspendedAt: undefined,
      });
      expect(await directory.find({ name: "one" })).toEqual(one);
      expect(await directory.find({ accountId: one?.accountId ?? "" })).toEqual(one);
      expect(await directory.find({ name: "four" })).toBeUndefined();
      expect(await directory.list({ limit: 9, text: "O%" })).toEqual([two] as never);
      expect(await directory.list({ limit: 1, beforeId: three?.accountId })).toEqual([two] as never);
      await directory.setPlan(one?.accountId ?? "", "big");
      expect((await directory.find({ name: "one" }))?.planId).toBe("big");
    });

    test("lots are listed while something is left, in the order in which they are spent", async () => {
      const { accounts, openLots, wallets } = fixture;
      const { walletId } = await accounts.ensureAccount("acme", 1);
      const grant = { walletId, at: 1, nanos: 10n };
      await wallets.grant({ ...grant, source: "top-up", grantKey: "a" });
      await wallets.grant({ ...grant, source: "code", grantKey: "b" });
      await wallets.grant({ ...grant, source: "monthly", grantKey: "c", expiresAt: 50 });
      const shown = async (now: number) => (await openLots(walletId, now)).map(({ source }) => source);
      expect(await shown(49)).toEqual(["monthly", "code", "top-up"]);
      expect(await shown(50)).toEqual(["code", "top-up"]);
      expect(await openLots(walletId, 49)).toContainEqual(
        expect.objectContaining({ source: "monthly", grantedNanos: 10n, leftNanos: 10n, expiresAt: 50 }),
      );
      expect(await openLots(newId(), 1)).toEqual([]);
    });
  });
}
