import type { FileSink, Subprocess } from "bun";
import { pinned } from "./cores.ts";

/** A process of the bench: the upstream, a target, or a generator of load. */
export type Child = {
  readonly pid: number;
  /** The first line of its output that begins with this word, without the word. Throws when it ends before. */
  line(word: string): Promise<string>;
  /** Whole lines of its output so far, newest last. */
  lines(): readonly string[];
  /** Closes its input and asks it to end; kills it when it has not within the time. */
  stop(): Promise<void>;
  /** Ends with its exit code. */
  readonly exited: Promise<number>;
};

/** How a child is started. */
export type ChildPlan = {
  readonly command: readonly string[];
  readonly env: Record<string, string>;
  readonly core: number | undefined;
};

const STOP_LIMIT_MS = 15_000;
const LINES_KEPT_MAX = 200;
const root = new URL("..", import.meta.url).pathname;

/**
 * Starts a process in the repository's folder with its input held open, and only the environment it is given
 * besides PATH, HOME and TMPDIR: an upstream key in the caller's environment must not change what is measured.
 */
export function startChild(plan: ChildPlan): Child {
  const child = Bun.spawn(pinned(plan.command, plan.core), {
    cwd: root,
    env: { ...inherited(), ...plan.env },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  endWithUs(child);
  const output = collectLines([child.stdout, child.stderr]);
  return {
    pid: child.pid,
    exited: child.exited,
    lines: output.lines,
    line: (word) => output.first(word, plan.command.join(" ")),
    stop: () => stop(child),
  };
}

/** Runs a command to its end and gives what it printed. */
export async function runCommand(
  command: readonly string[],
  env: Record<string, string> = {},
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const child = Bun.spawn([...command], {
    cwd: root,
    env: { ...inherited(), ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  endWithUs(child);
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { exitCode: await child.exited, stdout, stderr };
}

function endWithUs(child: Subprocess): void {
  const kill = (): void => child.kill("SIGKILL");
  process.on("exit", kill);
  child.exited.then(() => process.off("exit", kill));
}

function inherited(): Record<string, string> {
  const { PATH = "", HOME = "", TMPDIR = "" } = process.env;
  return { PATH, HOME, ...(TMPDIR === "" ? {} : { TMPDIR }) };
}

async function stop(child: Subprocess<"pipe", "pipe", "pipe">): Promise<void> {
  const input: FileSink = child.stdin;
  await Promise.resolve(input.end());
  child.kill("SIGTERM");
  const patience = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
  await child.exited;
  clearTimeout(patience);
}

type Waiter = { word: string; found(line: string): void };

function collectLines(streams: readonly ReadableStream<Uint8Array>[]): {
  lines(): readonly string[];
  first(word: string, name: string): Promise<string>;
} {
  const kept: string[] = [];
  const waiters: Waiter[] = [];
  const take = (line: string): void => {
    kept.push(line);
    if (kept.length > LINES_KEPT_MAX) kept.shift();
    for (const waiter of waiters) if (line.startsWith(`${waiter.word} `)) waiter.found(line);
  };
  const ended = Promise.all(streams.map((stream) => eachLine(stream, take)));
  return {
    lines: () => kept,
    first(word, name) {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const found = (line: string): void => resolve(line.slice(word.length + 1));
      const known = kept.find((line) => line.startsWith(`${word} `));
      if (known !== undefined) found(known);
      waiters.push({ word, found });
      ended.then(() =>
        reject(new Error(`${name} ended without saying "${word}":\n${kept.slice(-20).join("\n")}`)),
      );
      return promise;
    },
  };
}

async function eachLine(stream: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  }
  if (rest !== "") take(rest);
}
