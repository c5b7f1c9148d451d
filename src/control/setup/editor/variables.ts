import { execFileSync } from "node:child_process";
import type { Job } from "./job.ts";

/** A variable of the Windows user. */
export interface VariableChange {
  readonly kind: "variable";
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string;
}

const PLACE = "HKCU\\Environment";

/** What new programs of this Windows user get as a variable; undefined: not set. */
function readVariable(name: string): string | undefined {
  try {
    const answer = execFileSync("reg", ["query", PLACE, "/v", name], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return /REG_(?:EXPAND_)?SZ[ \t]+(.*)/.exec(answer)?.[1]?.trimEnd();
  } catch {
    // `reg query` fails where there is no such variable: that is the answer.
    return undefined;
  }
}

export function writeVariable(name: string, value: string | undefined): void {
  const stdio = "ignore" as const;
  if (value === undefined) execFileSync("reg", ["delete", PLACE, "/v", name, "/f"], { stdio });
  // Unlike reg, setx also tells running programs that the environment changed.
  else execFileSync("setx", [name, value], { stdio });
}

/** On Windows the lines of a shell's start file are variables of the user. */
export function variableChanges(job: Job): VariableChange[] {
  return job.files
    .filter(({ format }) => format === "profile")
    .flatMap(({ edits }) => edits)
    .flatMap((edit) => {
      if (edit.op !== "set") return [];
      const name = edit.path[0] ?? "";
      const before = readVariable(name);
      const after = String(edit.value);
      return before === after ? [] : [{ kind: "variable" as const, name, before, after }];
    });
}
