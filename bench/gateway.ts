import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { callControl } from "../src/control/socket.ts";
import { MODEL } from "./bodies.ts";
import { runCommand, startChild } from "./child.ts";
import { freePort, waitForPort } from "./ports.ts";
import { BUN_LIMITS, type Ground, type Target } from "./targets.ts";

/** What makes one gateway differ from another. */
export type GatewayPlan = {
  /** A home that is there; a new one where it says none. */
  readonly home?: string;
  /** Called before it starts, on its prepared home; gives a file of keys to draw from, instead of the one key. */
  readonly seed?: (home: string, env: Record<string, string>) => Promise<string>;
  /** Further words of `quoin serve`, and settings. */
  readonly words?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

/** Whom the bench's keys belong to, and what its configuration calls their plan and prefix. */
export const ACCOUNT = "bench";
export const PLAN = "default";
export const KEY_PREFIX = "qn_live_";

const CREDIT = "100000";
const START_LIMIT_MS = 60_000;
const READY_EVERY_MS = 20;
const root = new URL("..", import.meta.url).pathname;
const LAUNCHER = "bin/quoin.js";
const ENTRY = "src/main.ts";

/** Why the gateway cannot be started from this tree, or undefined when it can. */
export function gatewayMissing(): string | undefined {
  return existsSync(join(root, ENTRY)) ? undefined : `${ENTRY} is not there yet`;
}

/**
 * Starts the product as it is shipped (`node bin/quoin.js serve`), on a home of its own with one upstream, one
 * priced model under another name than the upstream's (so that the name is spliced, as it mostly is), one account
 * with credit, and one key. Key check, ledger and history are on, because nothing turns them off.
 */
export async function startGateway(ground: Ground, plan: GatewayPlan = {}): Promise<Target> {
  const home = plan.home ?? mkdtempSync(join(ground.folder, "home-"));
  const port = freePort();
  const config = join(home, "quoin.yaml");
  writeFileSync(config, configuration(ground));
  const env = {
    QUOIN_HOME: home,
    QUOIN_PORT: String(port),
    QUOIN_CONFIG: config,
    ...BUN_LIMITS,
    ...plan.env,
  };
  const key = await createKey(env);
  const seeded = await plan.seed?.(home, env);
  const child = startChild({
    command: [...command(), "serve", ...(plan.words ?? [])],
    env,
    core: ground.cores.target,
  });
  let running = true;
  child.exited.then(() => {
    running = false;
  });
  const listening = await waitForPort(port, START_LIMIT_MS, () => running);
  if (!listening || !(await isReady(port, () => running))) {
    await child.stop();
    throw new Error(`The gateway did not start:\n${child.lines().slice(-20).join("\n")}`);
  }
  const pid = serverPid(child.pid);
  return {
    name: "gateway",
    port,
    pid,
    others: childrenOf(pid),
    keysFile: seeded ?? writeKeys(home, [key]),
    stop: child.stop,
    syncs: () => syncsOf(home),
    prove: () => proveLedger(env),
    operatorToken: () => createToken(env),
  };
}

/** A secret of the bench's own: with PostgreSQL one is required. */
const SECRET = "bench".repeat(8);

/** Settings of a gateway whose data lies in a database, and whose limits in a Redis where one is given. */
export function overPostgres(database: string, redis?: string): Record<string, string> {
  return {
    QUOIN_DATABASE_URL: database,
    QUOIN_SECRET: SECRET,
    ...(redis === undefined ? {} : { QUOIN_REDIS_URL: redis }),
  };
}

/** Makes a key on a home of its own: well formed, and known to no other gateway. */
export async function createForeignKey(ground: Ground): Promise<string> {
  const home = mkdtempSync(join(ground.folder, "home-"));
  const config = join(home, "quoin.yaml");
  writeFileSync(config, configuration(ground));
  return createKey({ QUOIN_HOME: home, QUOIN_CONFIG: config });
}

/** Writes keys of one length to a file for the generator to draw from, and gives its name. */
export function writeKeys(folder: string, keys: readonly string[]): string {
  const file = join(mkdtempSync(join(folder, "keys-")), "keys.txt");
  writeFileSync(file, `${keys.join("\n")}\n`);
  return file;
}

async function createKey(env: Record<string, string>): Promise<string> {
  const made = await quoinOrThrow(env, "keys", "create", "--account", ACCOUNT, "--json");
  await quoinOrThrow(env, "wallet", "top-up", "--account", ACCOUNT, "--amount", CREDIT, "--json");
  const { key }: { key?: unknown } = JSON.parse(made);
  if (typeof key !== "string") throw new Error(`"quoin keys create --json" printed no key: ${made}`);
  return key;
}

const SCOPES = "operator:*,requests:read,usage:read,keys:read";

async function createToken(env: Record<string, string>): Promise<string> {
  const made = await quoinOrThrow(env, "tokens", "create", "--operator", "--scopes", SCOPES, "--json");
  const { token }: { token?: unknown } = JSON.parse(made);
  if (typeof token !== "string") throw new Error(`"quoin tokens create --json" printed no token: ${made}`);
  return token;
}

function quoin(env: Record<string, string>, ...words: string[]): ReturnType<typeof runCommand> {
  return runCommand([...command(), ...words], env);
}

async function quoinOrThrow(env: Record<string, string>, ...words: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await quoin(env, ...words);
  if (exitCode === 0) return stdout;
  throw new Error(`"quoin ${words.join(" ")}" ended with ${exitCode}: ${stderr.trim() || stdout.trim()}`);
}

function command(): string[] {
  return existsSync(join(root, LAUNCHER)) ? ["node", LAUNCHER] : [process.execPath, ENTRY];
}

/** Asked over the control socket, as commands ask a running server. */
async function syncsOf(home: string): Promise<number | undefined> {
  const status = await callControl(home, "status", {});
  return status !== undefined && "syncs" in status ? Number(status.syncs) : undefined;
}

/** Its own word for it: a server that listens may still be busy with its start, and its workers begin after that. */
async function isReady(port: number, running: () => boolean): Promise<boolean> {
  const endMs = performance.now() + START_LIMIT_MS;
  while (running() && performance.now() < endMs) {
    const signal = AbortSignal.timeout(START_LIMIT_MS);
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`, { signal }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return true;
    await Bun.sleep(READY_EVERY_MS);
  }
  return false;
}

/** What "ledger prove" says beside the running server, in one line. */
async function proveLedger(env: Record<string, string>): Promise<string> {
  const { exitCode, stdout, stderr } = await quoin(env, "ledger", "prove");
  const last = (exitCode === 0 ? stdout : `${stdout}${stderr}`).trim().split("\n").at(-1);
  return `"ledger prove" ${exitCode === 0 ? "passes" : `ends with ${exitCode}`}: ${last}`;
}

/** The process that serves: the launcher's child where there is a launcher, which itself does nothing any more. */
function serverPid(pid: number): number {
  const [first] = childrenOf(pid);
  return command()[0] === "node" && first !== undefined ? first : pid;
}

/** Its workers, where it has any. */
function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  const text = existsSync(file) ? readFileSync(file, "latin1").trim() : "";
  return text === "" ? [] : text.split(" ").map(Number);
}

/** Never reached, always counted: in windows, at a gate, in a budget of the month. */
const LIMITS =
  '{ requests_per_minute: 100000000, requests_per_day: 1000000000, tokens_per_minute: 1000000000, concurrency: 100000, spend_per_month: "100000" }';

function configuration({ upstream, limits }: Ground): string {
  return `
upstreams:
  - id: fake
    provider: openai-compatible
    base_url: http://127.0.0.1:${upstream.port}/v1
    api_key: bench-upstream-key
    protocols: [openai-chat]
models:
  - id: ${MODEL}
    output_tokens_max: 4096
    price: { input: "0.15", output: "0.60", cache_read: "0.03" }
    targets:
      - { upstream: fake, model: bench/upstream-model }
plans:
  - id: ${PLAN}
    key_prefix: ${KEY_PREFIX}
    ${limits ? `limits: ${LIMITS}` : ""}
`;
}
