import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { secretBox } from "../../src/base/secret-box.ts";

const box = secretBox("s".repeat(32), "tests");
const bytes = fc.uint8Array({ maxLength: 300 });

describe("a secret box", () => {
  test("gives back what it was given, and never the same bytes twice", () => {
    fc.assert(
      fc.property(bytes, fc.string(), (plain, place) => {
        const sealed = box.seal(plain, place);
        expect(box.open(sealed, place)).toEqual(Buffer.from(plain));
        expect(Buffer.compare(sealed, box.seal(plain, place))).not.toBe(0);
      }),
    );
  });

  test("does not open what was changed, cut or moved", () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), (plain, at, flip) => {
        const sealed = box.seal(plain, "a");
        const changed = Uint8Array.from(sealed);
        const place = at % changed.length;
        changed[place] = (changed[place] ?? 0) ^ flip;
        expect(box.open(changed, "a")).toBeUndefined();
        expect(box.open(sealed.subarray(0, place), "a")).toBeUndefined();
        expect(box.open(sealed, "b")).toBeUndefined();
      }),
    );
  });

  test("does not open what another secret or purpose sealed", () => {
    const sealed = box.seal(Buffer.from("x"), "a");
    expect(secretBox("t".repeat(32), "tests").open(sealed, "a")).toBeUndefined();
    expect(secretBox("s".repeat(32), "others").open(sealed, "a")).toBeUndefined();
    expect(secretBox("s".repeat(32), "tests").open(sealed, "a")?.toString()).toBe("x");
  });

  test("shows nothing of what is in it", () => {
    expect(Buffer.from(box.seal(Buffer.from("a sentence of a customer"), "a")).includes("sentence")).toBe(
      false,
    );
  });
});
