import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** A line of what setup did, so that it can be undone by any shell: kind, backup, hash, subject, with tabs between. */
export interface Entry {
  readonly kind: "file" | "folder" | "variable";
  /** A path, or a variable's name. */
  readonly subject: string;
  /** The kept file, or the variable's earlier value; `-`: there was none. */
  readonly backup: string;
  /** SHA-256 of what setup wrote. */
  readonly hash: string;
}

export function readRecord(path: string): Entry[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [kind, backup = "-", hash = "-", ...subject] = line.split("\t");
      return { kind: kind as Entry["kind"], backup, hash, subject: subject.join("\t") };
    });
}

export function writeRecord(path: string, entries: readonly Entry[]): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const lines = entries.map(
    ({ kind, backup, hash, subject }) => `${[kind, backup, hash, subject].join("\t")}\n`,
  );
  writeFileSync(path, lines.join(""), { mode: 0o600 });
}
