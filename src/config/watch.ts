import { readFileSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";

export interface Watch {
  close(): void;
}

export interface WatchOptions {
  /** Gets the file's text after each change of it. */
  readonly onChange: (text: string) => void;
  /** The file is there and cannot be read; it is looked at again. */
  readonly onError: (error: Error) => void;
  /** The text in use, `""` where there was no file. Absent: what the file holds now. */
  readonly known?: string;
  readonly intervalMs?: number;
}

interface Seen {
  stamp: string;
  text: string;
}

function isMissing(thrown: unknown): boolean {
  return (
    thrown instanceof Error && "code" in thrown && (thrown.code === "ENOENT" || thrown.code === "ENOTDIR")
  );
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function textNow(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (thrown) {
    if (isMissing(thrown)) return "";
    throw thrown;
  }
}

/** Changes whenever the file is written, replaced by another (editors rename) or, as a link, points elsewhere. */
async function stampOf(file: string): Promise<string> {
  const { mtimeNs, size, ino } = await stat(file, { bigint: true });
  return `${mtimeNs} ${size} ${ino}`;
}

/** The new text, or undefined where it is the one last seen. */
async function readChange(file: string, seen: Seen): Promise<string | undefined> {
  const stamp = await stampOf(file);
  if (stamp === seen.stamp) return undefined;
  const text = await readFile(file, "utf8");
  seen.stamp = stamp;
  if (text === seen.text) return undefined;
  seen.text = text;
  return text;
}

/**
 * Calls back after each change of a file, within two intervals (600 ms by default). A file that goes away is
 * no change: the running configuration stays, and the file counts again when it comes back.
 * Polls, since fs.watch loses files that an editor replaces. The timer does not keep the process alive.
 * @throws the file system's error where the file is there and cannot be read at the start
 */
export function watchConfig(
  file: string,
  { onChange, onError, known, intervalMs = 300 }: WatchOptions,
): Watch {
  const seen: Seen = { stamp: "", text: known ?? textNow(file) };
  let busy = false;
  let closed = false;
  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    const change = await readChange(file, seen).catch(toError);
    busy = false;
    if (closed || change === undefined) return;
    if (typeof change === "string") onChange(change);
    else if (!isMissing(change)) onError(change);
  };
  const timer = setInterval(look, intervalMs);
  timer.unref();
  return {
    close: () => {
      closed = true;
      clearInterval(timer);
    },
  };
}
