import { expect, test } from "bun:test";
import fc from "fast-check";
import { countTokens, encode } from "gpt-tokenizer/encoding/o200k_base";
import { loadTokens } from "../../src/base/tokens.ts";

const tokens = await loadTokens();

const PROSE = "A quoin is a cornerstone; it is pronounced “coin”, and it holds two walls together. ".repeat(
  100,
);

test("prose of any length is counted as the tokeniser itself counts it", () => {
  expect(tokens.count([PROSE])).toBe(countTokens(PROSE));
  expect(tokens.count([PROSE, "hello there"])).toBe(countTokens(PROSE) + 2);
});

test("special tokens that a stranger writes are plain text", () => {
  expect(tokens.count(["<|endoftext|>"])).toBe(
    encode("<|endoftext|>", { disallowedSpecial: new Set() }).length,
  );
});

test("pieces add up to the text, whole characters each", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      const { text: taken, pieces } = tokens.take(text, Number.MAX_SAFE_INTEGER);
      expect(taken).toBe(text.toWellFormed());
      expect(pieces.join("")).toBe(taken);
      expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
    }),
  );
});

test("a limit keeps a prefix of that many tokens, and never half a character", () => {
  const text = "北京 👍🏽 é and 👩‍👩‍👧‍👦 again";
  const all = tokens.take(text, Number.MAX_SAFE_INTEGER).tokens;
  for (let limit = 0; limit <= all; limit++) {
    const taken = tokens.take(text, limit);
    expect(taken.tokens).toBe(limit);
    expect(text.startsWith(taken.text)).toBe(true);
  }
});

test("a half character that was cut off does not come back in the next answer", () => {
  tokens.take("👍🏽", 2);
  expect(tokens.take("🏽 北京", 100).text).toBe("🏽 北京");
});

test("ids that are in no vocabulary have no text", () => {
  expect(tokens.decode(encode("hello there"))).toBe("hello there");
  for (const id of [-1, 1.5, 199_998, 300_000, Number.NaN]) expect(tokens.decode([id])).toBeUndefined();
});

test.each(["a", " ", "!@#", "👍🏽", "/\n\r", "a\u0301"])(
  "a quarter of a megabyte of %j is counted at once",
  (run) => {
    const text = run.repeat(Math.floor((256 * 1024) / run.length));
    const startedAt = performance.now();
    expect(tokens.count([text])).toBeGreaterThan(1000);
    expect(performance.now() - startedAt).toBeLessThan(5000);
  },
);

test("more than that is estimated from its bytes", () => {
  expect(tokens.count(["é".repeat(350_000)])).toBe(200_000);
});
