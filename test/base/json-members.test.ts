import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { findMember, scanMembers, stringEnd } from "../../src/base/json-members.ts";
import { applySplices, spliceText } from "../../src/base/splice.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const space = fc.constantFrom("", " ", "\n", "\r\n\t", "  ");

/** JSON text of a key or a string, its characters escaped at random. */
const stringText = fc.string({ unit: "binary", maxLength: 8 }).chain((text) =>
  fc.array(fc.boolean(), { minLength: text.length, maxLength: text.length }).map((escaped) => {
    const parts = [...text].map((character, at) => {
      const plain = JSON.stringify(character).slice(1, -1);
      const code = character.charCodeAt(0);
      return escaped[at] && character.length === 1 ? `\\u${code.toString(16).padStart(4, "0")}` : plain;
    });
    return `"${parts.join("")}"`;
  }),
);

const valueText = fc.oneof(
  stringText,
  fc.constantFrom(
    "1.0",
    "1e3",
    "9007199254740993",
    "-0",
    "true",
    "null",
    "[]",
    "{}",
    '"}"',
    '"\\\\"',
    '"\\""',
  ),
  fc.json({ maxDepth: 3 }),
  fc.json({ maxDepth: 2 }).map((text) => text.replaceAll(",", " ,\n ").replaceAll(":", " : ")),
);

const member = fc.record({ key: stringText, value: valueText, before: space, colon: space, after: space });

function objectText(
  members: readonly { key: string; value: string; before: string; colon: string; after: string }[],
) {
  const parts = members.map(
    ({ key, value, before, colon, after }) => `${before}${key}${colon}:${after}${value}${after}`,
  );
  return `{${parts.join(",")}}`;
}

describe("scanMembers", () => {
  test("finds every key and value of any object, duplicates included", () => {
    fc.assert(
      fc.property(fc.array(member, { maxLength: 6 }), space, (members, lead) => {
        const bytes = bytesOf(lead + objectText(members));
        const found = scanMembers(bytes);
        expect(found.map(({ key }) => key)).toEqual(members.map(({ key }) => JSON.parse(key)));
        for (const [at, { value }] of members.entries()) {
          const place = found[at];
          expect(textOf(bytes.subarray(place?.valueStart, place?.valueEnd))).toBe(
            // A comma with spaces around it is inside the value; white space after a scalar is not.
            value.trim(),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  test("reads past a byte order mark", () => {
    expect(scanMembers(bytesOf('\uFEFF {"a":1}')).map(({ key }) => key)).toEqual(["a"]);
  });

  test("reads an inner object from its place", () => {
    const bytes = bytesOf('{"a":{"b":1,"c":{"d":2}},"e":3}');
    const outer = findMember(scanMembers(bytes), "a");
    expect(scanMembers(bytes, outer?.valueStart).map(({ key }) => key)).toEqual(["b", "c"]);
  });

  test("survives a hundred thousand nested brackets", () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    const [first, second] = scanMembers(bytesOf(`{"a":${deep},"b":1}`));
    expect([first?.key, second?.key]).toEqual(["a", "b"]);
  });
});

test("a string ends at its first quote that no backslash escapes", () => {
  fc.assert(
    fc.property(stringText, fc.string(), (text, behind) => {
      expect(stringEnd(bytesOf(text + behind), 0)).toBe(bytesOf(text).length);
    }),
  );
});

describe("applySplices", () => {
  test("changes one value and keeps every other byte", () => {
    fc.assert(
      fc.property(
        fc.array(member, { minLength: 1, maxLength: 6 }),
        fc.nat(),
        fc.json(),
        (members, pick, value) => {
          const bytes = bytesOf(objectText(members));
          const chosen = scanMembers(bytes)[pick % members.length];
          if (!chosen) throw new Error("no member");
          const spliced = applySplices(bytes, [spliceText(chosen.valueStart, chosen.valueEnd, value)]);
          const before = textOf(bytes.subarray(0, chosen.valueStart));
          expect(textOf(spliced)).toBe(before + value + textOf(bytes.subarray(chosen.valueEnd)));
        },
      ),
    );
  });

  test("answers the source itself when there is nothing to do", () => {
    const source = bytesOf("abc");
    expect(applySplices(source, [])).toBe(source);
  });

  test("orders splices by place, insertions before replacements", () => {
    const source = bytesOf("abcdef");
    const splices = [spliceText(4, 5, "X"), spliceText(1, 3, ""), spliceText(1, 1, "<>")];
    expect(textOf(applySplices(source, splices))).toBe("a<>dXf");
  });
});
