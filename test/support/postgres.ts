import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { SQL } from "bun";
import { requiredFile } from "../../clients/required-tool.ts";
import { openPool } from "../../src/storage/postgres/connection.ts";
import { migrate } from "../../src/storage/postgres/migrate.ts";

const INSTALLED = "/usr/lib/postgresql";
const READY_WITHIN_MS = 60_000;
const TEMPLATE = "quoin_template";

/** The folder of PostgreSQL's programs as Debian lays them, the newest version; undefined where there is none. */
function programs(): string | undefined {
  if (!existsSync(INSTALLED)) return undefined;
  const versions = readdirSync(INSTALLED).sort((a, b) => Number(b) - Number(a));
  return versions
    .map((version) => join(INSTALLED, version, "bin"))
    .find((bin) => existsSync(join(bin, "initdb")));
}

const BIN = programs();

/** The server that all suites of this process share. */
let shared: Promise<PostgresServer> | undefined;
/** A cluster that no server has yet. */
let prepared: string | undefined;

/**
 * Whether the suite can run; where it cannot, it says so loudly, and in CI it fails. Where it can, its files are made
 * here: on a busy disk that takes longer than a test may, and no test's time runs while its file is loaded.
 */
export function hasPostgres(suite: string): boolean {
  const has = requiredFile(suite, BIN ?? INSTALLED, "install Debian's package postgresql");
  if (has && !shared) prepared ??= makeCluster();
  return has;
}

export interface PostgresServer {
  /** A database of its own with all tables, empty. */
  newDatabase(): Promise<string>;
  readonly port: number;
  /** All its processes stand still; connections stay open and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** SIGINT: it ends as an operator ends it · SIGKILL: all its processes are gone at once. */
  end(signal: "SIGINT" | "SIGKILL"): Promise<void>;
  /** Again on the same port and folder. */
  restart(): Promise<void>;
  stop(): void;
}

export interface TestDatabase {
  readonly url: string;
  readonly sql: SQL;
  close(): Promise<void>;
}

/** PostgreSQL refuses to run as root: there its own user does it, or nobody where there is none. */
function asOther(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string) => Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout);
  const [uid, gid] = [idOf("-u"), idOf("-g")];
  return uid > 0 ? { uid, gid } : { uid: 65_534, gid: 65_534 };
}

function command(program: string, args: readonly string[]): [string, string[]] {
  const path = join(BIN ?? "", program);
  const other = asOther();
  if (!other) return [path, [...args]];
  const user = [`--reuid=${other.uid}`, `--regid=${other.gid}`, "--clear-groups", "--pdeathsig=KILL"];
  return ["setpriv", [...user, path, ...args]];
}

async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<number>();
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    resolve(typeof address === "object" && address ? address.port : 0);
  });
  const port = await promise;
  server.close();
  return port;
}

const FOLDERS = "quoin-postgres-";

/** Whether the server of a folder runs; one that was killed leaves its number behind. */
function isRunning(folder: string): boolean {
  try {
    const [pid = ""] = readFileSync(join(folder, "cluster", "postmaster.pid"), "utf8").split("\n");
    process.kill(Number(pid), 0);
    return true;
  } catch (fault) {
    // No such file, or no such process; another user's process is one that runs.
    return fault instanceof Error && "code" in fault && fault.code === "EPERM";
  }
}

/** A run that ends at once cannot take its folder with it: the next one does, when it is a minute old. */
function sweepFolders(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(FOLDERS))) {
    const folder = join(tmpdir(), name);
    const madeMs = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
    const isOld = madeMs !== undefined && Date.now() - madeMs > 60_000;
    if (isOld && !isRunning(folder)) rmSync(folder, { recursive: true, force: true });
  }
}

/** A folder of its own for the user that PostgreSQL runs as. */
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), FOLDERS));
  const other = asOther();
  if (other) chownSync(folder, other.uid, other.gid);
  return folder;
}

const INITDB = ["-U", "quoin", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];

/**
 * A cluster as initdb leaves it, made once a day on a machine.
 * Systems clear old files out of their temporary folder, one by one.
 */
function cleanCluster(): string {
  const uid = asOther()?.uid ?? process.getuid?.() ?? 0;
  const kind = `quoin-initdb-${uid}-`;
  const name = `${kind}${basename(dirname(BIN ?? ""))}-${new Date().toISOString().slice(0, 10)}`;
  const clean = join(tmpdir(), name);
  const isOurs = () => statSync(clean, { throwIfNoEntry: false })?.uid === uid;
  if (isOurs()) return clean;
  const folder = newFolder();
  const cluster = join(folder, "cluster");
  for (const old of readdirSync(tmpdir()).filter((entry) => entry.startsWith(kind) && entry !== name))
    rmSync(join(tmpdir(), old), { recursive: true, force: true });
  const made = spawnSync(...command("initdb", ["-D", cluster, ...INITDB]), { encoding: "utf8", cwd: folder });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  try {
    renameSync(cluster, clean);
  } catch (fault) {
    // Another process was first.
    if (!isOurs()) throw fault;
  }
  rmSync(folder, { recursive: true, force: true });
  return clean;
}

function makeCluster(): string {
  sweepFolders();
  const clean = cleanCluster();
  const folder = newFolder();
  const copied = spawnSync("cp", ["-a", clean, join(folder, "cluster")], { encoding: "utf8" });
  if (copied.status !== 0) throw new Error(`a cluster could not be copied: ${copied.stderr}`);
  return folder;
}

function takeCluster(): string {
  const taken = prepared;
  prepared = undefined;
  // One that waited for long may have been swept.
  return taken !== undefined && existsSync(join(taken, "cluster", "PG_VERSION")) ? taken : makeCluster();
}

process.on("exit", () => {
  if (prepared) rmSync(prepared, { recursive: true, force: true });
});

async function untilReady(sql: SQL, child: ChildProcess): Promise<void> {
  const end = performance.now() + READY_WITHIN_MS;
  while (performance.now() < end && child.exitCode === null) {
    const answer = await sql.unsafe("SELECT 1").catch(() => undefined);
    if (answer) return;
    await Bun.sleep(20);
  }
  throw new Error("PostgreSQL was not ready in time");
}

/** The postmaster's processes, itself first. */
function processesOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return [pid, ...(children === "" ? [] : children.split(" ").map(Number))];
}

/**
 * A server of the tests' own on a port of the loopback, in a folder that goes with it. fsync is off: what processes
 * lose when they are killed is its matter, what a machine loses is not.
 */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = takeCluster();
  const port = await freePort();
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "max_connections=300",
  ];
  const args = ["-D", join(folder, "cluster"), "-p", String(port), ...settings.flatMap((one) => ["-c", one])];
  const start = () => spawn(...command("postgres", args), { stdio: "ignore", cwd: folder });
  let child = start();
  const signal = (name: NodeJS.Signals) => {
    for (const pid of processesOf(child.pid ?? 0)) process.kill(pid, name);
  };
  const urlOf = (name: string) => `postgres://quoin@127.0.0.1:${port}/${name}`;
  const admin = openPool(urlOf("postgres"), 2);
  await untilReady(admin, child);
  await admin.unsafe(`CREATE DATABASE ${TEMPLATE}`);
  const template = openPool(urlOf(TEMPLATE), 1);
  await migrate(template);
  await template.close();
  let made = 0;
  return {
    async newDatabase() {
      const name = `test_${++made}`;
      await admin.unsafe(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
      return urlOf(name);
    },
    port,
    freeze: () => signal("SIGSTOP"),
    thaw: () => signal("SIGCONT"),
    async end(name) {
      const { promise, resolve } = Promise.withResolvers<void>();
      child.once("exit", () => resolve());
      if (name === "SIGKILL") signal(name);
      else child.kill(name);
      await promise;
    },
    async restart() {
      const end = performance.now() + READY_WITHIN_MS;
      // The folder is not free until the last process of the old server is gone.
      do {
        child = start();
        await untilReady(admin, child).catch(() => undefined);
      } while (child.exitCode !== null && performance.now() < end);
    },
    stop() {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };
}

/** An empty database in the server that all suites of this process share. */
export async function newDatabase(): Promise<TestDatabase> {
  if (!shared) {
    shared = startPostgres();
    const server = await shared;
    process.on("exit", () => server.stop());
  }
  const url = await (await shared).newDatabase();
  const sql = openPool(url);
  return { url, sql, close: () => sql.close({ timeout: 1 }) };
}
