/**
 * A source without what only looks like code. Every string literal is replaced by `"N"`, N being its place in
 * `strings`; comments, regular expressions and the text of templates are blank. Newlines stay, so that lines
 * keep their numbers.
 */
export interface Skeleton {
  readonly code: string;
  readonly strings: readonly string[];
  /** The text of every comment, without its marks. */
  readonly comments: readonly string[];
}

interface Cursor {
  readonly source: string;
  at: number;
  code: string;
  readonly strings: string[];
  readonly comments: string[];
}

/** Reads a TypeScript or JavaScript source (no JSX). */
export function skeletonOf(source: string): Skeleton {
  const cursor: Cursor = { source, at: 0, code: "", strings: [], comments: [] };
  while (cursor.at < source.length) readCode(cursor);
  const { code, strings, comments } = cursor;
  return { code, strings, comments };
}

/** Reads up to the end, or past the brace that closes a template's `${`. */
function readCode(cursor: Cursor): void {
  let open = 1;
  while (open > 0 && cursor.at < cursor.source.length) {
    const char = cursor.source.charAt(cursor.at);
    if (char === "{") open++;
    if (char === "}") open--;
    readToken(cursor, char);
  }
}

function readToken(cursor: Cursor, char: string): void {
  const pair = cursor.source.slice(cursor.at, cursor.at + 2);
  if (pair === "//") readComment(cursor, "\n", 0);
  else if (pair === "/*") readComment(cursor, "*/", 2);
  else if (char === '"' || char === "'") readString(cursor, char);
  else if (char === "`") readTemplate(cursor);
  else if (char === "/" && startsRegExp(cursor.code)) readRegExp(cursor);
  else keep(cursor, 1);
}

function keep(cursor: Cursor, length: number): void {
  cursor.code += cursor.source.slice(cursor.at, cursor.at + length);
  cursor.at += length;
}

function blank(cursor: Cursor, end: number): void {
  cursor.code += cursor.source.slice(cursor.at, end).replace(/[^\n]/g, " ");
  cursor.at = end;
}

function readComment(cursor: Cursor, mark: string, markLength: number): void {
  const found = cursor.source.indexOf(mark, cursor.at + 2);
  const end = found < 0 ? cursor.source.length : found;
  cursor.comments.push(cursor.source.slice(cursor.at + 2, end));
  blank(cursor, Math.min(end + markLength, cursor.source.length));
}

function readString(cursor: Cursor, quote: string): void {
  const start = cursor.at + 1;
  let end = start;
  while (end < cursor.source.length && cursor.source.charAt(end) !== quote) {
    end += cursor.source.charAt(end) === "\\" ? 2 : 1;
  }
  cursor.strings.push(cursor.source.slice(start, end));
  cursor.code += `"${cursor.strings.length - 1}"`;
  cursor.at = end + 1;
}

function readTemplate(cursor: Cursor): void {
  keep(cursor, 1);
  while (cursor.at < cursor.source.length && cursor.source.charAt(cursor.at) !== "`") {
    if (cursor.source.startsWith("${", cursor.at)) {
      keep(cursor, 2);
      readCode(cursor);
    } else {
      blank(cursor, cursor.at + (cursor.source.charAt(cursor.at) === "\\" ? 2 : 1));
    }
  }
  keep(cursor, 1);
}

/** A slash after a value divides; anywhere else it starts a regular expression. */
function startsRegExp(before: string): boolean {
  const text = before.trimEnd();
  if (/(?:^|[^\w$.])(?:return|typeof|case|in|of|do|else|void|delete|await|yield)$/.test(text)) return true;
  return text === "" || !/[\w$)\]}"`]/.test(text.slice(-1));
}

function readRegExp(cursor: Cursor): void {
  let end = cursor.at + 1;
  let inClass = false;
  for (; end < cursor.source.length; end++) {
    const char = cursor.source.charAt(end);
    if (char === "\n") break;
    if (char === "\\") end++;
    else if (char === "[") inClass = true;
    else if (char === "]") inClass = false;
    else if (char === "/" && !inClass) break;
  }
  // Something that stands for a value: what follows a regular expression divides.
  cursor.code += "0";
  cursor.at += 1;
  blank(cursor, end + 1);
}
