import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

test("the auditor of crashes shares no code with what it audits", () => {
  const files = readdirSync(import.meta.dir).filter((name) => !name.endsWith(".test.ts"));
  expect(files).toContain("audit.ts");
  for (const name of files) {
    const text = readFileSync(join(import.meta.dir, name), "utf8");
    const outside = [...text.matchAll(/from "([^"]+)"/g)].filter(([, path]) => !path?.startsWith("./"));
    expect(outside.map(([, path]) => path)).toEqual([]);
  }
});
