import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { programsText } from "../../../scripts/generate-setup-programs.ts";
import { BROKEN, CASES } from "./editor-cases.ts";
import { ENGINES } from "./engines.ts";

describe.each(ENGINES)("the editor in %s", (_, edit) => {
  const first = edit(CASES);
  const second = edit(CASES.map((row) => ({ ...row, text: row.expected })));
  const refused = edit(
    BROKEN.map(({ format, text, path = ["x"] }) => ({
      format,
      text,
      edits: [{ op: "set", path, value: "v" }],
    })),
  );

  test.each(CASES.map((row, at) => [row.format, row.name, at] as const))("%s: %s", (_format, _name, at) => {
    expect(first[at]).toEqual({ text: CASES[at]?.expected ?? "" });
  });

  test("does nothing the second time", () => {
    expect(second).toEqual(CASES.map(({ expected }) => ({ text: expected })));
  });

  test.each(BROKEN.map((row, at) => [row.format, row.text, at] as const))(
    "refuses %s %j",
    (_format, _text, at) => {
      const { line, says } = BROKEN[at] ?? { line: 0, says: "" };
      expect(refused[at]).toEqual({ line, says: expect.stringContaining(says) });
    },
  );
});

test("the programs in programs.json are up to date: bun scripts/generate-setup-programs.ts", async () => {
  const file = join(import.meta.dir, "../../../src/control/setup/programs.json");
  expect(readFileSync(file, "utf8")).toBe(await programsText());
});
