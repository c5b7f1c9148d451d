import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { brokenReferences } from "./markdown.ts";
import { skeletonOf } from "./skeleton.ts";
import { ROOT, readFiles } from "./source-tree.ts";

const ARCHITECTURE_LINES_MAX = 250;

const pages = await readFiles("**/*.md");
const sources = await readFiles("src/**/*.ts");
const exists = (path: string) => existsSync(join(ROOT, path));

test("links and paths in the documents point at files that exist", () => {
  const broken = [...pages].flatMap(([page, text]) =>
    brokenReferences(page, text, exists, (path) => pages.get(path)),
  );
  expect(broken).toEqual([]);
});

test("every page for clients and operators, and of the reference, is in the documentation's site", () => {
  const list = sources.get("src/control/docs/page-list.ts") ?? "";
  const paths = [...pages.keys()].filter((path) =>
    /^docs\/(?:clients|operators|reference)\/[^/]+\.md$/.test(path),
  );
  const missing = paths.filter((path) => !list.includes(`"${path.slice("docs/".length, -".md".length)}"`));
  expect(missing).toEqual([]);
});

test(`ARCHITECTURE.md has at most ${ARCHITECTURE_LINES_MAX} lines`, () => {
  const lines = pages.get("ARCHITECTURE.md")?.trimEnd().split("\n").length ?? 0;
  expect(lines).toBeLessThanOrEqual(ARCHITECTURE_LINES_MAX);
});

/** Names that look like settings of the operator and are none. */
const NO_SETTINGS: ReadonlyMap<string, string> = new Map([
  ["QUOIN_PARENT_FD", "set by the launcher for its child"],
  ["QUOIN_API_KEY", "the variable in which a client keeps its key"],
]);

function settingsRead(source: string): string[] {
  const { code, strings } = skeletonOf(source);
  const properties = [...code.matchAll(/\.(QUOIN_[A-Z_]+)\b/g)].map(([, name = ""]) => name);
  return [...properties, ...strings.filter((text) => /^QUOIN_[A-Z_]+$/.test(text))];
}

test("every setting read from the environment is in docs/operators/settings.md", () => {
  const page = pages.get("docs/operators/settings.md");
  if (page === undefined) return;
  const names = new Set([...sources.values()].flatMap(settingsRead));
  const missing = [...names].filter(
    (name) => !NO_SETTINGS.has(name) && !new RegExp(`\\b${name}\\b`).test(page),
  );
  expect(missing.sort()).toEqual([]);
});

test("every kind of error is in docs/errors.md", async () => {
  const page = pages.get("docs/errors.md");
  if (page === undefined || !sources.has("src/core/errors.ts")) return;
  const { ERROR_KINDS } = await import("../../src/core/errors.ts");
  expect(ERROR_KINDS.filter((kind) => !page.includes(`\`${kind}\``))).toEqual([]);
});

test("every quirk has its row in docs/operators/upstreams.md, and no other", async () => {
  const page = pages.get("docs/operators/upstreams.md") ?? "";
  const section = page.slice(page.indexOf("\n| quirk |"));
  const table = section.slice(0, section.indexOf("\n\n", 1));
  const rows = [...table.matchAll(/^\| `([a-z_]+)`/gm)].map(([, name]) => name);
  const { quirks } = await import("../../src/config/schema-quirks.ts");
  expect(rows).toEqual(Object.keys(quirks.unwrap().shape));
});

const PAGES = new Map([
  ["docs/a.md", "# A page: [it](b.md)'s\n\n```\n# no heading\n```\n"],
  ["docs/b.md", ""],
  ["src/main.ts", ""],
]);
const judge = (text: string) =>
  brokenReferences(
    "docs/b.md",
    text,
    (path) => PAGES.has(path),
    (path) => PAGES.get(path),
  );

test.each([
  "[a](a.md)",
  "[a](./a.md#a-page-its)",
  "[main](../src/main.ts)",
  "[out](https://example.com/x.md)",
  "`src/main.ts` and `src/*.ts`",
  "```\n[a](gone.md)\n```",
  "`[a](gone.md)`",
  "# Here\n[up](#here)",
  "[ref]: a.md",
])("accepts %j", (text) => {
  expect(judge(text)).toEqual([]);
});

test.each([
  ["[a](gone.md)", "docs/b.md: the link gone.md points at nothing"],
  ["[a](/docs/a.md)", "docs/b.md: the link /docs/a.md points at nothing"],
  ["[a](a.md#no-heading)", "docs/b.md: docs/a.md has no heading #no-heading"],
  ["[up](#nowhere)", "docs/b.md: docs/b.md has no heading #nowhere"],
  ["[ref]: gone.md", "docs/b.md: the link gone.md points at nothing"],
  ["`src/gone.ts`", "docs/b.md: there is no src/gone.ts"],
])("catches a planted %j", (text, expected) => {
  expect(judge(text)).toEqual([expected]);
});

test("settings are found where they are read", () => {
  const source = 'const QUOIN_NOT = 1; env.QUOIN_A; env["QUOIN_B"]; // QUOIN_C\nconst text = "see QUOIN_D";';
  expect(settingsRead(source)).toEqual(["QUOIN_A", "QUOIN_B"]);
});
