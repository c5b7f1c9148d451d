import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Refusal } from "./refusal.js";

const SCOPE = "@oven/bun-";
const ARCHITECTURES = { x64: "x64", arm64: "aarch64" };
const SYSTEMS = { linux: "linux", darwin: "darwin", win32: "windows" };

/**
 * The path of the Bun that this version of Quoin was tested with: npm's package for this platform, the Bun
 * that runs us, or one on PATH, of exactly the pinned version.
 *
 * @param {string} root folder of package.json
 * @returns {string}
 */
export function findBun(root) {
  const version = pinnedVersion(root);
  for (const name of platformPackages()) {
    const path = binaryOf(root, name, version);
    if (path !== undefined) return path;
  }
  if (process.versions.bun === version) return process.execPath;
  const onPath = versionOnPath();
  if (onPath === version) return "bun";
  const other = onPath === undefined ? "" : ` (the bun on PATH is ${onPath})`;
  throw new Refusal(
    `Bun ${version} for ${process.platform}-${process.arch} is missing${other}; run \`npm ci --ignore-scripts --include=optional\` in ${root}, or put bun ${version} on PATH.`,
  );
}

/** @param {string} root */
function pinnedVersion(root) {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const [, version] = Object.entries(optionalDependencies).find(([name]) => name.startsWith(SCOPE)) ?? [];
  if (version === undefined) throw new Refusal(`package.json in ${root} names no ${SCOPE}* package.`);
  return version;
}

/** Names of the packages that hold a Bun for this machine, the fitting one first. */
function platformPackages() {
  const arch = ARCHITECTURES[process.arch];
  const system = SYSTEMS[process.platform];
  if (arch === undefined || system === undefined) return [];
  const name = `${SCOPE}${system}-${arch}`;
  if (system !== "linux") return [name];
  return isMusl() ? [`${name}-musl`] : [name];
}

/** An npm without knowledge of libc installs both builds, and the wrong one does not start. */
function isMusl() {
  if (existsSync("/etc/alpine-release")) return true;
  try {
    const ldd = readFileSync("/usr/bin/ldd", "latin1");
    if (ldd.includes("musl")) return true;
    if (ldd.includes("GNU")) return false;
  } catch (error) {
    // No ldd here (a slim image): Node's own report knows the libc that it runs on.
    if (error.code !== "ENOENT" && error.code !== "EACCES") throw error;
  }
  const report = process.report?.getReport();
  return report !== undefined && report.header?.glibcVersionRuntime === undefined;
}

/** Looks in the node_modules of `root` and of every folder above, as Node does for an installed package. */
function binaryOf(root, name, version) {
  const binary = process.platform === "win32" ? "bun.exe" : "bun";
  for (let folder = root; ; folder = dirname(folder)) {
    const home = join(folder, "node_modules", name);
    const manifest = join(home, "package.json");
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).version === version) {
      const path = join(home, "bin", binary);
      if (existsSync(path)) return path;
    }
    if (dirname(folder) === folder) return undefined;
  }
}

function versionOnPath() {
  const { stdout, status } = spawnSync("bun", ["--version"], { encoding: "utf8", windowsHide: true });
  return status === 0 ? stdout.trim() : undefined;
}
