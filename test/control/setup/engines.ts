import { join } from "node:path";
import { editFile, type FileJob } from "../../../src/control/setup/editor/job.ts";
import { type Edit, lineOf, Unreadable } from "../../../src/control/setup/editor/text.ts";

export interface Asked {
  readonly format: FileJob["format"];
  readonly text: string;
  readonly edits: readonly Edit[];
}

/** The edited text, or where and why it was refused. */
export type Told = { readonly text: string } | { readonly line: number; readonly says: string };

const PYTHON_EDITOR = join(import.meta.dir, "../../../src/control/setup/editor.py");

function byTypeScript(asked: readonly Asked[]): Told[] {
  return asked.map(({ format, text, edits }) => {
    try {
      return { text: editFile(text, { format, paths: [], edits }, "mark", "posix") };
    } catch (cause) {
      if (!(cause instanceof Unreadable)) throw cause;
      return { line: lineOf(text, cause.offset), says: cause.message };
    }
  });
}

function byPython(asked: readonly Asked[]): Told[] {
  const run = Bun.spawnSync(["python3", "-B", join(import.meta.dir, "editor-driver.py"), PYTHON_EDITOR], {
    stdin: new TextEncoder().encode(JSON.stringify(asked)),
  });
  if (run.exitCode !== 0) throw new Error(run.stderr.toString());
  return JSON.parse(run.stdout.toString()) as Told[];
}

/** Both editors, which must say the same; Python where the machine has it. */
export const ENGINES: readonly (readonly [string, (asked: readonly Asked[]) => Told[]])[] = [
  ["TypeScript", byTypeScript],
  ...(Bun.which("python3") === null ? [] : [["Python", byPython] as const]),
];
