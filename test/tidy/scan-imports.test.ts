import { expect, test } from "bun:test";
import { scanImports } from "./scan-imports.ts";

const scanned = (source: string) => scanImports(source).map(({ kind, specifier }) => `${kind} ${specifier}`);

test.each([
  ['import a from "./a.ts";', "static ./a.ts"],
  ["import * as a from './a.ts'", "static ./a.ts"],
  ['import "./effect.ts";', "static ./effect.ts"],
  ['import { a, type B } from "./a.ts";', "static ./a.ts"],
  ['import {\n  a,\n  b, // why\n} from\n  "./a.ts";', "static ./a.ts"],
  ['import type { A } from "./a.ts";', "type ./a.ts"],
  ['import type A from "./a.ts";', "type ./a.ts"],
  ['import type\n  * as A\n  from "./a.ts";', "type ./a.ts"],
  ['import type from "./a.ts";', "static ./a.ts"],
  ['export { a } from "./a.ts";', "static ./a.ts"],
  ['export * from "./a.ts";', "static ./a.ts"],
  ['export * as a from "./a.ts";', "static ./a.ts"],
  ['export type { A } from "./a.ts";', "type ./a.ts"],
  ['export type * from "./a.ts";', "type ./a.ts"],
  ['const a = await import("./a.ts");', "dynamic ./a.ts"],
  ['const a = import(\n  /* why */ "./a.ts",\n);', "dynamic ./a.ts"],
  ['type A = import("./a.ts").A;', "dynamic ./a.ts"],
  ['const a = require("./a.ts");', "dynamic ./a.ts"],
  ['const path = import.meta.resolve("./a.ts");', "dynamic ./a.ts"],
  ['new Worker(new URL("./a.ts", import.meta.url))', "dynamic ./a.ts"],
  ['import json from "./a.json" with { type: "json" };', "static ./a.json"],
  [`const text = \`\${await import("./a.ts")}\`;`, "dynamic ./a.ts"],
  ['const odd = /["`]/; import a from "./a.ts";', "static ./a.ts"],
  ['const half = (a / b) / c; import d from "./d.ts"; // "', "static ./d.ts"],
])("finds the import in %j", (source, expected) => {
  expect(scanned(source)).toEqual([expected]);
});

test.each([
  '// import a from "./a.ts";',
  '/* import a from "./a.ts"; */',
  'const text = `import a from "./a.ts"`;',
  "const text = 'import a from \"./a.ts\"';",
  'export const from = "./a.ts";',
  'export function from(a: string) { return from("./a.ts"); }',
  'const sample = new URL("./sample.json", import.meta.url);',
  'export type Kind = "./a.ts";',
  'const pattern = /import a from "b"/;',
])("finds nothing in %j", (source) => {
  expect(scanned(source)).toEqual([]);
});

test("finds all of several, in any order", () => {
  const source = 'import a from "a";\nimport type { B } from "b";\nexport const x = 1;\nexport * from "c";';
  expect(scanned(source).sort()).toEqual(["static a", "static c", "type b"]);
});
