import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "../tidy/source-tree.ts";

export const BUN_VERSION: string = Bun.version;
const BUN_PACKAGE = `node_modules/@oven/bun-${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}`;
const NODE = Bun.which("node") ?? process.execPath;

/** A dependency for run time, one for development and our platform's Bun. */
const LOCK = {
  packages: {
    "": { dependencies: { run: "1.0.0" } },
    "node_modules/run": { version: "1.0.0" },
    "node_modules/tool": { version: "1.0.0", dev: true },
    [BUN_PACKAGE]: { version: BUN_VERSION, optional: true },
    "node_modules/@oven/bun-elsewhere": { version: BUN_VERSION, optional: true },
  },
};

export type Installed = Record<string, { version: string; dev?: boolean }>;

/** What `npm ci --omit=dev` leaves. */
export const RUN_INSTALLED: Installed = {
  "node_modules/run": { version: "1.0.0" },
  [BUN_PACKAGE]: { version: BUN_VERSION },
};

export const ALL_INSTALLED: Installed = {
  ...RUN_INSTALLED,
  "node_modules/tool": { version: "1.0.0", dev: true },
};

export interface Ended {
  readonly code: number | null;
  readonly signal: string | number | null;
  readonly out: string;
  readonly err: string;
}

/** A repository of its own: our launcher, a src/main.ts of ours, and an npm that only writes down its calls. */
export interface FakeRoot {
  readonly folder: string;
  /** Runs one of bin/ to its end. */
  run(file: string, args?: readonly string[], env?: Record<string, string>): Promise<Ended>;
  start(file: string, args?: readonly string[]): Bun.Subprocess<"ignore", "pipe", "pipe">;
  /** What `npm` was told, one line for each call. */
  npmCalls(): string[];
  /** Lays node_modules as an npm would have left it. */
  layInstalled(installed: Installed): void;
  remove(): void;
}

/** @param mainSource what src/main.ts does */
export function makeFakeRoot(mainSource: string): FakeRoot {
  const folder = mkdtempSync(join(tmpdir(), "quoin-launch-"));
  const write = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode });
  };
  for (const part of ["bin", "scripts"]) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  write(
    "package.json",
    JSON.stringify({ type: "module", optionalDependencies: { "@oven/bun-x": BUN_VERSION } }),
  );
  write("package-lock.json", JSON.stringify(LOCK));
  write("src/main.ts", mainSource);
  write("npm-calls", "");
  write("path/npm", FAKE_NPM, 0o755);
  symlinkSync(NODE, join(folder, "path", "node"));
  const start = (file: string, args: readonly string[] = [], env: Record<string, string> = {}) =>
    Bun.spawn([NODE, join(folder, file), ...args], {
      cwd: folder,
      env: { PATH: `${join(folder, "path")}:/usr/bin:/bin`, ROOT: folder, ...env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
  return {
    folder,
    start,
    async run(file, args, env) {
      const child = start(file, args, env);
      const [out, err] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ]);
      await child.exited;
      return { code: child.exitCode, signal: child.signalCode, out, err };
    },
    npmCalls: () => readFileSync(join(folder, "npm-calls"), "utf8").split("\n").filter(Boolean),
    layInstalled: (installed) => layInstalled(folder, write, installed),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Writes down its arguments, prints on stdout as npm does, then does what FAKE_NPM_SCRIPT says. */
const FAKE_NPM = `#!/bin/sh
echo "$@" >> "$ROOT/npm-calls"
echo "words of npm on stdout"
[ -z "$FAKE_NPM_SCRIPT" ] || exec sh -c "$FAKE_NPM_SCRIPT"
`;

function layInstalled(
  folder: string,
  write: (path: string, text: string) => void,
  installed: Installed,
): void {
  rmSync(join(folder, "node_modules"), { recursive: true, force: true });
  write("node_modules/.package-lock.json", JSON.stringify({ packages: installed }));
  for (const [path, { version }] of Object.entries(installed)) {
    write(join(path, "package.json"), JSON.stringify({ version }));
    if (path !== BUN_PACKAGE) continue;
    mkdirSync(join(folder, path, "bin"));
    symlinkSync(process.execPath, join(folder, path, "bin", "bun"));
  }
}
