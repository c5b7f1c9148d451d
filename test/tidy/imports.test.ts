import { expect, test } from "bun:test";
import { findViolations } from "./import-rules.ts";
import { readFiles } from "./source-tree.ts";

test("imports go down the tiers only, strangers stay strangers, no file imports in a circle", async () => {
  expect(findViolations(await readFiles("src/**/*.ts"))).toEqual([]);
});

const HOUSE = {
  "src/base/clock.ts": "export const now = Date.now;",
  "src/core/money.ts": 'import { now } from "../base/clock.ts";',
  "src/protocols/chat/tap.ts": 'import type { Money } from "../../core/money.ts";',
  "src/billing/ledger.ts": 'import "../core/money.ts";',
  "src/gateway/relay.ts": 'import "../protocols/chat/tap.ts"; import "../billing/ledger.ts";',
  "src/storage/sqlite/database.ts":
    'import { Database } from "bun:sqlite"; import "../../billing/ledger.ts";',
  "src/config/schema.ts": 'import { z } from "zod"; import list from "./catalog.json";',
  "src/base/tokens.ts": 'const t = await import("gpt-tokenizer/encoding/o200k_base");',
  "src/commands/serve.ts": 'import "../app.ts";',
  "src/app.ts": 'import "./storage/sqlite/database.ts"; import "./gateway/relay.ts";',
  "src/main.ts": 'import "./commands/serve.ts"; import { join } from "node:path";',
};

const judge = (extra: Record<string, string>) =>
  findViolations(new Map(Object.entries({ ...HOUSE, ...extra })));

test("a house in order has no violation", () => {
  expect(judge({})).toEqual([]);
});

test.each([
  ["upwards", "src/core/a.ts", 'import "../gateway/relay.ts";', "core imports upwards from gateway"],
  ["types upwards", "src/core/a.ts", 'import type { A } from "../gateway/relay.ts";', "imports upwards"],
  ["re-exports upwards", "src/base/a.ts", 'export * from "../core/money.ts";', "imports upwards"],
  ["a dynamic import", "src/base/a.ts", 'await import("../app.ts");', "imports upwards"],
  ["features", "src/limits/a.ts", 'import "../billing/ledger.ts";', "limits and billing are strangers"],
  [
    "a feature's protocol",
    "src/limits/a.ts",
    'import "../protocols/chat/tap.ts";',
    "sees only core and base",
  ],
  ["control's gateway", "src/control/a.ts", 'import "../gateway/relay.ts";', "are strangers"],
  ["zod in the data plane", "src/gateway/a.ts", 'import { z } from "zod";', "zod is not for gateway"],
  ["zod's types, too", "src/gateway/a.ts", 'import type { z } from "zod/mini";', "zod is not for gateway"],
  ["an unknown package", "src/config/a.ts", 'import "left-pad";', "left-pad is not for config"],
  ["a scoped package", "src/config/a.ts", 'import "@a/b/c";', "@a/b is not for config"],
  ["sqlite outside", "src/billing/a.ts", 'import "bun:sqlite";', "bun:sqlite is not for billing"],
  ["an eager tokenizer", "src/base/a.ts", 'import "gpt-tokenizer";', "by await import() only"],
  ["files in protocols", "src/protocols/a.ts", 'import "node:fs/promises";', "protocols is pure"],
  ["tests", "src/a.ts", 'import "../test/x.ts";', "does not import test/x.ts"],
  ["no suffix", "src/core/a.ts", 'import "./money";', "lacks its suffix"],
  ["no such file", "src/core/a.ts", 'import "./none.ts";', "src/core/none.ts does not exist"],
  ["a new room", "src/attic/a.ts", "", "attic is a room without a tier"],
])("catches a planted violation: %s", (_what, path, source, expected) => {
  expect(judge({ [path]: source }).join("\n")).toContain(expected);
});

test("catches a circle, of types also, and of a file with itself", () => {
  const circle = judge({
    "src/core/a.ts": 'import type { B } from "./b.ts";',
    "src/core/b.ts": 'export * from "./c.ts";',
    "src/core/c.ts": 'import("./a.ts"); import "./money.ts";',
    "src/core/self.ts": 'import "./self.ts";',
  });
  expect(circle).toEqual([
    "these import each other: src/core/a.ts → src/core/b.ts → src/core/c.ts → src/core/a.ts",
    "these import each other: src/core/self.ts → src/core/self.ts",
  ]);
});
