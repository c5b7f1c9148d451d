import { expect, test } from "bun:test";
import { bannedWords, exportedNames } from "./names.ts";
import { skeletonOf } from "./skeleton.ts";
import { readFiles } from "./source-tree.ts";

const sources = await readFiles("{src,bench,clients,test,scripts,bin}/**/*.{ts,js,mjs,py}");

/** Where a banned word is a noun of the business: the AI services whose documents we follow. */
const SERVICES = /^test\/services\//;
const namesOf = (path: string) => (SERVICES.test(path) ? path.replaceAll("services", "") : path);

test("no file or folder has a name that says nothing", () => {
  const bad = [...sources.keys()].filter((path) => bannedWords(namesOf(path)).length > 0);
  expect(bad).toEqual([]);
});

test("no export has a name that says nothing", () => {
  const bad: string[] = [];
  for (const [path, source] of sources) {
    if (path.endsWith(".py")) continue;
    for (const name of exportedNames(source)) if (bannedWords(name).length > 0) bad.push(`${path}: ${name}`);
  }
  expect(bad).toEqual([]);
});

const ANY = /(?:[:<,|&(=]|=>|\bas|\bextends|\bsatisfies)\s*any\b(?!\s*[(:.])|\bany\s*\[\]/;

test("no `any`", () => {
  const bad = [...sources].filter(
    ([path, source]) => path.endsWith(".ts") && ANY.test(skeletonOf(source).code),
  );
  expect(bad.map(([path]) => path)).toEqual([]);
});

test("no check is silenced", () => {
  const silenced = /^\s*(?:@ts-(?:ignore|expect-error|nocheck)|biome-ignore|knip-ignore)/;
  const bad = [...sources].filter(
    ([path, source]) =>
      !path.endsWith(".py") && skeletonOf(source).comments.some((text) => silenced.test(text)),
  );
  expect(bad.map(([path]) => path)).toEqual([]);
});

test.each([
  ["helper", ["helper"]],
  ["dataUtils", ["data", "utils"]],
  ["HTTPInfo", ["info"]],
  ["src/common/user-service.ts", ["common", "service"]],
  ["database", []],
  ["information", []],
  ["serviceableUtility", []],
])("banned words of %s", (name, words) => {
  expect(bannedWords(name)).toEqual(words);
});

test("exported names are found, and nothing else", () => {
  const source = `export async function one() { const data = 1; }
    export const two = 2, three = 3;
    export type { Four, Five as Six } from "./x.ts";
    export interface Seven { info: string }
    // export const eight = 8;
    const text = "export const nine = 9";`;
  expect(exportedNames(source).sort()).toEqual(["Four", "Seven", "Six", "one", "two"]);
});

test.each([
  ["const a: any = 1;", true],
  ["const a = b as any;", true],
  ["const a: Map<string, any> = b;", true],
  ["type A = any[];", true],
  ["function f(a: any) {}", true],
  ["type A<T extends any> = T;", true],
  ["await Promise.any([a]);", false],
  ["// any: of them", false],
  ["const text = ': any';", false],
  ["const many: number = 1;", false],
  ["z.union([z.any()])", false],
])("any in %j", (source, expected) => {
  expect(ANY.test(skeletonOf(source).code)).toBe(expected);
});
