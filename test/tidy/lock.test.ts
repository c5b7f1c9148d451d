import { expect, test } from "bun:test";
import { join } from "node:path";
import { ROOT } from "./source-tree.ts";

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

const lock: { packages: Record<string, LockedPackage> } = await Bun.file(
  join(ROOT, "package-lock.json"),
).json();
/** Our own members of the workspace and the links to them are no packages of a registry. */
const packages = Object.entries(lock.packages).filter(
  ([path, { link }]) => path.includes("node_modules/") && !link,
);

test("the lock names no registry host", () => {
  expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
});

test("every package is pinned by what it holds", () => {
  expect(packages.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)).toEqual([]);
});

test("no package for run time needs an install script", () => {
  const bad = packages.filter(([, { dev, hasInstallScript }]) => hasInstallScript && !dev);
  expect(bad.map(([path]) => path)).toEqual([]);
});

/** Where Node would find `name` when `path` asks for it. */
function findLocked(path: string, name: string): LockedPackage | undefined {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    const found = lock.packages[folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`];
    if (found !== undefined || folder === "") return found;
  }
}

// A registry that lacks some platforms' builds gives a lock that every `npm ci` elsewhere refuses.
test("the lock holds the build of every platform, so that npm ci takes it", () => {
  const missing = Object.entries(lock.packages).flatMap(([path, entry]) =>
    Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
      .filter((name) => findLocked(path, name) === undefined)
      .map((name) => `${path || "package.json"} wants ${name}`),
  );
  expect(missing).toEqual([]);
});
