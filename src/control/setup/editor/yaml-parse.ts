import { Unreadable } from "./text.ts";

/** A `key: value` in block style. */
export interface YamlPair {
  /** Column of the key. */
  readonly column: number;
  readonly key: string;
  readonly line: number;
  /** Offsets of the value on the key's line and beyond; equal where there is none. */
  readonly valueStart: number;
  readonly valueEnd: number;
  /** The last line that belongs to the value. */
  readonly lastLine: number;
}

/** A `- ` in block style, by the column of its dash. */
export interface YamlItem {
  readonly column: number;
  readonly line: number;
}

export interface YamlLines {
  readonly starts: readonly number[];
  readonly pairs: readonly YamlPair[];
  readonly items: readonly YamlItem[];
  /** Lines that hold something besides comments and space. */
  readonly solid: readonly number[];
}

const KEY =
  /(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)'|([^\s#&*!|>'"%@`{}[\],?-][^#\n]*?|[?-][^\s#][^#\n]*?))\s*:(?=\s|$)/y;

interface Walk {
  readonly text: string;
  readonly starts: readonly number[];
  readonly pairs: YamlPair[];
  readonly items: YamlItem[];
  readonly solid: number[];
  /** Columns of the open blocks. */
  readonly open: number[];
}

function lineStarts(text: string): number[] {
  const starts = [text.startsWith("\uFEFF") ? 1 : 0];
  for (let at = text.indexOf("\n"); at >= 0 && at + 1 < text.length; at = text.indexOf("\n", at + 1))
    starts.push(at + 1);
  return starts;
}

function lineAt({ text, starts }: Walk, line: number): string {
  const end = starts[line + 1] ?? text.length;
  return text.slice(starts[line], end).replace(/\r?\n$/, "");
}

/**
 * What of a YAML text is block style, and where it stands: enough to change plain settings and to find what is
 * broken in people's files; no whole parser.
 * @throws Unreadable
 */
export function parseYaml(text: string): YamlLines {
  const walk: Walk = { text, starts: lineStarts(text), pairs: [], items: [], solid: [], open: [] };
  for (let line = 0; line < walk.starts.length; ) {
    const content = lineAt(walk, line);
    if (/^\s*(?:#|$)/.test(content) || /^%/.test(content)) line++;
    else if (/^(?:---|\.\.\.)(?:\s|$)/.test(content)) {
      if (content.startsWith("---") && walk.solid.length > 0)
        throw new Unreadable("there is a second document in the file", walk.starts[line] ?? 0);
      line++;
    } else {
      const last = structureAt(walk, line, content);
      for (let solid = line; solid <= last; solid++) walk.solid.push(solid);
      line = last + 1;
    }
  }
  return walk;
}

/** Takes in a line with its dashes, key and value; returns the last line of the value. */
function structureAt(walk: Walk, line: number, content: string): number {
  const start = walk.starts[line] ?? 0;
  let column = /^ */.exec(content)?.[0].length ?? 0;
  if (content[column] === "\t") throw new Unreadable("a tab indents the line; YAML takes spaces only", start);
  enter(walk, column, start);
  while (/^-(?:\s|$)/.test(content.slice(column))) {
    walk.items.push({ column, line });
    column += 1 + (/^\s*/.exec(content.slice(column + 1))?.[0].length ?? 0);
    if (column >= content.length || content[column] === "#") return line;
    if (walk.open.at(-1) !== column) walk.open.push(column);
  }
  KEY.lastIndex = column;
  const match = KEY.exec(content);
  const item = walk.items.at(-1);
  if (!match) return extentOf(walk, line, column, item?.line === line, item?.column ?? 0).lastLine;
  const key = match[3] ?? match[2]?.replaceAll("''", "'") ?? match[1] ?? "";
  const behind = column + match[0].length;
  const gap = /^\s*/.exec(content.slice(behind))?.[0].length ?? 0;
  const value = extentOf(walk, line, behind + gap, true, column);
  walk.pairs.push({ column, key, line, ...value });
  return value.lastLine;
}

/** A line's block must be open already, or lie deeper than all that are. */
function enter({ open }: Walk, column: number, start: number): void {
  let closed = false;
  while (open.length > 0 && (open.at(-1) ?? 0) > column) {
    open.pop();
    closed = true;
  }
  if (open.at(-1) === column) return;
  if (closed) throw new Unreadable("the line is indented like no other above it", start);
  open.push(column);
}

interface Extent {
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly lastLine: number;
}

/** How far a value reaches that begins at a column. */
function extentOf(walk: Walk, line: number, column: number, valid: boolean, owner: number): Extent {
  const { text, starts } = walk;
  const content = lineAt(walk, line);
  const valueStart = (starts[line] ?? 0) + column;
  const tagged = /^(?:[&!][^\s]*\s+)*/.exec(content.slice(column))?.[0].length ?? 0;
  const sign = content[column + tagged] ?? "";
  if (sign === "" || sign === "#") return { valueStart, valueEnd: valueStart, lastLine: line };
  if (sign === "|" || sign === ">") {
    const lastLine = deeperLines(walk, line, owner);
    return { valueStart, valueEnd: (starts[lastLine] ?? 0) + lineAt(walk, lastLine).length, lastLine };
  }
  if (/["'[{]/.test(sign)) {
    const valueEnd =
      sign === "[" || sign === "{" ? flowEnd(text, valueStart + tagged) : quoteEnd(text, valueStart + tagged);
    const lastLine = starts.findLastIndex((at) => at < valueEnd);
    const rest = lineAt(walk, lastLine).slice(valueEnd - (starts[lastLine] ?? 0));
    if (!/^\s*(?:#.*)?$/.test(rest)) throw new Unreadable("something follows the end of a value", valueEnd);
    return { valueStart, valueEnd, lastLine };
  }
  if (!valid) throw new Unreadable("a colon is missing, or the line is indented wrongly", valueStart);
  const plain = content
    .slice(column)
    .replace(/\s+#.*$/, "")
    .trimEnd();
  if (/:\s/.test(plain)) throw new Unreadable("a value with a colon in it is not quoted", valueStart);
  return plainExtent(walk, line, owner, valueStart, plain);
}

/** A plain value goes on in the deeper lines below it, none of which is a pair. */
function plainExtent(walk: Walk, line: number, owner: number, valueStart: number, plain: string): Extent {
  const lastLine = deeperLines(walk, line, owner);
  for (let next = line + 1; next <= lastLine; next++) {
    const content = lineAt(walk, next);
    KEY.lastIndex = /^\s*/.exec(content)?.[0].length ?? 0;
    if (KEY.test(content))
      throw new Unreadable(
        "the line is indented as if it belonged to the value above",
        walk.starts[next] ?? 0,
      );
  }
  const valueEnd =
    lastLine === line
      ? valueStart + plain.length
      : (walk.starts[lastLine] ?? 0) + lineAt(walk, lastLine).length;
  return { valueStart, valueEnd, lastLine };
}

/** The last line below that is indented deeper; empty lines between count, those behind do not. */
function deeperLines(walk: Walk, line: number, owner: number): number {
  let last = line;
  for (let next = line + 1; next < walk.starts.length; next++) {
    const content = lineAt(walk, next);
    if (/^\s*$/.test(content)) continue;
    if ((/^ */.exec(content)?.[0].length ?? 0) <= owner) break;
    last = next;
  }
  return last;
}

function quoteEnd(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\" && quote === '"') at++;
    else if (text[at] === quote) {
      if (quote === "'" && text[at + 1] === "'") at++;
      else return at + 1;
    }
  }
  throw new Unreadable("a text is not closed", start);
}

function flowEnd(text: string, start: number): number {
  const open: string[] = [];
  for (let at = start; at < text.length; at++) {
    const sign = text[at] ?? "";
    if (sign === '"' || (sign === "'" && /[\s,[{:]/.test(text[at - 1] ?? ""))) at = quoteEnd(text, at) - 1;
    else if (sign === "[" || sign === "{") open.push(sign === "[" ? "]" : "}");
    else if (sign === "]" || sign === "}") {
      if (open.pop() !== sign) throw new Unreadable(`a ${sign} closes nothing`, at);
      if (open.length === 0) return at + 1;
    } else if (sign === "#" && /\s/.test(text[at - 1] ?? ""))
      at = text.indexOf("\n", at) < 0 ? text.length : text.indexOf("\n", at);
  }
  throw new Unreadable(`a ${text[start]} is not closed`, start);
}
