import {
  closeSync,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

/**
 * An append-only journal in numbered files. A line is durable when `append` resolves; the sync runs
 * on the thread pool, so a slow disk delays charges but never the loop.
 * A line: CRC-32 of the text in eight hexadecimal digits, a space, the text, LF.
 */
export class Journal {
  private fd: number;
  private number: number;
  private bytes = 0;
  /** How many times the disk was asked to sync; the bench reports it. */
  syncs = 0;

  private constructor(
    private readonly folder: string,
    number: number,
  ) {
    this.number = number;
    this.fd = this.open(number);
  }

  /** Starts a new file after the last one found. */
  static start(folder: string): Journal {
    mkdirSync(folder, { recursive: true });
    return new Journal(folder, (journalFiles(folder).at(-1)?.number ?? 0) + 1);
  }

  private open(number: number): number {
    const fd = openSync(join(this.folder, fileName(number)), "ax", 0o600);
    const folder = openSync(this.folder, "r");
    fsyncSync(folder);
    closeSync(folder);
    return fd;
  }

  /** @throws what the disk says; then it is unknown whether the line is durable. */
  async append(text: string): Promise<void> {
    const line = Buffer.from(`${crcOf(text)} ${text}\n`);
    let written = 0;
    while (written < line.length) written += writeSync(this.fd, line, written);
    this.bytes += line.length;
    await sync(this.fd);
    this.syncs++;
  }

  get size(): number {
    return this.bytes;
  }

  /** Goes on in a new file; answers the number up to which older files may be dropped once applied. */
  rotate(): number {
    const done = this.number;
    const next = this.open(done + 1);
    closeSync(this.fd);
    this.fd = next;
    this.number = done + 1;
    this.bytes = 0;
    return done;
  }

  close(): void {
    closeSync(this.fd);
  }
}

function sync(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(fd, (cause) => (cause ? reject(cause) : resolve()));
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
 * Every whole line of every file, oldest first. A torn last line of a file was never acknowledged
 * and is passed over; a broken line before a whole one is a damaged disk.
 * @throws Error naming the file and the line.
 */
export function readJournal(folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  return journalFiles(folder).flatMap(({ path }) => readLines(path));
}

function readLines(path: string): string[] {
  const lines = readFileSync(path, "utf8").split("\n");
  const texts: string[] = [];
  let broken = -1;
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    const text = line.slice(9);
    if (line.slice(0, 8) !== crcOf(text) || line[8] !== " ") {
      broken = index;
      continue;
    }
    if (broken >= 0) {
      throw new Error(
        `${path}:${broken + 1} is damaged in the middle; restore the home from a backup, or call the disk's doctor.`,
      );
    }
    texts.push(text);
  }
  return texts;
}

/** Removes the files up to `number`; their lines must be durable elsewhere. */
export function dropJournal(folder: string, number: number): void {
  for (const file of journalFiles(folder)) if (file.number <= number) rmSync(file.path);
}

/** Cuts a file to a size; for tests that tear lines. */
export function tearJournal(path: string, size: number): void {
  const fd = openSync(path, "r+");
  ftruncateSync(fd, Math.min(size, fstatSync(fd).size));
  closeSync(fd);
}
