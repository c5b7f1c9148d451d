import {
  closeSync,
  constants,
  fdatasync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  write,
  writeSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "../../base/sync-folder.ts";

/**
 * Files are written full of zeros beforehand: overwriting them changes no metadata, which makes a
 * synced write several times cheaper than one that grows the file. The first of a process is small,
 * since a command may write one line or none.
 */
const FIRST_FILE_BYTES = 128 * 1024;
const FILE_BYTES = 4 * 1024 * 1024;
/**
 * Zeros go down a page at a time: one large write makes one large folio of the page cache, and each
 * synced line would write all of that again (measured: 1.4 MB a line instead of 7 KB).
 */
const PAGE = new Uint8Array(4096);

/** Where the system has it, one call writes and syncs. */
const SYNCED_WRITES = constants.O_DSYNC !== undefined;

/**
 * An append-only journal in numbered files. A line is durable when `append` resolves; the disk is
 * waited for on the thread pool, so a slow one delays charges but never the loop.
 * A line: CRC-32 of the text in eight hexadecimal digits, a space, the text, LF. Zeros end a file.
 */
export class Journal {
  private fd: number | undefined;
  private offset = 0;
  private capacity = FIRST_FILE_BYTES;
  private next: Promise<void> | undefined;
  /** How many times the disk was asked to sync; the bench reports it. */
  syncs = 0;

  private constructor(
    private readonly folder: string,
    /** The file that is written now; older ones are complete. */
    public number: number,
  ) {}

  /** Will write a new file after the last one found; the file is made with the first line. */
  static start(folder: string): Journal {
    mkdirSync(folder, { recursive: true });
    return new Journal(folder, (journalFiles(folder).at(-1)?.number ?? 0) + 1);
  }

  /** One append at a time. @throws what the disk says; then it is unknown whether the line is durable. */
  async append(text: string): Promise<void> {
    const line = Buffer.from(`${crcOf(text)} ${text}\n`);
    if (this.offset > 0 && this.offset + line.length > this.capacity) await this.rotate();
    this.fd ??= this.begin();
    await writeSynced(this.fd, line, this.offset);
    this.offset += line.length;
    this.syncs++;
    if (this.offset > this.capacity / 2) this.prepareNext();
  }

  /** A failure is met where the file is needed: the append that waits for it rejects. */
  private prepareNext(): void {
    if (this.next) return;
    this.next = prepareFile(this.folder, this.number + 1);
    this.next.catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.next;
    if (this.fd !== undefined) closeSync(this.fd);
  }

  private begin(): number {
    makeFile(this.folder, this.number);
    return openFile(this.folder, this.number);
  }

  /** Goes on in the next file. */
  private async rotate(): Promise<void> {
    await (this.next ?? prepareFile(this.folder, this.number + 1));
    const fd = openFile(this.folder, this.number + 1);
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = fd;
    this.number++;
    this.offset = 0;
    this.capacity = FILE_BYTES;
    this.next = undefined;
  }
}

function openFile(folder: string, number: number): number {
  return openSync(join(folder, fileName(number)), constants.O_WRONLY | (constants.O_DSYNC ?? 0));
}

function makeFile(folder: string, number: number): void {
  const path = join(folder, fileName(number));
  const fd = openSync(path, "wx", 0o600);
  for (let at = 0; at < FIRST_FILE_BYTES; at += PAGE.length) writeSync(fd, PAGE);
  fsyncSync(fd);
  closeSync(fd);
  syncFolder(folder);
}

/** The same behind the loop's back, under another name until it is complete. */
async function prepareFile(folder: string, number: number): Promise<void> {
  const unfinished = join(folder, "next");
  const file = await open(unfinished, "w", 0o600);
  for (let at = 0; at < FILE_BYTES; at += PAGE.length) await file.write(PAGE);
  await file.sync();
  await file.close();
  renameSync(unfinished, join(folder, fileName(number)));
  syncFolder(folder);
}

function writeSynced(fd: number, line: Buffer, offset: number): Promise<void> {
  return new Promise((resolve, reject) => {
    write(fd, line, 0, line.length, offset, (cause, written) => {
      if (cause) reject(cause);
      else if (written < line.length) reject(new Error(`the disk took ${written} of ${line.length} bytes`));
      else if (SYNCED_WRITES) resolve();
      else fdatasync(fd, (fault) => (fault ? reject(fault) : resolve()));
    });
  });
}

function crcOf(text: string): string {
  return Bun.hash.crc32(text).toString(16).padStart(8, "0");
}

function fileName(number: number): string {
  return `charges-${String(number).padStart(8, "0")}.journal`;
}

interface JournalFile {
  readonly number: number;
  readonly path: string;
}

function journalFiles(folder: string): JournalFile[] {
  return readdirSync(folder)
    .flatMap((name) => {
      const match = /^charges-(\d{8})\.journal$/.exec(name);
      return match ? [{ number: Number(match[1]), path: join(folder, name) }] : [];
    })
    .sort((a, b) => a.number - b.number);
}

/**
 * Every whole line of every file, oldest first. A torn line behind all whole ones was never
 * acknowledged and is passed over; a broken line before a whole one, also one in a later file, is a
 * damaged disk.
 * @throws Error naming the file and the line.
 */
export function readJournal(folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  const texts: string[] = [];
  let broken: string | undefined;
  for (const { path } of journalFiles(folder)) {
    for (const [index, line] of writtenPart(path).split("\n").entries()) {
      if (line === "") continue;
      const text = textOf(line);
      if (text === undefined) {
        broken ??= `${path}:${index + 1}`;
        continue;
      }
      if (broken !== undefined) throw damaged(broken);
      texts.push(text);
    }
  }
  return texts;
}

function damaged(place: string): Error {
  return new Error(`${place} is damaged in the middle; check the disk, and restore the home from a backup.`);
}

/** Up to the last byte that is not zero: zeros before it are a hole, which no line has. */
function writtenPart(path: string): string {
  const bytes = readFileSync(path);
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.toString("utf8", 0, end);
}

/** Undefined for a line that is not as it was written. */
function textOf(line: string): string | undefined {
  const text = line.slice(9);
  return line[8] === " " && line.slice(0, 8) === crcOf(text) ? text : undefined;
}

/** Removes the files up to `number`; their lines must be durable elsewhere. */
export function dropJournal(folder: string, number: number): void {
  for (const file of journalFiles(folder)) if (file.number <= number) rmSync(file.path);
}
