import { expect, test } from "bun:test";
import { doubtIn, doubtNote } from "../../src/core/doubt.ts";

test("a doubted report is read out of the notes as it was written into them", () => {
  const report = { inputTokens: 1_000_000_000_000, outputTokens: 0 };
  expect(doubtIn(["a slash was taken away", doubtNote(report)])).toEqual(report);
  expect(doubtIn(["empty answer: nothing is charged"])).toBeUndefined();
});
