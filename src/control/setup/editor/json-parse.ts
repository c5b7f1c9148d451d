import { Unreadable } from "./text.ts";

/** A value with the place where it stands in the text. */
export interface Node {
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
  /** Of an object. */
  readonly members?: readonly Member[];
  /** Of a list. */
  readonly items?: readonly Node[];
}

export interface Member {
  readonly key: string;
  readonly start: number;
  readonly node: Node;
}

const DEPTH_MAX = 200;
const BARE = /[^\s,:[\]{}"'/]+/y;
const NUMBER = /^[+-]?(?:0x[0-9a-f]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|Infinity|NaN)$/i;
const WORDS: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

/** The first offset from `at` that is neither space nor comment. @throws Unreadable for an open comment. */
export function skipGaps(text: string, at: number): number {
  let offset = at;
  for (;;) {
    while (/\s/.test(text[offset] ?? "x")) offset++;
    if (text.startsWith("//", offset)) {
      const feed = text.indexOf("\n", offset);
      offset = feed < 0 ? text.length : feed;
    } else if (text.startsWith("/*", offset)) {
      const close = text.indexOf("*/", offset + 2);
      if (close < 0) throw new Unreadable("a comment is not closed", offset);
      offset = close + 2;
    } else return offset;
  }
}

/**
 * JSON with comments, trailing commas, single quotes and bare names, each value with its place.
 * @throws Unreadable naming what is wrong and where.
 */
export function parseJson(text: string): Node {
  const start = skipGaps(text, 0);
  if (start >= text.length) throw new Unreadable("there is no value", start);
  const root = parseValue(text, start, 0);
  const rest = skipGaps(text, root.end);
  if (rest < text.length) throw new Unreadable("something follows the end of the settings", rest);
  return root;
}

function parseValue(text: string, start: number, depth: number): Node {
  if (depth > DEPTH_MAX) throw new Unreadable("values are nested too deeply", start);
  const sign = text[start];
  if (sign === "{") return parseObject(text, start, depth);
  if (sign === "[") return parseList(text, start, depth);
  if (sign === '"' || sign === "'") return parseString(text, start);
  const word = bareAt(text, start);
  const end = start + word.length;
  if (Object.hasOwn(WORDS, word)) return { start, end, value: WORDS[word] };
  if (NUMBER.test(word)) return { start, end, value: Number(word) };
  throw new Unreadable(word === "" ? "a value is missing" : `"${word.slice(0, 40)}" is no value`, start);
}

function bareAt(text: string, start: number): string {
  BARE.lastIndex = start;
  return BARE.exec(text)?.[0] ?? "";
}

function parseString(text: string, start: number): Node {
  const quote = text[start];
  let value = "";
  for (let at = start + 1; at < text.length; at++) {
    const sign = text[at] ?? "";
    if (sign === quote) return { start, end: at + 1, value };
    if (sign === "\n") break;
    if (sign !== "\\") {
      value += sign;
      continue;
    }
    const escaped = text[++at] ?? "";
    const code = escaped === "u" ? text.slice(at + 1, at + 5) : "";
    if (/^[0-9a-fA-F]{4}$/.test(code)) {
      value += String.fromCharCode(Number.parseInt(code, 16));
      at += 4;
    } else value += ESCAPES[escaped] ?? escaped;
  }
  throw new Unreadable("a text is not closed", start);
}

function parseObject(text: string, start: number, depth: number): Node {
  const members: Member[] = [];
  let at = skipGaps(text, start + 1);
  while (text[at] !== "}") {
    const quoted = text[at] === '"' || text[at] === "'";
    const key = quoted
      ? parseString(text, at)
      : { value: bareAt(text, at), end: at + bareAt(text, at).length };
    if (key.end === at)
      throw new Unreadable(at < text.length ? "a name is missing" : "a { is not closed", at);
    const colon = skipGaps(text, key.end);
    if (text[colon] !== ":") throw new Unreadable("a colon is missing", key.end);
    const node = parseValue(text, skipGaps(text, colon + 1), depth + 1);
    members.push({ key: String(key.value), start: at, node });
    at = afterElement(text, node.end, "}");
  }
  const value = Object.fromEntries(members.map(({ key, node }) => [key, node.value]));
  return { start, end: at + 1, value, members };
}

function parseList(text: string, start: number, depth: number): Node {
  const items: Node[] = [];
  let at = skipGaps(text, start + 1);
  while (text[at] !== "]") {
    if (at >= text.length) throw new Unreadable("a [ is not closed", start);
    const item = parseValue(text, at, depth + 1);
    items.push(item);
    at = afterElement(text, item.end, "]");
  }
  return { start, end: at + 1, value: items.map(({ value }) => value), items };
}

function afterElement(text: string, end: number, close: string): number {
  const next = skipGaps(text, end);
  if (text[next] === ",") return skipGaps(text, next + 1);
  if (text[next] === close) return next;
  throw new Unreadable(next >= text.length ? `a ${close} is missing` : "a comma is missing", end);
}
