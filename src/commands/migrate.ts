import type { StepReport } from "../base/background-steps.ts";
import { call } from "./call.ts";
import { type Command, type CommandContext, print } from "./command.ts";
import { readOptions } from "./options.ts";

/** One call works about this long; in between the progress is printed. */
const PIECE_MS = 1_000;

async function ask(context: CommandContext, ms: number): Promise<StepReport[]> {
  return ((await call(context, "migrate", { ms })) as { steps: StepReport[] }).steps;
}

function show(steps: readonly StepReport[]): string {
  if (steps.length === 0) return "Nothing is to be changed.";
  return steps
    .map(({ name, rows, done }) => `${name}: ${done ? "done" : "under way"}, ${rows} rows`)
    .join("\n");
}

/**
 * `quoin migrate`: tables are changed when Quoin starts; data that is there already is changed in the background of
 * `quoin serve`. This brings it to its end, beside a running server too; what it is cut off in goes on next time.
 */
export const migrate: Command = async (context) => {
  const options = readOptions(context.args, { status: "boolean", json: "boolean" });
  const json = options.flag("json");
  let steps = await ask(context, 0);
  while (!options.flag("status") && !steps.every(({ done }) => done)) {
    if (!json) print(show(steps));
    steps = await ask(context, PIECE_MS);
  }
  print(json ? JSON.stringify({ steps }) : show(steps));
  return 0;
};
