import { expect, test } from "bun:test";
import { finderByName } from "../../src/core/model-names.ts";

const find = finderByName([
  { id: "big", aliases: ["claude-*", "plain"] },
  { id: "small", aliases: ["claude-haiku-*"] },
  { id: "claude-own", aliases: [] },
  { id: "odd", aliases: ["a*b"] },
]);

test.each([
  ["big", "big"],
  ["plain", "big"],
  ["claude-opus-5-5", "big"],
  ["claude-", "big"],
  ["claude-haiku-4-5", "small"],
  ["claude-own", "claude-own"],
  ["claude-own-2", "big"],
  ["a*b", "odd"],
  ["aXb", undefined],
  ["claude", undefined],
  ["Claude-opus", undefined],
  ["__proto__", undefined],
  ["", undefined],
])("%j is %p", (name, id) => {
  expect(find(name)?.id).toBe(id as string);
});

test("a star alone covers whatever nothing else bears", () => {
  const any = finderByName([
    { id: "one", aliases: ["*"] },
    { id: "two", aliases: ["t*"] },
  ]);
  expect(["one", "two", "three", ""].map((name) => any(name)?.id)).toEqual(["one", "two", "two", "one"]);
});
