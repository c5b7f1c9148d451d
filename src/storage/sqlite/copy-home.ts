import { Database } from "bun:sqlite";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, copyFile, mkdir, open, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncFolder } from "../../base/sync-folder.ts";

/** A file of a copy, by its path in the home. */
export interface CopiedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What a copy says of itself. */
export interface HomeCopy {
  readonly format: 1;
  /** When it was finished. */
  readonly at: string;
  readonly files: readonly CopiedFile[];
}

export interface CopyOptions {
  readonly withSecret: boolean;
  /** Brings every acknowledged charge into the tables; called before the last of them is copied. */
  readonly flush: () => Promise<void>;
  readonly onFile: (file: CopiedFile) => void;
}

/** Written last: a folder without it is no whole copy. */
const LIST = "backup.json";
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** Sums of all months: after the months, so that what they no longer have is in it. */
const SUMS = "usage.db";

function namesIn(home: string, folder: string): string[] {
  const path = join(home, folder);
  return existsSync(path)
    ? readdirSync(path)
        .sort()
        .map((name) => join(folder, name))
    : [];
}

/**
 * The files of a home in the order in which one that is in use may be copied: the journal first, the history second,
 * the database last. What is charged meanwhile is then in one of them.
 */
function filesBefore(home: string): string[] {
  const history = namesIn(home, "history").filter((name) => name.endsWith(".db"));
  const months = history.filter((name) => !name.endsWith(SUMS));
  const sums = history.filter((name) => name.endsWith(SUMS));
  return [...namesIn(home, "journal"), ...months, ...sums, "conversations.db"];
}

async function described(folder: string, name: string): Promise<CopiedFile> {
  const hasher = new Bun.CryptoHasher("sha256");
  let bytes = 0;
  for await (const chunk of Bun.file(join(folder, name)).stream()) {
    hasher.update(chunk);
    bytes += chunk.length;
  }
  return { name, bytes, sha256: hasher.digest("hex") };
}

async function sync(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** All of a database at one moment, whoever writes to it. */
function copyDatabase(from: string, to: string): void {
  const db = new Database(from, { readonly: true });
  try {
    db.exec("PRAGMA busy_timeout = 5000");
    db.query("VACUUM INTO ?").run(to);
  } finally {
    db.close();
  }
}

/** A journal's file may go once its charges are in the tables, which are copied later. */
async function copyPlain(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw cause;
  }
}

async function copyOne(home: string, target: string, name: string): Promise<CopiedFile | undefined> {
  const [from, to] = [join(home, name), join(target, name)];
  if (!existsSync(from)) return undefined;
  await mkdir(dirname(to), { recursive: true, mode: FOLDER_MODE });
  if (name.endsWith(".db")) copyDatabase(from, to);
  else if (!(await copyPlain(from, to))) return undefined;
  await chmod(to, FILE_MODE);
  await sync(to);
  return await described(target, name);
}

/**
 * Copies a home, also one that is in use, into an empty folder.
 * @throws Error where the folder has something in it, or what the disk says
 */
export async function copyHome(home: string, target: string, options: CopyOptions): Promise<HomeCopy> {
  await mkdir(target, { recursive: true, mode: FOLDER_MODE });
  if (readdirSync(target).length > 0) throw new Error(`${target} is not empty; name a folder of its own.`);
  await chmod(target, FOLDER_MODE);
  const files: CopiedFile[] = [];
  const copyEach = async (names: readonly string[]): Promise<void> => {
    for (const name of names) {
      const file = await copyOne(home, target, name);
      if (!file) continue;
      files.push(file);
      options.onFile(file);
    }
  };
  await copyEach(filesBefore(home));
  await options.flush();
  await copyEach(["quoin.db", ...(options.withSecret ? ["secret"] : [])]);
  const copy: HomeCopy = { format: 1, at: new Date().toISOString(), files };
  await writeFile(join(target, LIST), `${JSON.stringify(copy, null, 2)}\n`, { mode: FILE_MODE });
  await sync(join(target, LIST));
  syncFolder(target);
  return copy;
}

const NAME = /^(?:[\w-]+\/)?[\w.-]+$/;

/** @throws Error where a folder is no whole copy */
export function readCopy(source: string): HomeCopy {
  const path = join(source, LIST);
  if (!existsSync(path))
    throw new Error(`${source} has no ${LIST}: it is no backup that \`quoin backup\` has finished.`);
  const copy = JSON.parse(readFileSync(path, "utf8")) as HomeCopy;
  if (copy.format !== 1)
    throw new Error(`${path} is of a newer Quoin (format ${copy.format}); restore it with that.`);
  const odd = copy.files.find(({ name }) => !NAME.test(name) || name.includes(".."));
  if (odd) throw new Error(`${path} names ${odd.name}, which is no file of a home.`);
  return copy;
}

/**
 * Puts the files of a copy into a new folder, each held against what the copy says of it.
 * @throws Error naming the file that is not as it was written
 */
export async function unpackHome(
  source: string,
  copy: HomeCopy,
  folder: string,
  onFile: (file: CopiedFile) => void,
): Promise<void> {
  await mkdir(folder, { mode: FOLDER_MODE });
  for (const file of copy.files) {
    const to = join(folder, file.name);
    await mkdir(dirname(to), { recursive: true, mode: FOLDER_MODE });
    await copyFile(join(source, file.name), to);
    await chmod(to, FILE_MODE);
    await sync(to);
    const { sha256 } = await described(folder, file.name);
    if (sha256 !== file.sha256)
      throw new Error(`${join(source, file.name)} is not as it was written: the backup is damaged.`);
    onFile(file);
  }
  syncFolder(folder);
}
