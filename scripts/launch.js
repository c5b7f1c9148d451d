import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { endLike, runChild } from "./child.js";
import { findBun } from "./find-bun.js";
import { installWhereNeeded } from "./install.js";
import { explain, Refusal } from "./refusal.js";

/** The folder of package.json. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Bun reads it before any JavaScript runs; its own default of 256 would queue requests to upstreams. */
const HTTP_REQUESTS_MAX = "65336";

/**
 * The heap is small and its collections short; concurrent marking would take a third of a busy core from
 * the loop (measured with the bench's `json` scenario), and pauses would hardly be shorter.
 */
const COLLECTOR = { BUN_JSC_useConcurrentGC: "0" };

/**
 * How often the allocator's own thread looks for pages to give back, in milliseconds. As often as it would by
 * itself, it takes a twentieth of a busy process (`json` scenario: 5.5 % of the CPU time, with this 1.4 %).
 */
const ALLOCATOR = { MIMALLOC_PURGE_HOLES_MIN_INTERVAL: "5000" };

/** In the child, the descriptor of a pipe that closes when this process is gone (src/base/parent-watch.ts). */
const PARENT_FD = 3;

const ANCESTORS_POLL_MS = 250;

/**
 * Runs a TypeScript file under Bun in place of this process: same arguments, streams, signals and end.
 * Installs first where needed.
 *
 * @param {string} file absolute path
 * @param {readonly string[]} args
 * @param {{ dev: boolean }} wanted whether the packages for development are needed
 */
export async function launch(file, args, wanted) {
  await installWhereNeeded(ROOT, wanted);
  const bun = findBun(ROOT);
  const options = { stdio: ["inherit", "inherit", "inherit", "pipe"], env: childEnv(process.env) };
  watchNpm();
  const end = await runChild(bun, [file, ...args], options).catch((error) => {
    throw new Refusal(
      `Bun does not start (${explain(error)}); \`npm ci --ignore-scripts\` installs it anew.`,
    );
  });
  if (end.signal === "SIGILL") process.stderr.write("quoin: Bun needs a processor with AVX2.\n");
  endLike(end);
}

/** @param {NodeJS.ProcessEnv} env */
function childEnv(env) {
  return {
    BUN_CONFIG_MAX_HTTP_REQUESTS: HTTP_REQUESTS_MAX,
    ...COLLECTOR,
    ...ALLOCATOR,
    ...env,
    QUOIN_PARENT_FD: String(PARENT_FD),
  };
}

/**
 * Ends us when the npm behind `npm start` is gone: it signals the shell between us, never us, and would
 * leave the port held. The child notices that we are gone, and ends in good order.
 */
function watchNpm() {
  if (process.env.npm_lifecycle_event !== "start" || process.env.npm_package_name !== "quoin") return;
  const line = ancestors();
  setInterval(() => {
    if (ancestors() !== line) process.exit(1);
  }, ANCESTORS_POLL_MS).unref();
}

/** Our parent and its parent: npm puts a shell between itself and us. Only Linux shows the second cheaply. */
function ancestors() {
  const parent = process.ppid;
  try {
    const status = readFileSync(`/proc/${parent}/status`, "latin1");
    return `${parent} ${/^PPid:\s*(\d+)/m.exec(status)?.[1]}`;
  } catch {
    return String(parent);
  }
}

/**
 * Runs a launcher's main function; what it throws becomes one sentence on stderr and exit code 1.
 *
 * @param {() => Promise<void>} run
 */
export async function runOrRefuse(run) {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    process.stderr.write(`quoin: ${error.message}\n`);
    process.exit(1);
  }
}
