/** What can be written as a setting. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

/** One change of a settings file. Paths name members from the top; `{{key}}` and `{{model}}` were filled in. */
export type Edit =
  | { readonly op: "set"; readonly path: readonly string[]; readonly value: Value }
  /** As `set`, where nothing stands there yet. */
  | { readonly op: "default"; readonly path: readonly string[]; readonly value: Value }
  | { readonly op: "unset"; readonly path: readonly string[] }
  /** Entries of a list. Ours are those whose `owner` is one of `owners`; they are told apart by `id`. */
  | {
      readonly op: "items";
      readonly path: readonly string[];
      readonly id: string;
      readonly owner: string;
      readonly owners: readonly string[];
      readonly values: readonly Item[];
    };

/** Strings, numbers and booleans only: what every format can hold in a list's entry. */
export type Item = { readonly [name: string]: string | number | boolean };

/** A file that cannot be edited; the message says why, `offset` where. */
export class Unreadable extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = "Unreadable";
    this.offset = offset;
  }
}

/** A replacement of text[start, end). */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export function splice(text: string, splices: readonly Splice[]): string {
  let result = text;
  // From the end, so that offsets hold; what is listed first at one place stands first.
  for (const { start, end, text: inserted } of [...splices].sort((a, b) => a.start - b.start).reverse())
    result = result.slice(0, start) + inserted + result.slice(end);
  return result;
}

export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** The line end that the text uses. */
export function eolOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

/** Where the line of an offset begins. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** The end of an offset's line, before its line end. */
export function lineEnd(text: string, offset: number): number {
  const feed = text.indexOf("\n", offset);
  if (feed < 0) return text.length;
  return text[feed - 1] === "\r" && feed > offset ? feed - 1 : feed;
}

/** The start of the next line, or the end of the text. */
export function nextLine(text: string, offset: number): number {
  const feed = text.indexOf("\n", offset);
  return feed < 0 ? text.length : feed + 1;
}

/** The text with a line end at its end, unless it is empty. */
export function ended(text: string, eol: string): string {
  return text === "" || text.endsWith("\n") ? text : text + eol;
}

export function isBlank(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text);
}

/** Whether two settings mean the same; the order of members does not count. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [a, b] = [left as Record<string, unknown>, right as Record<string, unknown>];
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => Object.hasOwn(b, name) && sameValue(a[name], b[name]));
}

/** The path as a person reads it: `provider.quoin`. */
export function shownPath(path: readonly (string | number)[]): string {
  return path.join(".");
}
