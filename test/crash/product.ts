import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..", "..");
const MAIN = join(ROOT, "src", "main.ts");
const READY = /Quoin is ready at http:\/\/127\.0\.0\.1:(\d+)/;
const READY_WITHIN_MS = 20_000;
const COMMAND_WITHIN_MS = 10_000;

/** A folder with a home and a quoin.yaml in it, removed at the end. */
export interface Place {
  readonly folder: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  remove(): void;
}

/** A fresh place whose configuration is `yaml`; the product finds nothing else of this machine. */
export function newPlace(yaml: string): Place {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "quoin-crash-")));
  const config = join(folder, "quoin.yaml");
  writeFileSync(config, yaml);
  const home = join(folder, "home");
  mkdirSync(home, { mode: 0o700 });
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    TMPDIR: tmpdir(),
    BUN_CONFIG_MAX_HTTP_REQUESTS: "65336",
    QUOIN_PARENT_FD: "3",
    QUOIN_HOME: home,
    QUOIN_CONFIG: config,
    QUOIN_PORT: "0",
    QUOIN_DISCOVER: "off",
  };
  return { folder, home, env, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The same configuration over another home. */
export function placeAt(place: Place, home: string): Place {
  return { ...withEnv(place, { QUOIN_HOME: home }), home };
}

/** The same place with further settings. */
export function withEnv(place: Place, env: Readonly<Record<string, string>>): Place {
  return { ...place, env: { ...place.env, ...env } };
}

export interface Exit {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function spawn(place: Place, command: readonly string[], timeout = 0) {
  return Bun.spawn([...command], {
    cwd: place.folder,
    env: place.env,
    timeout,
    killSignal: "SIGKILL",
    // The fourth closes with this process, however it ends, and the server with it (src/base/parent-watch.ts).
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
}

/** Runs `quoin …` to its end; one that has none in time is killed. */
export async function quoin(place: Place, ...args: readonly string[]): Promise<Exit> {
  const child = spawn(place, [process.execPath, MAIN, ...args], COMMAND_WITHIN_MS);
  const [code, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
  return { code, stdout, stderr };
}

/** The JSON document that a command prints. @throws Error with its stderr when it fails. */
export async function quoinJson<Result>(place: Place, ...args: readonly string[]): Promise<Result> {
  const { code, stdout, stderr } = await quoin(place, ...args, "--json");
  if (code !== 0) throw new Error(`quoin ${args.join(" ")} ended with ${code}: ${stderr || stdout}`);
  return JSON.parse(stdout) as Result;
}

/** A server that runs, or that ended before it was ready. */
export interface Running {
  readonly pid: number;
  /** Settles when the port is known. @throws Error with the output when the process ends before. */
  readonly port: Promise<number>;
  readonly exited: Promise<number>;
  output(): string;
  kill(signal: "SIGKILL" | "SIGTERM"): void;
}

/** `bin/quoin.js serve`, the way `npm start` runs it. */
export function launcherCommand(node: string): string[] {
  return [node, join(ROOT, "bin", "quoin.js"), "serve"];
}

/** Starts the server: by itself, or by a command that starts it in turn. */
export function startServer(place: Place, command = [process.execPath, MAIN, "serve"]): Running {
  const child = spawn(place, command);
  let output = "";
  const { promise: port, resolve, reject } = Promise.withResolvers<number>();
  const late = setTimeout(() => reject(new Error(`not ready in time:\n${output}`)), READY_WITHIN_MS);
  async function collect(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of stream) {
      output += decoder.decode(bytes, { stream: true });
      const found = READY.exec(output)?.[1];
      if (found !== undefined) resolve(Number(found));
    }
  }
  const collected = Promise.all([collect(child.stdout), collect(child.stderr)]);
  const exited = Promise.all([child.exited, collected]).then(([code]) => {
    reject(new Error(`ended with ${code}:\n${output}`));
    return code;
  });
  port.catch(() => undefined).finally(() => clearTimeout(late));
  // Whoever cares awaits it; one that is killed on purpose before it is ready is no fault.
  return { pid: child.pid, port, exited, output: () => output, kill: (signal) => child.kill(signal) };
}

/** kill -9, and the process is gone when it resolves. */
export async function kill9(server: Running): Promise<void> {
  server.kill("SIGKILL");
  await server.exited;
}
