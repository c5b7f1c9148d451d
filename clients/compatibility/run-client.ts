/** Runs a client to its end in a fresh home, and ends all that it left running. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cleanEnvironment } from "../gateway.ts";
import { CLIENTS_FOLDER, type Client, programOf, type Row, type Start } from "./client.ts";

/** Aider repeats for 64 s what its own table does not know. */
const CLIENT_MS_MAX = 90_000;
/** The exit code of what was ended after that. */
export const ENDED_BY_US = 137;

export interface ClientRan {
  /** Exit code, or ENDED_BY_US. */
  readonly code: number;
  /** Both of its outputs, without colours. */
  readonly shown: string;
  readonly seconds: number;
  /** The text of a file in the folder where it worked; undefined where there is none. */
  readonly written: string | undefined;
}

/** Nobody's telemetry, update check or login: the proxies are unset, and what has a switch is off. */
const QUIET = {
  TERM: "dumb",
  NO_COLOR: "1",
  CI: "1",
  DO_NOT_TRACK: "1",
  DISABLE_TELEMETRY: "1",
  DISABLE_AUTOUPDATER: "1",
  PYTHONDONTWRITEBYTECODE: "1",
};

/** Ends every process whose home is this one: daemons that left their group too. */
async function endAllOf(home: string): Promise<void> {
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    // A process that is gone, or another user's, has no environment for us.
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    if (environment.split("\0").includes(`HOME=${home}`)) endProcess(Number(pid));
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (fault) {
    // It ended by itself since it was listed.
    if ((fault as { code?: string }).code !== "ESRCH") throw fault;
  }
}

async function run(
  line: readonly string[],
  home: string,
  env: Readonly<Record<string, string>>,
): Promise<Omit<ClientRan, "written">> {
  const started = performance.now();
  const child = Bun.spawn([...line], {
    cwd: join(home, "work"),
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  });
  const shown = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  const timer = setTimeout(() => endProcess(-child.pid), CLIENT_MS_MAX);
  const code = await child.exited;
  clearTimeout(timer);
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  // What it left running may hold our pipes.
  await endAllOf(home);
  return { code, seconds, shown: Bun.stripANSI((await shown).join("\n")) };
}

/**
 * Runs a client once.
 * @param fileName the file of its folder that `written` is read from
 */
export async function runClient(
  client: Client,
  row: Row,
  reach: Omit<Start, "program">,
  fileName: string,
): Promise<ClientRan> {
  const start = { ...reach, program: (name: string) => programOf(client.id, client.source, name) };
  const home = await mkdtemp(join(tmpdir(), "quoin-client-"));
  await mkdir(join(home, "work"));
  for (const [name, content] of Object.entries(row.files?.(start) ?? {})) {
    await mkdir(dirname(join(home, name)), { recursive: true });
    await writeFile(join(home, name), content);
  }
  const clean = cleanEnvironment(home);
  const path = [join(CLIENTS_FOLDER, "node/node_modules/.bin"), clean.PATH].join(":");
  const own = row.environment?.(start) ?? {};
  const ran = await run(row.line(start), home, { ...clean, ...QUIET, PATH: path, ...own });
  const written = await readFile(join(home, "work", fileName), "utf8").catch(() => undefined);
  await rm(home, { recursive: true, force: true });
  return { ...ran, written };
}
