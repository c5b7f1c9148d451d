import { lineEnd, nextLine, Unreadable } from "./text.ts";

/** A header `[a.b]`. */
export interface TomlTable {
  readonly kind: "table";
  readonly path: readonly string[];
  /** `[[a.b]]`: one of several, which we never write into. */
  readonly several: boolean;
  readonly start: number;
  /** Behind its line end. */
  readonly end: number;
}

/** `key = value`, its path counted from the top. */
export interface TomlPair {
  readonly kind: "pair";
  readonly path: readonly string[];
  readonly table: TomlTable | undefined;
  readonly start: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  /** Behind its line end. */
  readonly end: number;
}

const BARE_KEY = /[A-Za-z0-9_-]+/y;
const BARE_VALUE = /[^\s,#\]}]+(?: \d\d:[^\s,#\]}]+)?/y;
const SCALAR =
  /^(?:true|false|[+-]?(?:inf|nan)|0[xob][0-9a-fA-F_]+|[+-]?\d[\d_]*(?:\.[\d_]+)?(?:[eE][+-]?\d[\d_]*)?|\d{4}-\d\d-\d\d.*|\d\d:\d\d.*)$/;

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}

function skipSpace(text: string, at: number): number {
  let offset = at;
  while (text[offset] === " " || text[offset] === "\t") offset++;
  return offset;
}

/** Space, line ends and comments. */
function skipLines(text: string, at: number): number {
  let offset = at;
  for (;;) {
    while (/\s/.test(text[offset] ?? "x")) offset++;
    if (text[offset] !== "#") return offset;
    offset = lineEnd(text, offset);
  }
}

/** The statements of a TOML text in order. @throws Unreadable */
export function parseToml(text: string): (TomlTable | TomlPair)[] {
  const statements: (TomlTable | TomlPair)[] = [];
  let table: TomlTable | undefined;
  let at = skipLines(text, text.startsWith("\uFEFF") ? 1 : 0);
  while (at < text.length) {
    const statement: TomlTable | TomlPair = text[at] === "[" ? tableAt(text, at) : pairAt(text, at, table);
    if (statement.kind === "table") table = statement;
    statements.push(statement);
    at = skipLines(text, statement.end);
  }
  return statements;
}

function tableAt(text: string, start: number): TomlTable {
  const several = text.startsWith("[[", start);
  const close = several ? "]]" : "]";
  const { path, end } = keysAt(text, start + close.length);
  if (!text.startsWith(close, end)) throw new Unreadable(`a header is not closed by ${close}`, start);
  return { kind: "table", path, several, start, end: statementEnd(text, end + close.length) };
}

function pairAt(text: string, start: number, table: TomlTable | undefined): TomlPair {
  const { path, end } = keysAt(text, start);
  if (text[end] !== "=") throw new Unreadable("an = is missing", start);
  const valueStart = skipSpace(text, end + 1);
  const valueEnd = valueEndAt(text, valueStart);
  const whole = [...(table?.path ?? []), ...path];
  return {
    kind: "pair",
    path: whole,
    table,
    start,
    valueStart,
    valueEnd,
    end: statementEnd(text, valueEnd),
  };
}

function statementEnd(text: string, at: number): number {
  const rest = skipSpace(text, at);
  if (rest < lineEnd(text, rest) && text[rest] !== "#")
    throw new Unreadable("something follows the end of a setting", rest);
  return nextLine(text, rest);
}

function keysAt(text: string, start: number): { path: string[]; end: number } {
  const path: string[] = [];
  let at = start;
  for (;;) {
    at = skipSpace(text, at);
    const quote = text[at];
    if (quote === '"' || quote === "'") {
      const end = stringEnd(text, at, quote);
      path.push(decodeToml(text.slice(at, end)) ?? "");
      at = end;
    } else {
      const word = matchAt(BARE_KEY, text, at);
      if (word === "") throw new Unreadable("a name is missing", at);
      path.push(word);
      at += word.length;
    }
    at = skipSpace(text, at);
    if (text[at] !== ".") return { path, end: at };
    at++;
  }
}

function stringEnd(text: string, start: number, quote: string): number {
  const long = quote.repeat(3);
  if (text.startsWith(long, start)) {
    for (let at = start + 3; at < text.length; at++) {
      if (text[at] === "\\" && quote === '"') at++;
      else if (text.startsWith(long, at)) {
        let end = at + 3;
        while (text[end] === quote && end < at + 5) end++;
        return end;
      }
    }
    throw new Unreadable("a text is not closed", start);
  }
  for (let at = start + 1; at < text.length && text[at] !== "\n"; at++) {
    if (text[at] === "\\" && quote === '"') at++;
    else if (text[at] === quote) return at + 1;
  }
  throw new Unreadable("a text is not closed", start);
}

function valueEndAt(text: string, start: number): number {
  const sign = text[start] ?? "";
  if (sign === '"' || sign === "'") return stringEnd(text, start, sign);
  if (sign === "[") return listEnd(text, start);
  if (sign === "{") return inlineEnd(text, start);
  const word = matchAt(BARE_VALUE, text, start);
  if (SCALAR.test(word)) return start + word.length;
  throw new Unreadable(word === "" ? "a value is missing" : `"${word.slice(0, 40)}" is no value`, start);
}

function listEnd(text: string, start: number): number {
  let at = skipLines(text, start + 1);
  while (text[at] !== "]") {
    if (at >= text.length) throw new Unreadable("a [ is not closed", start);
    at = skipLines(text, valueEndAt(text, at));
    if (text[at] === ",") at = skipLines(text, at + 1);
    else if (text[at] !== "]") throw new Unreadable("a comma or a ] is missing", at);
  }
  return at + 1;
}

function inlineEnd(text: string, start: number): number {
  let at = skipLines(text, start + 1);
  while (text[at] !== "}") {
    if (at >= text.length) throw new Unreadable("a { is not closed", start);
    const { end } = keysAt(text, at);
    if (text[end] !== "=") throw new Unreadable("an = is missing", at);
    at = skipLines(text, valueEndAt(text, skipSpace(text, end + 1)));
    if (text[at] === ",") at = skipLines(text, at + 1);
    else if (text[at] !== "}") throw new Unreadable("a comma or a } is missing", at);
  }
  return at + 1;
}

/** The text of a short string; undefined where it is none. */
export function decodeToml(raw: string): string | undefined {
  if (/^'[^']*'$/.test(raw)) return raw.slice(1, -1);
  if (!/^"(?:[^"\\]|\\.)*"$/.test(raw)) return undefined;
  return raw
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code: string | undefined, sign: string | undefined) => {
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      return { n: "\n", t: "\t", r: "\r" }[sign ?? ""] ?? sign ?? "";
    });
}
