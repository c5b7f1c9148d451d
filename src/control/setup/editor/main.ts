import { readFileSync } from "node:fs";
import { applyChanges, planChanges, planUndo, undoChanges } from "./apply.ts";
import { fillJob, type Job } from "./job.ts";
import { describeChanges, describeShadows, describeUndo } from "./report.ts";
import { SetupError, type World } from "./world.ts";

/** There is nothing to do: scripts tell it from success and failure. */
const NOTHING = 3;

/** `setup.mjs plan|apply|undo-plan|undo JOB`, with what was chosen in the environment. */
function run(mode: string, jobFile: string, world: World): number {
  const { env } = world;
  const job = JSON.parse(readFileSync(jobFile, "utf8")) as Job;
  const key = env.SETUP_KEY ?? "";
  const filled = fillJob(job, {
    key,
    model: env.SETUP_MODEL || undefined,
    origin: env.SETUP_ORIGIN || undefined,
  });
  const undoing = mode.startsWith("undo");
  const changes = undoing ? planUndo(job, world) : planChanges(filled, world);
  if (changes.length === 0) return NOTHING;
  if (mode === "plan") say([describeChanges(changes, world, key), ...describeShadows(job, world)].join("\n"));
  if (mode === "apply") applyChanges(filled, changes, world);
  if (mode === "undo-plan") say(describeUndo(job, changes, world));
  if (mode === "undo") undoChanges(job, world);
  return 0;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const [mode = "", jobFile = ""] = process.argv.slice(2);
try {
  process.exitCode = run(mode, jobFile, {
    env: process.env,
    platform: process.env.SETUP_PLATFORM || process.platform,
  });
} catch (thrown) {
  if (!(thrown instanceof SetupError)) throw thrown;
  process.stderr.write(`${thrown.message}\n`);
  process.exitCode = 1;
}
