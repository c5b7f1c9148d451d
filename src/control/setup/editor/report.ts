import { type Change, changedSince } from "./apply.ts";
import { diffLines, maskKey } from "./diff.ts";
import type { Job } from "./job.ts";
import { homeOf, type World } from "./world.ts";

/** `~/.codex/config.toml`, as people write it. */
function shortPath(path: string, world: World): string {
  const home = homeOf(world);
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

function shownChange(change: Change, world: World, key: string): string[] {
  if (change.kind === "variable")
    return [
      `Variable ${change.name}`,
      ...(change.before ? [`  - ${maskKey(change.before)}`] : []),
      ...(change.after ? [`  + ${change.after === key ? maskKey(key) : change.after}`] : []),
    ];
  const note = change.before === undefined ? " (new)" : "";
  const lines = diffLines(change.before ?? "", change.after, key).map((line) => `  ${line}`.trimEnd());
  return [`${shortPath(change.path, world)}${note}`, ...lines];
}

/** The changes as a person reads them before agreeing; keys are masked. */
export function describeChanges(changes: readonly Change[], world: World, key: string): string {
  return changes.flatMap((change) => shownChange(change, world, key)).join("\n");
}

export function describeUndo(job: Job, changes: readonly Change[], world: World): string {
  const later = changedSince(job, world).map(
    (path) => `Note: ${shortPath(path, world)} was changed after setup; undoing takes that back too.`,
  );
  return [describeChanges(changes, world, ""), ...later].join("\n");
}

/** Variables of this terminal that the tool would read instead of the files. */
export function describeShadows(job: Job, world: World): string[] {
  return job.shadows
    .filter((name) => world.env[name])
    .map((name) => `Note: ${name} is set in this terminal and wins over the file; run: unset ${name}`);
}
