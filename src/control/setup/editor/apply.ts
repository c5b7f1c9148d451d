import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { editFile, type FileJob, type Job } from "./job.ts";
import { type Entry, readRecord, writeRecord } from "./record.ts";
import { lineOf, Unreadable } from "./text.ts";
import { type VariableChange, variableChanges, writeVariable } from "./variables.ts";
import { locate, profileOf, readText, recordPath, SetupError, type World } from "./world.ts";

export interface FileChange {
  readonly kind: "file";
  readonly path: string;
  /** Undefined: there is no such file yet. */
  readonly before: string | undefined;
  readonly after: string;
}

export type Change = FileChange | VariableChange;

function changeOf(file: FileJob, job: Job, world: World): FileChange {
  const path = locate(file, world);
  const before = readText(path);
  try {
    const mark = `${job.slug} ${job.client}`;
    return { kind: "file", path, before, after: editFile(before ?? "", file, mark, profileOf(world).shell) };
  } catch (cause) {
    if (!(cause instanceof Unreadable)) throw cause;
    const line = lineOf(before ?? "", cause.offset);
    throw new SetupError(`${path}, line ${line}: ${cause.message}. Mend that first; nothing was changed.`);
  }
}

/**
 * What a filled job would change on this machine; nothing is touched.
 * @throws SetupError naming file and line of what cannot be edited
 */
export function planChanges(job: Job, world: World): Change[] {
  const windows = world.platform === "win32";
  const files = job.files.filter(({ format }) => !windows || format !== "profile");
  const changes = files
    .map((file) => changeOf(file, job, world))
    .filter(({ before, after }) => before !== after);
  return [...changes, ...(windows ? variableChanges(job) : [])];
}

function hashOf(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** A name beside the file that is free: `settings.json.backup`. */
function freeBackup(path: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? `${path}.backup` : `${path}.backup-${number}`;
    if (!existsSync(name)) return name;
  }
}

/** Makes the folders above a path; gives those that were missing, the outermost first. */
function makeFolders(path: string): string[] {
  const missing: string[] = [];
  for (let folder = dirname(path); !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  for (const folder of missing) mkdirSync(folder, 0o700);
  return missing;
}

/** The new text in one step: a crash leaves the old file or the new one. */
function replaceFile(path: string, text: string): void {
  const mode = existsSync(path) ? statSync(path).mode & 0o777 : 0o600;
  const next = `${path}.setup-${process.pid}`;
  writeFileSync(next, text, { mode });
  chmodSync(next, mode);
  renameSync(next, path);
}

/** Does what was planned; the state before the first setup of this client is kept, and written down first. */
export function applyChanges(job: Job, changes: readonly Change[], world: World): void {
  const place = recordPath(job, world);
  const entries: Entry[] = readRecord(place);
  for (const change of changes) {
    if (change.kind === "variable") {
      if (!entries.some(({ kind, subject }) => kind === "variable" && subject === change.name))
        entries.push({ kind: "variable", subject: change.name, backup: change.before ?? "-", hash: "-" });
      writeRecord(place, entries);
      writeVariable(change.name, change.after);
      continue;
    }
    const { path } = change;
    entries.push(
      ...makeFolders(path).map((subject) => ({ kind: "folder" as const, subject, backup: "-", hash: "-" })),
    );
    const at = entries.findIndex(({ kind, subject }) => kind === "file" && subject === path);
    const known = entries[at];
    const backup = known?.backup ?? (change.before === undefined ? "-" : freeBackup(path));
    const entry: Entry = { kind: "file", subject: path, backup, hash: hashOf(change.after) };
    if (known) entries[at] = entry;
    else entries.push(entry);
    if (!known && backup !== "-") copyFileSync(path, backup);
    writeRecord(place, entries);
    replaceFile(path, change.after);
  }
}

/** What undoing would change: files as they were before the first setup. */
export function planUndo(job: Job, world: World): Change[] {
  return readRecord(recordPath(job, world)).flatMap((entry): Change[] => {
    const { kind, subject, backup } = entry;
    if (kind === "variable")
      return [{ kind, name: subject, before: "", after: backup === "-" ? "" : backup }];
    if (kind === "folder") return [];
    const after = backup === "-" ? "" : readText(backup);
    if (after === undefined)
      throw new SetupError(`${backup} is gone, so ${subject} cannot be put back. Nothing was changed.`);
    return [{ kind, path: subject, before: readText(subject), after }];
  });
}

/** Files that somebody changed after setup did: undoing takes that back too. */
export function changedSince(job: Job, world: World): string[] {
  return readRecord(recordPath(job, world))
    .filter(
      ({ kind, subject, hash }) =>
        kind === "file" && existsSync(subject) && hashOf(readFileSync(subject)) !== hash,
    )
    .map(({ subject }) => subject);
}

/** Puts everything back to the byte, backups and record included. */
export function undoChanges(job: Job, world: World): void {
  const place = recordPath(job, world);
  const entries = readRecord(place);
  for (const { kind, subject, backup } of entries) {
    if (kind === "variable") writeVariable(subject, backup === "-" ? undefined : backup);
    if (kind !== "file") continue;
    if (backup === "-") {
      if (existsSync(subject)) unlinkSync(subject);
    } else if (existsSync(backup)) renameSync(backup, subject);
  }
  if (existsSync(place)) unlinkSync(place);
  const folders = entries.filter(({ kind }) => kind === "folder").map(({ subject }) => subject);
  for (const folder of [...folders.reverse(), dirname(place)]) removeIfEmpty(folder);
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (cause) {
    // Something else lives there by now, or it is gone: both are fine.
    if (!["ENOTEMPTY", "EEXIST", "ENOENT"].includes(String((cause as { code?: unknown }).code))) throw cause;
  }
}
