import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { base62, randomBase62 } from "../../src/base/base62.ts";
import { idBytes, idText, newId } from "../../src/base/id.ts";
import { Lru } from "../../src/base/lru.ts";

describe("Lru", () => {
  test("keeps at most its size, and always the half that was used last", () => {
    const operation = fc.record({ key: fc.nat(20), write: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 80 }),
        fc.integer({ min: 2, max: 8 }),
        (operations, size) => {
          const lru = new Lru<number, number>(size);
          let order: number[] = [];
          for (const { key, write } of operations) {
            if (write) lru.set(key, key + 1);
            const got = lru.get(key);
            expect([key + 1, undefined]).toContain(got);
            if (got !== undefined) order = [...order.filter((other) => other !== key), key];
            else expect(order.slice(-Math.floor(size / 2))).not.toContain(key);
          }
          const kept = order.filter((key) => lru.get(key) !== undefined);
          expect(kept.length).toBeLessThanOrEqual(size);
        },
      ),
    );
  });

  test("forgets by value", () => {
    const lru = new Lru<string, number>(10);
    for (const [at, key] of ["a", "b", "c"].entries()) lru.set(key, at);
    lru.forget((value) => value === 1);
    expect([lru.get("a"), lru.get("b"), lru.get("c")]).toEqual([0, undefined, 2]);
  });
});

test("base62 is of fixed length and tells numbers apart", () => {
  fc.assert(
    fc.property(fc.nat(0xffffffff), fc.nat(0xffffffff), (one, other) => {
      expect(base62(one, 6)).toMatch(/^[0-9A-Za-z]{6}$/);
      expect(base62(one, 6) === base62(other, 6)).toBe(one === other);
    }),
  );
  expect(base62(0xffffffff, 6)).toMatch(/^[0-9A-Za-z]{6}$/);
  expect(randomBase62(40)).toMatch(/^[0-9A-Za-z]{40}$/);
  expect(randomBase62(40)).not.toBe(randomBase62(40));
});

test("ids survive the way to bytes and back, and grow with time", () => {
  const ids = Array.from({ length: 50 }, newId);
  for (const id of ids) expect(idText(idBytes(id))).toBe(id);
  expect([...ids].sort()).toEqual(ids);
});
