import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { hintOf, isWellFormed, newKey } from "../../src/accounts/key-format.ts";
import { hashKey, type KeyVerifier, keyVerifier } from "../../src/accounts/key-verifier.ts";
import type { AccountStore } from "../../src/accounts/store.ts";
import { newId } from "../../src/base/id.ts";
import { GatewayError } from "../../src/core/errors.ts";
import type { Principal } from "../../src/core/principal.ts";

const PREFIXES = ["qn_live_", "qua_", "qua_trail_", "a_", "sk_1_2_"];
const prefix = fc.constantFrom(...PREFIXES);
const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";

describe("a key's form", () => {
  test("a new key is well-formed, and like no other", () => {
    fc.assert(
      fc.property(prefix, (start) => {
        const key = newKey(start);
        expect(key.startsWith(start)).toBe(true);
        expect(key.length).toBe(start.length + 38);
        expect(isWellFormed(key)).toBe(true);
        expect(newKey(start)).not.toBe(key);
      }),
    );
  });

  test("a mistyped, cut or swapped character is told without a look-up", () => {
    fc.assert(
      fc.property(prefix, fc.nat(200), fc.constantFrom(...letters), (start, at, letter) => {
        const key = newKey(start);
        const place = at % key.length;
        const mistyped = key.slice(0, place) + letter + key.slice(place + 1);
        expect(isWellFormed(mistyped)).toBe(mistyped === key);
        expect(isWellFormed(key.slice(0, place) + key.slice(place + 1))).toBe(false);
        const swapped =
          key.slice(0, place) + (key[place + 1] ?? "") + (key[place] ?? "") + key.slice(place + 2);
        expect(isWellFormed(swapped)).toBe(swapped === key);
      }),
      { numRuns: 500 },
    );
  });

  test("no other text is well-formed", () => {
    fc.assert(fc.property(fc.string({ maxLength: 60 }), (text) => expect(isWellFormed(text)).toBe(false)));
    for (const text of [
      "",
      "_",
      "sk-ant-api03-abc",
      `qn_live_${"a".repeat(38)}`,
      `${"x".repeat(100_000)}_`,
    ]) {
      expect(isWellFormed(text)).toBe(false);
    }
  });

  test("a prefix may begin another: each key keeps its own", () => {
    const key = newKey("qua_trail_");
    const shorter = newKey("qua_");
    expect(hintOf(key)).toBe(`qua_trail_…${key.slice(-4)}`);
    expect(hintOf(shorter)).toBe(`qua_…${shorter.slice(-4)}`);
    // The checksum covers the prefix: neither passes for the other.
    expect(isWellFormed(key.replace("trail_", ""))).toBe(false);
  });

  test("a hint tells nothing of the secret but its end", () => {
    const key = newKey("qn_live_");
    expect(hintOf(key).length).toBe("qn_live_…abcd".length);
  });
});

const SECRET = "s".repeat(64);

describe("a key's hash", () => {
  test("is keyed: another secret gives another", () => {
    const key = newKey("qn_live_");
    expect(hashKey(SECRET, key)).toEqual(hashKey(SECRET, key));
    expect(hashKey(SECRET, key)).toHaveLength(32);
    expect(hashKey(`${SECRET}t`, key)).not.toEqual(hashKey(SECRET, key));
  });
});

function principal(keyId: string): Principal {
  return {
    keyId,
    accountId: newId(),
    accountName: "a",
    walletId: newId(),
    planId: "default",
    countedAs: keyId,
  };
}

/** A store of these keys that counts how often it is asked. */
function storeOf(keys: ReadonlyMap<string, Principal>, later = false) {
  const byHash = new Map([...keys].map(([key, of]) => [hashKey(SECRET, key).toHex(), of]));
  const asked: string[] = [];
  const store: Pick<AccountStore, "findPrincipal"> = {
    findPrincipal(hash) {
      asked.push(hash.toHex());
      const found = byHash.get(hash.toHex());
      return later ? Promise.resolve(found) : found;
    },
  };
  return { store: store as AccountStore, asked, byHash };
}

async function kindOf(verifier: KeyVerifier, key: string): Promise<string> {
  try {
    await verifier.verify(key);
    return "known";
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown.kind;
    throw thrown;
  }
}

describe("the verifier", () => {
  const keys = new Map(Array.from({ length: 6 }, (_, at) => [newKey("qn_live_"), principal(`${at}`)]));
  const [first = ""] = keys.keys();

  test.each([false, true])(
    "knows a key, an unknown one and a malformed one (asked later: %p)",
    async (later) => {
      const { store, asked } = storeOf(keys, later);
      const verifier = keyVerifier(store, SECRET, 10);
      expect(await verifier.verify(first)).toEqual(keys.get(first) as Principal);
      expect(await kindOf(verifier, newKey("qn_live_"))).toBe("invalid_key");
      expect(await kindOf(verifier, `${first.slice(0, -1)}~`)).toBe("malformed_key");
      expect(asked).toHaveLength(2);
    },
  );

  test("asks the store once for a key, and again for one that it did not find", async () => {
    const { store, asked } = storeOf(keys);
    const verifier = keyVerifier(store, SECRET, 10);
    for (let round = 0; round < 5; round++) await verifier.verify(first);
    expect(asked).toHaveLength(1);
    const unknown = newKey("qn_live_");
    for (let round = 0; round < 3; round++) await kindOf(verifier, unknown);
    expect(asked).toHaveLength(4);
  });

  test("forgets a revoked key at once, and only that", async () => {
    const { store, asked, byHash } = storeOf(keys);
    const verifier = keyVerifier(store, SECRET, 100);
    for (const key of keys.keys()) await verifier.verify(key);
    byHash.delete(hashKey(SECRET, first).toHex());
    expect(await kindOf(verifier, first)).toBe("known");
    verifier.forgetKey("0");
    expect(await kindOf(verifier, first)).toBe("invalid_key");
    const before = asked.length;
    for (const key of [...keys.keys()].slice(1)) expect(await kindOf(verifier, key)).toBe("known");
    expect(asked).toHaveLength(before);
  });

  test("keeps no more keys than it was told to", async () => {
    const { store, asked } = storeOf(keys);
    const verifier = keyVerifier(store, SECRET, 2);
    for (const key of keys.keys()) await verifier.verify(key);
    for (const key of keys.keys()) await verifier.verify(key);
    expect(asked.length).toBeGreaterThanOrEqual(2 * keys.size - 2);
  });
});
