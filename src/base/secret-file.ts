import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { syncFolder } from "./sync-folder.ts";

/**
 * The installation's secret from its file, made on the first start; readable by its owner only.
 * The caller holds the folder's lock.
 */
export function secretFromFile(path: string): string {
  if (existsSync(path)) {
    const secret = readFileSync(path, "utf8").trim();
    if (secret.length >= 32) return secret;
    throw new Error(`${path} is damaged; restore it from a backup, or every key made with it is lost.`);
  }
  const secret = newSecret();
  writeSecret(path, secret);
  return secret;
}

/** 256 random bits in hexadecimal digits. */
export function newSecret(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toHex();
}

/** Puts a secret in the place of what the file holds: a crash leaves one of both. */
export function writeSecret(path: string, secret: string): void {
  writeDurably(path, `${secret}\n`);
}

/** Under another name until it is whole: a crash leaves all of the file or none, and no key is older than its secret. */
function writeDurably(path: string, text: string): void {
  const unfinished = `${path}.new`;
  const file = openSync(unfinished, "w", 0o600);
  writeFileSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(unfinished, path);
  syncFolder(dirname(path));
}
