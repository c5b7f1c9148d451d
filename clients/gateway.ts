/** The real product, started the way its users start it, on a fresh home. */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dir, "..");
const START_MS_MAX = 30_000;
const STOP_MS_MAX = 15_000;
const COMMAND_MS_MAX = 20_000;
const OUTPUT_CHARS_MAX = 100_000;

export interface RunningGateway {
  /** Without a trailing slash. */
  readonly url: string;
  /** The key that the first start prints. */
  readonly key: string;
  /** All that the first start prints, in lines. */
  readonly printed: readonly string[];
  readonly pid: number;
  /** A folder of its own, removed by `stop`. */
  readonly folder: string;
  /** Runs one `quoin` command beside the server; rejects when it exits with anything but 0. */
  readonly command: (...args: string[]) => Promise<string>;
  /** The same with `--json`, parsed. */
  readonly json: <Answer>(...args: string[]) => Promise<Answer>;
  /** Ends the server as an operator does and removes its home; resolves with its exit code. */
  readonly stop: () => Promise<number>;
}

/** The launcher of the product where it is there, Bun on the sources otherwise. */
function quoinCommand(): { line: string[]; env: Record<string, string> } {
  const launcher = join(ROOT, "bin/quoin.js");
  if (existsSync(launcher)) return { line: ["node", launcher], env: {} };
  return {
    line: [process.execPath, join(ROOT, "src/main.ts")],
    env: { BUN_CONFIG_MAX_HTTP_REQUESTS: "65336" },
  };
}

/** Nothing of this machine's own settings reaches a child: no proxy, no vendor's key. */
export function cleanEnvironment(home: string): Record<string, string> {
  return { PATH: process.env.PATH ?? "", HOME: home, LANG: "C.UTF-8", NO_PROXY: "127.0.0.1,localhost" };
}

type FirstStart = Pick<RunningGateway, "url" | "key" | "printed">;

/** What the first start prints: address and key near its beginning, how to make more keys at its end. */
function readFirstStart(text: string): FirstStart | undefined {
  const url = /^Quoin is ready at (http:\S+)$/m.exec(text)?.[1];
  const key = /^ {2}([a-z0-9_]+_[0-9A-Za-z]{38})$/m.exec(text)?.[1];
  const isWhole = /quoin(?:\.js)? keys create .*\n/.test(text);
  return url && key && isWhole ? { url, key, printed: text.split("\n") } : undefined;
}

async function readUntilReady(stream: ReadableStream<Uint8Array>): Promise<FirstStart> {
  const decoder = new TextDecoder();
  let text = "";
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`Quoin was not ready within ${START_MS_MAX} ms; it printed: ${text}`)),
    START_MS_MAX,
  );
  const reader = stream.getReader();
  try {
    while (text.length < OUTPUT_CHARS_MAX) {
      const { done, value } = await Promise.race([reader.read(), late.promise]);
      if (done) throw new Error(`Quoin ended before it was ready; it printed: ${text}`);
      text += decoder.decode(value, { stream: true });
      const ready = readFirstStart(text);
      if (ready) return ready;
    }
    throw new Error(`Quoin printed no address and key; it printed: ${text}`);
  } finally {
    clearTimeout(timer);
    reader.releaseLock();
  }
}

/** Reads a stream to its end, so that the child never waits for us. */
async function drain(stream: ReadableStream<Uint8Array>): Promise<void> {
  for await (const _ of stream);
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end, with closed stdin; killed with all that it started after `msMax`, which gives code 137. */
export async function run(
  line: readonly string[],
  options: { readonly env: Record<string, string>; readonly cwd: string; readonly msMax: number },
): Promise<Ran> {
  const child = Bun.spawn([...line], {
    cwd: options.cwd,
    env: options.env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    // A process group of its own: a wrapper's child would hold our pipes open.
    detached: true,
  });
  const timer = setTimeout(() => process.kill(-child.pid, "SIGKILL"), options.msMax);
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  clearTimeout(timer);
  return { code, out, err };
}

/**
 * Starts `quoin serve` with no configuration but the one given here, and waits until it is ready.
 * @param quoinYaml path of a quoin.yaml; without one only the demo upstream serves.
 * @param more further settings
 */
export async function startGateway(
  quoinYaml?: string,
  more: Readonly<Record<string, string>> = {},
): Promise<RunningGateway> {
  const folder = await mkdtemp(join(tmpdir(), "quoin-clients-"));
  const { line, env } = quoinCommand();
  const settings = {
    ...cleanEnvironment(folder),
    ...env,
    QUOIN_HOME: join(folder, "home"),
    QUOIN_PORT: "0",
    QUOIN_DISCOVER: "off",
    ...(quoinYaml === undefined ? {} : { QUOIN_CONFIG: quoinYaml }),
    ...more,
  };
  const server = Bun.spawn([...line, "serve"], {
    cwd: folder,
    env: settings,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const stop = async () => {
    server.kill("SIGTERM");
    const timer = setTimeout(() => server.kill("SIGKILL"), STOP_MS_MAX);
    const code = await server.exited;
    clearTimeout(timer);
    await rm(folder, { recursive: true, force: true });
    return code;
  };
  const command = async (...args: string[]) => {
    const ran = await run([...line, ...args], { env: settings, cwd: folder, msMax: COMMAND_MS_MAX });
    if (ran.code === 0) return ran.out;
    throw new Error(`quoin ${args.join(" ")} exited with ${ran.code}: ${ran.out}${ran.err}`);
  };
  try {
    const ready = await readUntilReady(server.stdout);
    void drain(server.stdout);
    return {
      ...ready,
      pid: server.pid,
      folder,
      command,
      json: async (...args) => JSON.parse(await command(...args, "--json")),
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}
