import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { countOf } from "../base/count-of.ts";
import { CommandError } from "../control/operation.ts";
import {
  type CopiedFile,
  copyHome,
  type HomeCopy,
  readCopy,
  unpackHome,
} from "../storage/sqlite/copy-home.ts";
import { lockHome } from "../storage/sqlite/home-lock.ts";
import { proveLedger } from "../storage/sqlite/prove.ts";
import { type Command, type CommandContext, print, UsageError } from "./command.ts";
import { flushHome } from "./flush-home.ts";
import { showProof } from "./ledger.ts";
import { readOptions } from "./options.ts";

const BYTES_PER_MB = 1e6;

function line({ name, bytes }: CopiedFile): string {
  return `  ${name}  ${(bytes / BYTES_PER_MB).toFixed(2)} MB`;
}

function sizeOf({ files }: HomeCopy): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return `${countOf(files.length, "file")}, ${(bytes / BYTES_PER_MB).toFixed(1)} MB`;
}

function homeOf({ settings }: CommandContext, what: string): string {
  if (settings.databaseUrl === undefined) return resolve(settings.home);
  throw new CommandError(
    `This installation's data lies in PostgreSQL: ${what} it with pg_dump and pg_restore, or your provider's own.`,
  );
}

function folderIn(words: readonly string[], command: string): string {
  const [folder, ...others] = words;
  if (folder === undefined || others.length > 0) throw new UsageError(`quoin ${command} takes one folder.`);
  return resolve(folder);
}

/** `quoin backup FOLDER`: all of a home at one moment, beside a running server, too. */
export const backup: Command = async (context) => {
  const options = readOptions(context.args, { "without-secret": "boolean", json: "boolean" });
  const home = homeOf(context, "back up");
  const target = folderIn(options.words, "backup");
  if (!existsSync(home))
    throw new CommandError(`${home} is not there; set QUOIN_HOME to the home to be copied.`);
  const json = options.flag("json");
  const copy = await copyHome(home, target, {
    withSecret: !options.flag("without-secret"),
    flush: () => flushHome(context, home),
    onFile: (file) => {
      if (!json) print(line(file));
    },
  });
  if (json) {
    print(JSON.stringify({ folder: target, ...copy }));
    return 0;
  }
  print(`${home} is copied to ${target}: ${sizeOf(copy)}.`);
  if (!copy.files.some(({ name }) => name === "secret"))
    print("The secret is not in it: without that no key and nothing sealed opens. Keep it, apart.");
  print(`To look whether it is good: quoin restore ${target}, with QUOIN_HOME set to a new folder.`);
  return 0;
};

/** Moves the new home to its place; what was there stays beside it, by another name. */
function takePlace(fresh: string, home: string): string | undefined {
  const isThere = existsSync(home);
  const aside = `${home}.before-${new Date().toISOString().replace(/[:.]/g, "-")}`;
  if (isThere) renameSync(home, aside);
  renameSync(fresh, home);
  return isThere ? aside : undefined;
}

/** @throws CommandError where a server uses the home, or it has something in it that is not to be replaced */
function lockToReplace(home: string, replace: boolean): () => void {
  if (!existsSync(home) || readdirSync(home).length === 0) return () => undefined;
  const lock = lockHome(home);
  if (!lock) throw new CommandError(`A process uses ${home}; stop it first.`);
  if (replace) return lock.release;
  lock.release();
  throw new CommandError(
    `${home} is not empty; with --replace it is moved aside, or set QUOIN_HOME to a folder that is not there.`,
  );
}

/** `quoin restore FOLDER`: a backup becomes the home, is held against what was written, opened, and proven. */
export const restore: Command = async (context) => {
  const options = readOptions(context.args, { replace: "boolean", json: "boolean" });
  const home = homeOf(context, "restore");
  const source = folderIn(options.words, "restore");
  const copy = readCopy(source);
  const json = options.flag("json");
  const release = lockToReplace(home, options.flag("replace"));
  const fresh = `${home}.restoring-${process.pid}`;
  let aside: string | undefined;
  try {
    await unpackHome(source, copy, fresh, (file) => {
      if (!json) print(line(file));
    });
    aside = takePlace(fresh, home);
  } finally {
    release();
    rmSync(fresh, { recursive: true, force: true });
  }
  const proof = await proveLedger(home, () => flushHome(context, home));
  if (json) print(JSON.stringify({ home, from: copy.at, moved_aside: aside ?? null, proof }));
  else {
    print(showProof(proof));
    print(`${home} is what ${source} was on ${copy.at}: ${sizeOf(copy)}.`);
    if (aside !== undefined) print(`What was there is in ${aside}; remove it when nobody needs it any more.`);
  }
  return proof.ok ? 0 : 1;
};
