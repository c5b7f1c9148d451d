import type { Node, Pair, Scalar, YAMLError, YAMLMap, YAMLSeq } from "yaml";
import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { interpolate } from "./interpolate.ts";
import type { Path, Problem } from "./problems.ts";

const NODES_MAX = 100_000;
const DEPTH_MAX = 32;

/** What a YAML text says, with `${NAME}` replaced, and where each value of it stands. */
export interface YamlSource {
  /** Undefined where the text cannot be read at all. */
  readonly value: unknown;
  /** Faults of the text itself: these name their line. */
  readonly broken: readonly { readonly line: number; readonly message: string }[];
  readonly problems: readonly Problem[];
  /** Line (from 1) of the field at the path, or of the nearest one around it. */
  lineOf(path: Path): number;
  /** How the number at the path was written, before it became a float. */
  numberText(path: Path): string | undefined;
}

interface Reading {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly lineByPath: Map<string, number>;
  readonly numberByPath: Map<string, string>;
  readonly problems: Problem[];
  /** Finding an anchor walks the whole document. */
  readonly anchors: Map<Alias, Node | undefined>;
  nodes: number;
}

const keyOf = (path: Path): string => JSON.stringify(path);

function note(reading: Reading, path: Path, offset: number | undefined): void {
  const key = keyOf(path);
  if (offset === undefined || reading.lineByPath.has(key)) return;
  reading.lineByPath.set(key, reading.lines.linePos(offset).line);
}

function fault(reading: Reading, path: Path, message: string): undefined {
  reading.problems.push({ path, message });
  return undefined;
}

function readScalar(reading: Reading, scalar: Scalar, path: Path): unknown {
  if (typeof scalar.value === "number" && scalar.source !== undefined) {
    reading.numberByPath.set(keyOf(path), scalar.source);
  }
  if (typeof scalar.value !== "string") return scalar.value;
  const { text, problems } = interpolate(scalar.value, reading.env);
  for (const message of problems) fault(reading, path, message);
  return text;
}

function readPair(reading: Reading, pair: Pair, path: Path, into: Record<string, unknown>): void {
  if (!isScalar(pair.key) || pair.key.value === null) {
    return void fault(reading, path, "has a field whose name is not plain text; write NAME: VALUE");
  }
  const name = String(pair.key.value);
  const at = [...path, name];
  note(reading, at, pair.key.range?.[0]);
  if (name === "__proto__") return void fault(reading, at, "unknown field");
  into[name] = readNode(reading, pair.value, at);
}

function readMap(reading: Reading, map: YAMLMap, path: Path): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const pair of map.items) readPair(reading, pair, path, fields);
  return fields;
}

function readSeq(reading: Reading, seq: YAMLSeq, path: Path): unknown[] {
  return seq.items.map((item, index) => {
    const at = [...path, index];
    if (isScalar(item) || isMap(item) || isSeq(item)) note(reading, at, item.range?.[0]);
    return readNode(reading, item, at);
  });
}

function readAlias(reading: Reading, alias: Alias, path: Path): unknown {
  const target = reading.anchors.get(alias) ?? alias.resolve(reading.document);
  reading.anchors.set(alias, target);
  if (!target)
    return fault(reading, path, `*${alias.source} names no anchor; write &${alias.source} before it`);
  return readNode(reading, target, path);
}

function readNode(reading: Reading, node: unknown, path: Path): unknown {
  reading.nodes += 1;
  // An anchor inside itself, or anchors of anchors, would otherwise never end.
  if (path.length > DEPTH_MAX || reading.nodes > NODES_MAX) {
    if (reading.nodes <= NODES_MAX + 1)
      fault(reading, path.slice(0, 4), "is too deep or too large; write it out plainly");
    reading.nodes = NODES_MAX + 2;
    return undefined;
  }
  if (isAlias(node)) return readAlias(reading, node, path);
  if (isMap(node)) return readMap(reading, node, path);
  if (isSeq(node)) return readSeq(reading, node, path);
  return isScalar(node) ? readScalar(reading, node, path) : null;
}

/** The parser's words without its position, and with what it leaves out. */
function explainBroken(text: string, line: number, { code, message, pos }: YAMLError): string {
  if (code === "DUPLICATE_KEY") {
    const [, name = ""] = /^\s*("[^"]*"|'[^']*'|[^:\s]*)/.exec(text.slice(pos[0])) ?? [];
    return `the field ${name} is given twice; remove one`;
  }
  const first = (message.split("\n")[0] ?? message).replace(/ at line \d+, column \d+:?$/, "");
  // `{ api_key: ${KEY} }` is not YAML, and the parser does not say why.
  const written = text.split("\n")[line - 1] ?? "";
  if (/[{[].*[^"'$]\$\{/.test(written)) return `${first}; inside { } and [ ] write "\${NAME}" in quotes`;
  return first;
}

/** One fault a line: what follows the first is mostly its echo. */
function brokenLines(text: string, errors: readonly YAMLError[], lines: LineCounter): YamlSource["broken"] {
  const messages = new Map<number, string>();
  for (const error of errors) {
    const { line } = lines.linePos(error.pos[0]);
    if (!messages.has(line)) messages.set(line, explainBroken(text, line, error));
  }
  return [...messages].map(([line, message]) => ({ line, message }));
}

/**
 * A YAML 1.2 text as plain values. Nothing is thrown for a broken text: `broken` says what and where.
 * @param env what `${NAME}` stands for
 */
export function readYaml(text: string, env: Readonly<Record<string, string | undefined>>): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: "1.2", prettyErrors: false });
  const broken = brokenLines(text, [...document.errors, ...document.warnings], lines);
  const reading: Reading = {
    document,
    lines,
    env,
    lineByPath: new Map(),
    numberByPath: new Map(),
    problems: [],
    anchors: new Map(),
    nodes: 0,
  };
  const value = broken.length === 0 ? readNode(reading, document.contents, []) : undefined;
  return {
    value,
    broken,
    problems: reading.problems,
    lineOf: (path) => lineOf(reading, path),
    numberText: (path) => reading.numberByPath.get(keyOf(path)),
  };
}

function lineOf(reading: Reading, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const line = reading.lineByPath.get(keyOf(path.slice(0, length)));
    if (line !== undefined) return line;
  }
  return 1;
}
