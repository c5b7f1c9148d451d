import { expect, test } from "bun:test";
import { measureFunctions } from "./measure-functions.ts";
import { readFiles } from "./source-tree.ts";

const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 70;

/** Files and functions ("path: name") that may be longer, each with the reason that makes it better whole. */
const LONGER: ReadonlyMap<string, string> = new Map([
  ["src/core/generation/request.ts", "types alone, one vocabulary whose parts refer to each other"],
]);

const sources = await readFiles("src/**/*.ts");
const linesOf = (source: string) => source.trimEnd().split("\n").length;

test(`files of src/ have at most ${FILE_LINES_MAX} lines`, () => {
  const long = [...sources].filter(([path, text]) => linesOf(text) > FILE_LINES_MAX && !LONGER.has(path));
  expect(long.map(([path, text]) => `${path} (${linesOf(text)})`)).toEqual([]);
});

test(`functions of src/ have at most ${FUNCTION_LINES_MAX} lines`, () => {
  const long: string[] = [];
  for (const [path, text] of sources) {
    for (const { name, line, lines } of measureFunctions(text)) {
      if (lines > FUNCTION_LINES_MAX && !LONGER.has(`${path}: ${name}`)) {
        long.push(`${path}: ${name} (${lines} lines from line ${line})`);
      }
    }
  }
  expect(long).toEqual([]);
});

test("every exception still exists", () => {
  const gone = [...LONGER.keys()].filter((key) => !sources.has(key.split(":", 1)[0] ?? ""));
  expect(gone).toEqual([]);
});

const body = (lines: number) => "  step();\n".repeat(lines);

test.each([
  ["function f(a: { b: number }): { c: number } {", "f"],
  ["export async function* f<A, B>(\n  { a, b }: X,\n  c = () => 1,\n) {", "f"],
  ["const f = async (a: number): Promise<void> => {", "f"],
  ["export const f: Handler = function () {", "f"],
])("measures %j", (head, name) => {
  const headLines = head.split("\n").length;
  const [found, ...others] = measureFunctions(`\n${head}\n${body(80)}}\n`).filter(({ lines }) => lines > 1);
  expect(found).toEqual({ name, line: 2, lines: headLines + 81 });
  expect(others).toEqual([]);
});

test("measures methods and functions inside others", () => {
  const source = `class A {\n  private async run(a: string): Promise<B> {\n${body(75)}  }\n}\nconst o = {\n  go(a) {\n${body(3)}  },\n};\ncall(1, () => {\n${body(2)}});`;
  const found = measureFunctions(source).map(({ name, lines }) => `${name.split("(", 1)[0]} ${lines}`);
  expect(found).toEqual(["private async run 77", "go 5", " 4"]);
});

test("what is no function is not measured", () => {
  const source = `const TABLE: Record<string, () => void> = {\n${'  a: "1",\n'.repeat(90)}};\nif (a) {\n${body(90)}}\nfor (const a of b) {\n${body(90)}}\nclass A extends B(C) {\n${"  a = 1;\n".repeat(90)}}\ninterface I {\n${"  a: 1;\n".repeat(90)}}`;
  expect(measureFunctions(source).filter(({ lines }) => lines > 5)).toEqual([]);
});
