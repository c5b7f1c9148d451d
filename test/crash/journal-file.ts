import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A line of the journal as it lies in its file, read without the product's help. */
export interface JournalLine {
  readonly start: number;
  /** One past its line feed. */
  readonly end: number;
  readonly requestIds: readonly string[];
}

export interface JournalFile {
  readonly path: string;
  readonly bytes: Buffer;
  readonly lines: readonly JournalLine[];
}

const CRC_DIGITS = 8;
const LINE_FEED = 0x0a;

function readLine(bytes: Buffer, start: number, end: number): JournalLine {
  const rows = JSON.parse(bytes.toString("utf8", start + CRC_DIGITS + 1, end)) as [requestId: string][];
  return { start, end, requestIds: rows.map(([requestId]) => requestId) };
}

function readFile(path: string): JournalFile {
  const bytes = readFileSync(path);
  const lines: JournalLine[] = [];
  for (let start = 0; bytes[start] !== 0 && start < bytes.length; ) {
    const end = bytes.indexOf(LINE_FEED, start) + 1;
    if (end === 0) break;
    lines.push(readLine(bytes, start, end));
    start = end;
  }
  return { path, bytes, lines };
}

function pathsOf(home: string): string[] {
  const folder = join(home, "journal");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".journal"))
    .sort()
    .map((name) => join(folder, name));
}

/** The newest file with anything in it. */
export function newestJournal(home: string): JournalFile {
  const file = pathsOf(home)
    .map(readFile)
    .findLast(({ lines }) => lines.length > 0);
  if (!file) throw new Error(`${home} has no line in its journal`);
  return file;
}

/** The path of the file that the journal goes on in. */
export function nextPathOf({ path }: JournalFile): string {
  const number = Number(/(\d+)\.journal$/.exec(path)?.[1]) + 1;
  return path.replace(/\d+(?=\.journal$)/, String(number).padStart(8, "0"));
}

/** Overwrites a part of a file, which keeps its length. */
export function overwrite(path: string, offset: number, bytes: Uint8Array): void {
  const whole = readFileSync(path);
  whole.set(bytes, offset);
  writeFileSync(path, whole);
}
