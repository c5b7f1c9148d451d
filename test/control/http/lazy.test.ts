import { expect, test } from "bun:test";
import { dirname, join } from "node:path";
import { scanImports } from "../../tidy/scan-imports.ts";
import { readFiles } from "../../tidy/source-tree.ts";

/** Packages that only the console needs: a start must not pay for them. */
const LATE = /^(?:hono|@hono\/|prom-client)/;

test("a start loads nothing of the management API", async () => {
  const files = await readFiles("src/**/*.ts");
  const late: string[] = [];
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { specifier, kind } of scanImports(files.get(path) ?? "")) {
      if (kind !== "static") continue;
      if (LATE.test(specifier)) late.push(`${path} imports ${specifier}`);
      else if (specifier.startsWith(".")) visit(join(dirname(path), specifier));
    }
  };
  visit("src/main.ts");
  expect(seen.size).toBeGreaterThan(100);
  expect(late).toEqual([]);
});
