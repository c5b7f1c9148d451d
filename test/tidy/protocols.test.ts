import { expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DIALECT_OF, PROTOCOLS, type Protocol } from "../../src/core/protocol.ts";
import { CODECS } from "../../src/protocols/codecs.ts";
import { TRANSLATORS } from "../../src/translation/translators.ts";
import { skeletonOf } from "./skeleton.ts";
import { ROOT, readFiles } from "./source-tree.ts";

const sources = await readFiles("src/**/*.ts");
const contributing = (await readFiles("CONTRIBUTING.md")).get("CONTRIBUTING.md") ?? "";

const CLIENT_SIDE = ["client", "request", "answer", "fold", "grammar"].map((name) => `client/${name}.ts`);
const UPSTREAM_SIDE = ["upstream", "request", "answer", "error"].map((name) => `upstream/${name}.ts`);

/** Nothing is ever written in it (src/core/way.ts). */
const WITHOUT_UPSTREAM_SIDE: ReadonlySet<Protocol> = new Set(["openai-completions"]);

function entriesOf(protocol: Protocol): string[] {
  return ["codec.ts", ...CLIENT_SIDE, ...(WITHOUT_UPSTREAM_SIDE.has(protocol) ? [] : UPSTREAM_SIDE)];
}

test("the folders of src/protocols are the protocols, and what they share", () => {
  const entries = readdirSync(join(ROOT, "src/protocols"), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(folders.sort()).toEqual([...PROTOCOLS, "beside-text", "errors"].sort());
});

test.each([...PROTOCOLS])("%s has the files that every protocol has, and a folder of tests", (protocol) => {
  const missing = entriesOf(protocol).filter((file) => !sources.has(`src/protocols/${protocol}/${file}`));
  expect(missing).toEqual([]);
  expect(existsSync(join(ROOT, "test/protocols", protocol))).toBe(true);
});

test.each([...PROTOCOLS])("%s has its own row in the tables of codecs and of paths", (protocol) => {
  expect(CODECS[protocol]).toMatchObject({ id: protocol, dialect: DIALECT_OF[protocol] });
  expect(TRANSLATORS[protocol].upstream === undefined).toBe(WITHOUT_UPSTREAM_SIDE.has(protocol));
  const { strings } = skeletonOf(sources.get("src/gateway/endpoints.ts") ?? "");
  expect(strings).toContain(protocol);
});

/** Tables in which `tsc` insists on a row of every protocol or dialect. */
function tablesOfAll(): string[] {
  const table = /:\s*(?:Readonly<)?Record<(?:Protocol|Dialect)\b/;
  return [...sources].filter(([, source]) => table.test(skeletonOf(source).code)).map(([path]) => path);
}

test("CONTRIBUTING.md names every table that a new protocol needs a row in", () => {
  const tables = tablesOfAll();
  expect(tables).toContain("src/translation/translators.ts");
  expect(tables.filter((path) => !contributing.includes(`(${path})`))).toEqual([]);
});

test("CONTRIBUTING.md names the files that every protocol has", () => {
  const missing = entriesOf("gemini").filter((file) => !contributing.includes(`\`${file}\``));
  expect(missing).toEqual([]);
});
