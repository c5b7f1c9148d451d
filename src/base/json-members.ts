/**
 * Where the members of a JSON object stand in its bytes, so that one value can be
 * exchanged without writing the rest again. The text must be valid JSON already
 * (JSON.parse said so); nothing here checks it a second time.
 */
export interface Member {
  readonly key: string;
  readonly keyStart: number;
  readonly valueStart: number;
  /** One past the value's last byte. */
  readonly valueEnd: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

/** One past the closing quote of the string that opens at `open`. */
export function stringEnd(bytes: Uint8Array, open: number): number {
  let close = bytes.indexOf(QUOTE, open + 1);
  while (close >= 0) {
    let slashes = 0;
    while (bytes[close - 1 - slashes] === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return close + 1;
    close = bytes.indexOf(QUOTE, close + 1);
  }
  return bytes.length;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at++;
  return at;
}

function bracketsEnd(bytes: Uint8Array, open: number): number {
  let depth = 0;
  let at = open;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = stringEnd(bytes, at);
      continue;
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return at + 1;
    at++;
  }
  return bytes.length;
}

function scalarEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isSpace(byte)) return at;
    at++;
  }
  return at;
}

/** One past the JSON value that starts at `start`. */
function valueEndAt(bytes: Uint8Array, start: number): number {
  const first = bytes[start];
  if (first === QUOTE) return stringEnd(bytes, start);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return bracketsEnd(bytes, start);
  return scalarEnd(bytes, start);
}

/** The key without its quotes; `"mod\u0065l"` reads `model`, as every JSON parser would have it. */
function keyText(bytes: Uint8Array, start: number, end: number): string {
  // A view and a decoder for every key would cost more than the whole scan.
  const raw = Buffer.prototype.utf8Slice.call(bytes, start + 1, end - 1);
  return raw.includes("\\") ? (JSON.parse(`"${raw}"`) as string) : raw;
}

/**
 * The members of the object that opens at or after `from` (white space and a byte order mark
 * may precede it), in their order, duplicates included.
 */
export function scanMembers(bytes: Uint8Array, from = 0): Member[] {
  const members: Member[] = [];
  let member = memberFrom(bytes, bytes.indexOf(OPEN_BRACE, from) + 1);
  while (member !== undefined) {
    members.push(member);
    member = memberFrom(bytes, member.valueEnd);
  }
  return members;
}

/** The first member of that name in the object that opens at or after `from`; what follows it is not read. */
export function memberNamed(bytes: Uint8Array, key: string, from = 0): Member | undefined {
  let member = memberFrom(bytes, bytes.indexOf(OPEN_BRACE, from) + 1);
  while (member !== undefined && member.key !== key) member = memberFrom(bytes, member.valueEnd);
  return member;
}

/** The member that stands at `from`, past a comma; undefined where the object ends. */
function memberFrom(bytes: Uint8Array, from: number): Member | undefined {
  let keyStart = skipSpace(bytes, from);
  if (bytes[keyStart] === COMMA) keyStart = skipSpace(bytes, keyStart + 1);
  if (bytes[keyStart] !== QUOTE) return undefined;
  const keyEnd = stringEnd(bytes, keyStart);
  const colon = skipSpace(bytes, keyEnd);
  if (bytes[colon] !== COLON) return undefined;
  const valueStart = skipSpace(bytes, colon + 1);
  const valueEnd = valueEndAt(bytes, valueStart);
  return { key: keyText(bytes, keyStart, keyEnd), keyStart, valueStart, valueEnd };
}

export function findMember(members: readonly Member[], key: string): Member | undefined {
  for (const member of members) if (member.key === key) return member;
  return undefined;
}
