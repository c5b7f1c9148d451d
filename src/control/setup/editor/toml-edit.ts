import {
  type Edit,
  ended,
  eolOf,
  lineStart,
  nextLine,
  sameValue,
  shownPath,
  splice,
  Unreadable,
  type Value,
} from "./text.ts";
import { decodeToml, parseToml, type TomlPair, type TomlTable } from "./toml-parse.ts";

/** TOML settings after an edit; all else stays as it is. Lists of tables are not ours to write. @throws Unreadable */
export function editToml(text: string, edit: Edit): string {
  const { path, op } = edit;
  if (op === "items") throw new Error("There is no list of ours in TOML.");
  const statements = parseToml(text);
  const pair = statements.find(
    (found): found is TomlPair => found.kind === "pair" && sameValue(found.path, path),
  );
  if (op === "unset")
    return pair
      ? splice(text, [{ start: lineStart(text, pair.start), end: nextLine(text, pair.valueEnd), text: "" }])
      : text;
  if (pair) return op === "default" ? text : replaceValue(text, pair, edit.value);
  refuseInline(statements, path);
  return insertPair(text, statements, path, edit.value);
}

function replaceValue(text: string, pair: TomlPair, value: Value): string {
  const raw = text.slice(pair.valueStart, pair.valueEnd);
  const written = JSON.stringify(value);
  if (raw === written || (typeof value === "string" && decodeToml(raw) === value)) return text;
  return splice(text, [{ start: pair.valueStart, end: pair.valueEnd, text: written }]);
}

/** `providers = { … }` holds everything below it, so nothing can be added from outside. */
function refuseInline(statements: readonly (TomlTable | TomlPair)[], path: readonly string[]): void {
  for (const found of statements) {
    const begins = (whole: readonly string[]) => sameValue(found.path, whole.slice(0, found.path.length));
    if (found.kind === "pair" && found.path.length < path.length && begins(path))
      throw new Unreadable(
        `${shownPath(found.path)} is written as one value; write it as a table [${shownPath(found.path)}]`,
        found.start,
      );
    if (found.kind === "table" && found.several && found.path.length < path.length && begins(path))
      throw new Unreadable(`[[${shownPath(found.path)}]] is a list of tables`, found.start);
  }
}

function shownKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key);
}

function insertPair(
  text: string,
  statements: readonly (TomlTable | TomlPair)[],
  path: readonly string[],
  value: Value,
): string {
  const eol = eolOf(text);
  const parent = path.slice(0, -1);
  const line = `${shownKey(path.at(-1) ?? "")} = ${JSON.stringify(value)}${eol}`;
  const table = statements.find(
    (found): found is TomlTable => found.kind === "table" && sameValue(found.path, parent),
  );
  if (parent.length > 0 && !table) {
    const whole = ended(text, eol);
    const gap = whole === "" || whole.endsWith(eol + eol) ? "" : eol;
    return `${whole}${gap}[${parent.map(shownKey).join(".")}]${eol}${line}`;
  }
  const inTable = statements.filter(
    (found): found is TomlPair => found.kind === "pair" && found.table === table,
  );
  const last = inTable.at(-1) ?? table;
  if (last) return insertLine(text, last.end, line, eol);
  const header = statements[0];
  if (!header) return ended(text, eol) + line;
  const at = commentsAbove(text, lineStart(text, header.start));
  return splice(text, [{ start: at, end: at, text: line + eol }]);
}

function insertLine(text: string, at: number, line: string, eol: string): string {
  const open = at === text.length && !text.endsWith("\n");
  return splice(text, [{ start: at, end: at, text: open ? eol + line.slice(0, -eol.length) : line }]);
}

/** Where the comments begin that stand right above a line. */
function commentsAbove(text: string, begin: number): number {
  let at = begin;
  while (at > 0) {
    const above = lineStart(text, at - 1);
    if (!/^[ \t]*#/.test(text.slice(above, at))) break;
    at = above;
  }
  return at === 0 && text.startsWith("\uFEFF") ? 1 : at;
}
