import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../gateway.ts";

/** What the scripts use on any machine; node, python3 and jq are added by name. */
const BASICS = [
  "sh",
  "curl",
  "mktemp",
  "rm",
  "cat",
  "cut",
  "grep",
  "sort",
  "head",
  "tail",
  "awk",
  "sed",
  "tr",
  "dirname",
  "mkdir",
  "rmdir",
  "stty",
  "cmp",
  "diff",
  "cp",
  "mv",
  "env",
  "printf",
  "sha256sum",
] as const; // prettier-ignore

function realProgram(name: string): string | null {
  if (name !== "python3") return Bun.which(name);
  // A shim that looks for versions would need more of the machine than python itself.
  const found = Bun.spawnSync(["python3", "-c", "import sys; print(sys.executable)"]);
  return found.exitCode === 0 ? found.stdout.toString().trim() : null;
}

export interface Machine {
  readonly home: string;
  /** Writes files below the home, each with its own mode. */
  readonly write: (files: Readonly<Record<string, string>>) => void;
  /** Every file and folder below the home with its mode and bytes. */
  readonly tree: () => Record<string, string>;
  /** Runs a line of shell. */
  readonly shell: (line: string, env?: Record<string, string>) => ReturnType<typeof run>;
  readonly remove: () => void;
}

/** A home and a PATH with the basics and these programs only. */
export function makeMachine(programs: readonly string[]): Machine {
  const root = mkdtempSync(join(tmpdir(), "quoin-setup-"));
  const [home, bin] = [join(root, "home"), join(root, "bin")];
  for (const folder of [home, bin]) mkdirSync(folder);
  for (const name of [...BASICS, ...programs]) {
    const path = realProgram(name);
    if (path) symlinkSync(path, join(bin, name));
  }
  return {
    home,
    write(files) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(home, path)), { recursive: true });
        writeFileSync(join(home, path), text);
        chmodSync(join(home, path), 0o640);
      }
    },
    tree: () => treeOf(home, ""),
    shell: (line, env = {}) =>
      run(["sh", "-c", line], {
        env: { PATH: bin, HOME: home, SHELL: "/bin/bash", NO_PROXY: "127.0.0.1", ...env },
        cwd: home,
        msMax: 20_000,
      }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function treeOf(root: string, below: string): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const entry of readdirSync(join(root, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    const mode = (statSync(join(root, path)).mode & 0o777).toString(8);
    if (entry.isDirectory()) Object.assign(tree, { [path]: mode }, treeOf(root, path));
    else tree[path] = `${mode} ${readFileSync(join(root, path), "latin1")}`;
  }
  return tree;
}
