import { existsSync, readFileSync } from "node:fs";

/** Which core each part of the bench runs on; undefined where nothing can be pinned. */
export type CorePlan = {
  readonly target: number | undefined;
  readonly upstream: number | undefined;
  readonly generator: number | undefined;
  /** One sentence for the report. */
  readonly note: string;
};

const TASKSET = ["/usr/bin/taskset", "/bin/taskset"].find((file) => existsSync(file));

/**
 * The target has a core to itself among our own processes. With two cores the generator and the fake upstream
 * share the other; with more each has its own.
 */
export function planCores(): CorePlan {
  const none = { target: undefined, upstream: undefined, generator: undefined };
  if (process.platform !== "linux") return { ...none, note: "Nothing is pinned: only Linux can." };
  if (TASKSET === undefined)
    return {
      ...none,
      note: "Nothing is pinned: taskset (util-linux) is not installed.",
    };
  const cores = allowedCores();
  const [generator, upstream, spare] = [cores[0], cores[1], cores[2]];
  if (upstream === undefined)
    return {
      ...none,
      note: "Nothing is pinned: there is one core for everything.",
    };
  if (spare === undefined) {
    const note = `Target on core ${upstream}; generator and upstream share core ${generator}.`;
    return { target: upstream, upstream: generator, generator, note };
  }
  const note = `Target on core ${spare}, upstream on ${upstream}, generator on ${generator}.`;
  return { target: spare, upstream, generator, note };
}

/** `command`, made to run on this core and on no other. */
export function pinned(command: readonly string[], core: number | undefined): string[] {
  return core === undefined || TASKSET === undefined
    ? [...command]
    : [TASKSET, "-c", String(core), ...command];
}

/** The cores this process may use, from a list such as "0-3,8". */
function allowedCores(): number[] {
  const status = readFileSync("/proc/self/status", "latin1");
  const list = /^Cpus_allowed_list:\s+(\S+)/m.exec(status)?.[1] ?? "";
  return list.split(",").flatMap((range) => {
    const [first, last] = range.split("-").map(Number);
    if (first === undefined) return [];
    return Array.from({ length: (last ?? first) - first + 1 }, (_, at) => first + at);
  });
}
