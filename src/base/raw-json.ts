/**
 * The source text of objects and lists inside a parsed JSON document, for what must go on unchanged:
 * tool schemas and arguments, where `1.0`, `1e3`, numbers past 2^53, escapes and the order of keys count.
 */
export interface RawIndex {
  /** The text of an object or list of the document, exactly as it was written. */
  of(value: object): string;
}

/** Source text that `writeJson` puts into a document as it stands. */
export class Raw {
  constructor(readonly text: string) {}

  /** For `JSON.stringify`, which knows values only: right, but no longer as it was written. */
  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

/**
 * Indexes a document on the first question.
 * @param source valid JSON, as text or in UTF-8
 * @param root what JSON.parse made of it
 */
export function rawIndex(source: string | Uint8Array, root: unknown): RawIndex {
  let document: Walk | undefined;
  return {
    of(value) {
      document ??= indexSpans(typeof source === "string" ? source : decoder.decode(source), root);
      const span = document.spans.get(value);
      // A value that is no part of the document was made by us: writing it loses nothing.
      return span ? copyOf(document.text, span) : JSON.stringify(value);
    },
  };
}

const decoder = new TextDecoder();

const LARGE_TEXT = 64 * 1024;

/** A slice keeps the whole text in memory as long as it lives: of a large one a small part is copied. */
function copyOf(text: string, { start, end }: Span): string {
  const slice = text.slice(start, end);
  return text.length > LARGE_TEXT && slice.length < text.length / 2 ? Buffer.from(slice).toString() : slice;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Walk {
  readonly text: string;
  readonly spans: Map<object, Span>;
}

function indexSpans(text: string, root: unknown): Walk {
  const walk = { text, spans: new Map<object, Span>() };
  walkValue(walk, skipSpace(text, 0), root);
  return walk;
}

const QUOTE = 0x22;

/** One past the closing quote of the string that opens at `open`. */
function stringEnd(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (close >= 0) {
    let slashes = 0;
    while (text.charCodeAt(close - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return close + 1;
    close = text.indexOf('"', close + 1);
  }
  return text.length;
}

/** White space, the commas and colons between values, and a byte order mark. */
function skipSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (
      code !== 0x20 &&
      code !== 0x0a &&
      code !== 0x0d &&
      code !== 0x09 &&
      code !== 0x2c &&
      code !== 0x3a &&
      code !== 0xfeff
    )
      return at;
    at++;
  }
}

function scalarEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !",]} \n\r\t".includes(text.charAt(at))) at++;
  return at;
}

/** Notes where the value that starts at `from` stands, and answers one past its end. */
function walkValue(walk: Walk, from: number, value: unknown): number {
  const { text } = walk;
  const code = text.charCodeAt(from);
  if (code === QUOTE) return stringEnd(text, from);
  if (code !== 0x7b && code !== 0x5b) return scalarEnd(text, from);
  const end = code === 0x7b ? walkObject(walk, from, value) : walkList(walk, from, value);
  if (typeof value === "object" && value !== null) walk.spans.set(value, { start: from, end });
  return end;
}

function walkObject(walk: Walk, from: number, value: unknown): number {
  const { text } = walk;
  const members = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  let at = skipSpace(text, from + 1);
  while (text.charCodeAt(at) === QUOTE) {
    const keyEnd = stringEnd(text, at);
    const key = text.slice(at + 1, keyEnd - 1);
    const name = key.includes("\\") ? (JSON.parse(`"${key}"`) as string) : key;
    // Of a key that stands twice the last counts, and is walked last.
    at = skipSpace(text, walkValue(walk, skipSpace(text, keyEnd), members[name]));
  }
  return at + 1;
}

function walkList(walk: Walk, from: number, value: unknown): number {
  const { text } = walk;
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  let at = skipSpace(text, from + 1);
  for (let index = 0; at < text.length && text.charCodeAt(at) !== 0x5d; index++) {
    at = skipSpace(text, walkValue(walk, at, items[index]));
  }
  return at + 1;
}

/** A value of the document, to be written again as it was: the source text of objects and lists. */
export function asWritten(value: unknown, index: RawIndex): unknown {
  return typeof value === "object" && value !== null ? new Raw(index.of(value)) : value;
}

/** JSON of a value in which `Raw` stands for source text. Members that are undefined are left out. */
export function writeJson(value: unknown): string {
  if (value instanceof Raw) return value.text;
  if (!holdsRaw(value)) return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(",")}]`;
  const members: string[] = [];
  for (const [key, member] of Object.entries(value as object)) {
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${writeJson(member)}`);
  }
  return `{${members.join(",")}}`;
}

/** Whether any of a value is source text: the runtime writes all else several times faster. */
function holdsRaw(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (value instanceof Raw) return true;
  if (Array.isArray(value)) return value.some(holdsRaw);
  for (const key in value) if (holdsRaw((value as Record<string, unknown>)[key])) return true;
  return false;
}
