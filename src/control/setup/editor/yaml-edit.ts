import { type Edit, ended, eolOf, type Item, splice, Unreadable, type Value } from "./text.ts";
import { parseYaml, type YamlLines, type YamlPair } from "./yaml-parse.ts";

type Items = Extract<Edit, { op: "items" }>;

/** YAML settings after an edit of a member at the top, or of a list there; all else stays. @throws Unreadable */
export function editYaml(text: string, edit: Edit): string {
  const lines = parseYaml(text);
  const key = edit.path[0] ?? "";
  const pair = lines.pairs.findLast((found) => found.column === 0 && found.key === key);
  if (edit.op === "items") return setItems(text, edit, key);
  if (edit.op === "unset") return pair ? cutLines(text, lines, pair.line, pair.lastLine) : text;
  if (pair) return edit.op === "default" ? text : replaceValue(text, lines, pair, edit.value);
  const eol = eolOf(text);
  return `${ended(text, eol)}${key}: ${renderYaml(edit.value)}${eol}`;
}

/** Words that YAML reads as something else than text, and signs that mean something, are quoted. */
function renderYaml(value: Value): string {
  if (typeof value !== "string") return JSON.stringify(value);
  const plain =
    /^[A-Za-z_/][\w./@+-]*(?::[\w./@+-]+)*$/.test(value) &&
    !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value);
  return plain ? value : JSON.stringify(value);
}

function decodeYaml(raw: string): Item[string] | undefined {
  const text = raw.trim();
  if (/^'(?:[^']|'')*'$/.test(text)) return text.slice(1, -1).replaceAll("''", "'");
  if (/^"(?:[^"\\]|\\["\\/])*"$/.test(text)) return text.slice(1, -1).replace(/\\(.)/g, "$1");
  if (/^["'|>[{&*!]/.test(text) || text.includes("\n")) return undefined;
  if (/^(?:true|false)$/.test(text)) return text === "true";
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

const scalarOf = (text: string, pair: YamlPair) => decodeYaml(text.slice(pair.valueStart, pair.valueEnd));

function replaceValue(text: string, lines: YamlLines, pair: YamlPair, value: Value): string {
  if (scalarOf(text, pair) === value && pair.valueEnd > pair.valueStart) return text;
  const empty = pair.valueEnd === pair.valueStart;
  const below = lines.solid.find((line) => line > pair.line);
  const indent = /^ */.exec(text.slice(lines.starts[below ?? 0] ?? 0))?.[0].length ?? 0;
  if (empty && below !== undefined && indent > pair.column)
    throw new Unreadable(`${pair.key} holds more than one value`, lines.starts[pair.line] ?? 0);
  const gap = empty && !/\s/.test(text[pair.valueStart - 1] ?? " ") ? " " : "";
  const space = empty && /[^\s]/.test(text[pair.valueStart] ?? "\n") ? " " : "";
  return splice(text, [
    { start: pair.valueStart, end: pair.valueEnd, text: gap + renderYaml(value) + space },
  ]);
}

function cutLines(text: string, lines: YamlLines, first: number, last: number): string {
  return splice(text, [
    { start: lines.starts[first] ?? 0, end: lines.starts[last + 1] ?? text.length, text: "" },
  ]);
}

/** An entry of a list: its dash, its own pairs, and its last line that is not empty. */
interface Entry {
  readonly line: number;
  readonly column: number;
  readonly lastLine: number;
  readonly pairs: readonly YamlPair[];
}

interface List {
  readonly pair: YamlPair;
  readonly column: number;
  readonly entries: readonly Entry[];
}

function listAt(text: string, lines: YamlLines, key: string): List | undefined {
  const pair = lines.pairs.findLast((found) => found.column === 0 && found.key === key);
  if (!pair) return undefined;
  const next = lines.pairs.find((found) => found.column === 0 && found.line > pair.line);
  const end = next?.line ?? lines.starts.length;
  const inside = lines.items.filter(({ line }) => line > pair.line && line < end);
  const column = inside[0]?.column ?? 0;
  const dashes = inside.filter((item) => item.column === column);
  const raw = text.slice(pair.valueStart, pair.valueEnd);
  const solid = lines.solid.filter((line) => line > pair.line && line < end);
  if ((raw !== "" && !/^(?:\[\s*\]|null|~)$/.test(raw)) || (dashes.length === 0 && solid.length > 0))
    throw new Unreadable(`${key} is not written as a list with a dash before each entry`, pair.valueStart);
  const entries = dashes.map(({ line }, index) => {
    const to = dashes[index + 1]?.line ?? end;
    const own = lines.pairs.filter((found) => found.line >= line && found.line < to);
    const first = own[0]?.column ?? 0;
    return {
      line,
      column,
      lastLine: solid.findLast((found) => found < to) ?? line,
      pairs: own.filter((found) => found.column === first),
    };
  });
  return { pair, column, entries };
}

function ownedId(text: string, { pairs }: Entry, { owner, owners, id }: Items): Item[string] | undefined {
  const member = (name: string) => {
    const pair = pairs.find(({ key }) => key === name);
    return pair && scalarOf(text, pair);
  };
  return owners.includes(String(member(owner))) ? member(id) : undefined;
}

function setItems(text: string, edit: Items, key: string): string {
  const { id, values } = edit;
  let result = text;
  const list = () => listAt(result, parseYaml(result), key);
  const ids = () => list()?.entries.map((entry) => ownedId(result, entry, edit)) ?? [];
  for (let at = ids().length - 1; at >= 0; at--) {
    const own = ids()[at];
    const entry = list()?.entries[at];
    if (own === undefined || !entry) continue;
    if (!values.some((value) => value[id] === own) || ids().indexOf(own) < at)
      result = cutLines(result, parseYaml(result), entry.line, entry.lastLine);
  }
  for (const value of values) {
    const at = ids().indexOf(value[id]);
    if (at < 0) result = addEntry(result, list(), key, value);
    else
      for (const [name, member] of Object.entries(value))
        result = setMember(result, list()?.entries[at], name, member);
  }
  return result;
}

function setMember(text: string, entry: Entry | undefined, name: string, value: Item[string]): string {
  if (!entry) throw new Error("The entry was there a moment ago.");
  const lines = parseYaml(text);
  const pair = entry.pairs.find(({ key }) => key === name);
  if (pair) return replaceValue(text, lines, pair, value);
  const indent = " ".repeat(entry.pairs[0]?.column ?? entry.column + 2);
  return insertBelow(text, lines, entry.lastLine, [`${indent}${name}: ${renderYaml(value)}`]);
}

function insertBelow(text: string, lines: YamlLines, line: number, added: readonly string[]): string {
  const eol = eolOf(text);
  const at = lines.starts[line + 1] ?? text.length;
  const head = ended(text.slice(0, at), eol);
  const open = at === text.length && !text.endsWith("\n");
  return head + added.join(eol) + (open ? "" : eol) + text.slice(at);
}

function addEntry(text: string, list: List | undefined, key: string, value: Item): string {
  const eol = eolOf(text);
  const column = list && list.entries.length > 0 ? list.column : 2;
  const rows = Object.entries(value).map(
    ([name, member], index) =>
      `${" ".repeat(column)}${index === 0 ? "- " : "  "}${name}: ${renderYaml(member)}`,
  );
  if (!list) return `${ended(text, eol)}${[`${key}:`, ...rows].join(eol)}${eol}`;
  const last = list.entries.at(-1);
  if (last) return insertBelow(text, parseYaml(text), last.lastLine, rows);
  const bare = splice(text, [{ start: list.pair.valueStart, end: list.pair.valueEnd, text: "" }]);
  return insertBelow(bare, parseYaml(bare), list.pair.line, rows);
}
