import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { endLike, runChild } from "./child.js";
import { explain, Refusal } from "./refusal.js";

const WAIT_STEP_MS = 200;
const WAIT_MS = 300_000;

/**
 * Makes node_modules what package-lock.json says, once, and says so on stderr. A node_modules that npm
 * itself has made is taken as it is. A package without a lock file was installed by npm: nothing to do.
 *
 * @param {string} root folder of package.json
 * @param {{ dev: boolean }} wanted whether the packages for development are needed
 */
export async function installWhereNeeded(root, wanted) {
  if (staleness(root, wanted) === undefined) return;
  const unlock = await lockInstall(root);
  try {
    const reason = staleness(root, wanted);
    if (reason === undefined) return;
    // Whoever develops here keeps the tools: npm ci starts from nothing.
    const dev = wanted.dev || hasDevPackages(root);
    process.stderr.write(`quoin: installing packages, once (${reason}) …\n`);
    const startedAt = Date.now();
    await install(root, dev);
    writeFileSync(stampPath(root), JSON.stringify({ tree: treeHash(root), dev }));
    process.stderr.write(`quoin: packages installed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);
  } finally {
    unlock();
  }
}

/**
 * Why node_modules is not what package-lock.json asks for; undefined when it is. Reads two small files:
 * npm writes what it has installed to node_modules/.package-lock.json when it is done.
 *
 * @param {string} root
 * @param {{ dev: boolean }} wanted
 * @returns {string | undefined}
 */
function staleness(root, wanted) {
  const locked = readLock(root);
  if (locked === undefined) return undefined;
  const installed = readLeftBehind(join(root, "node_modules", ".package-lock.json"));
  const difference =
    installed === undefined ? "node_modules is missing" : firstDifference(root, locked, installed, wanted);
  if (difference === undefined || stampFits(root, wanted)) return undefined;
  return difference;
}

function firstDifference(root, locked, installed, wanted) {
  for (const [path, want] of Object.entries(locked.packages)) {
    if (path === "" || want.link || ((want.dev || want.devOptional) && !wanted.dev)) continue;
    const have = installed.packages?.[path];
    // A package for another platform, or one that npm was told to omit: find-bun.js says what is lacking.
    if (have === undefined && (want.optional || want.devOptional)) continue;
    const name = path.slice("node_modules/".length);
    if (have === undefined) return `${name} is missing`;
    if (have.version !== want.version) return `${name} is ${have.version}, wanted ${want.version}`;
  }
  for (const name of Object.keys(locked.packages[""]?.dependencies ?? {})) {
    if (!existsSync(join(root, "node_modules", name, "package.json"))) return `${name} is missing`;
  }
  return undefined;
}

/** What our own install left behind counts as done, even if npm chose to describe it otherwise. */
function stampFits(root, wanted) {
  const stamp = readLeftBehind(stampPath(root));
  return stamp !== undefined && (stamp.dev || !wanted.dev) && stamp.tree === treeHash(root);
}

function stampPath(root) {
  return join(root, "node_modules", ".quoin-install");
}

function treeHash(root) {
  const hash = createHash("sha256");
  for (const path of ["package-lock.json", "node_modules/.package-lock.json"]) {
    const file = join(root, path);
    hash.update(existsSync(file) ? readFileSync(file) : "absent").update("\0");
  }
  return hash.digest("hex");
}

function hasDevPackages(root) {
  const installed = readLeftBehind(join(root, "node_modules", ".package-lock.json"));
  return Object.values(installed?.packages ?? {}).some((entry) => entry.dev === true);
}

async function install(root, dev) {
  const [command, args] = npmCommand(dev);
  // npm's own words and progress belong on stderr: stdout is the command's, perhaps one JSON document.
  const options = {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32" && command === "npm",
  };
  const end = await runChild(command, args, options).catch((error) => {
    throw new Refusal(
      `Cannot install the packages: ${command} does not start (${explain(error)}); install Node with npm, then try again.`,
    );
  });
  if (end.signal !== null) endLike(end);
  if (end.code !== 0) {
    throw new Refusal(
      `Cannot install the packages: npm ci ended with ${end.code ?? end.signal}; mend what npm says above, then try again.`,
    );
  }
}

function npmCommand(dev) {
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", dev ? "--include=dev" : "--omit=dev"];
  // Under `npm start` the npm that runs us is the one to use, wherever it lies.
  const npm = process.env.npm_execpath;
  if (npm !== undefined && basename(npm) === "npm-cli.js" && process.versions.bun === undefined) {
    return [process.execPath, [npm, ...args]];
  }
  return ["npm", args];
}

/** Two launchers that start at once must not both empty node_modules: the second waits for the first. */
async function lockInstall(root) {
  const path = join(root, ".run", "install.lock");
  mkdirSync(join(root, ".run"), { recursive: true });
  const giveUpAt = Date.now() + WAIT_MS;
  for (let told = false; !tryLock(path); told = true) {
    if (Date.now() > giveUpAt) {
      throw new Refusal(
        `Another install still runs after ${WAIT_MS / 1000} s; if none does, remove ${path}.`,
      );
    }
    if (!told) process.stderr.write("quoin: another process installs the packages; waiting for it …\n");
    await new Promise((resolve) => setTimeout(resolve, WAIT_STEP_MS));
  }
  return () => rmSync(path, { force: true });
}

function tryLock(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  if (!isAlive(Number(readText(path)))) rmSync(path, { force: true });
  return false;
}

function isAlive(pid) {
  // An empty file is one that its owner is about to write.
  if (!(pid > 0)) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function readLock(root) {
  const path = join(root, "package-lock.json");
  const text = readText(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(`${path} is not JSON (${explain(error)}); restore it from git.`);
  }
}

/** What an install left behind; undefined also when it was cut off while writing: then it runs again. */
function readLeftBehind(path) {
  const text = readText(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  }
}
