import { startChild } from "./child.ts";
import type { CorePlan } from "./cores.ts";

/** A server that load is sent to, already running. */
export type Target = {
  readonly name: TargetName;
  readonly port: number;
  /** The process whose CPU time and memory are measured. */
  readonly pid: number;
  /** Further processes of it, whose CPU time counts, too. */
  readonly others?: readonly number[];
  /** Keys that it knows, one a line; undefined where it asks for none. */
  readonly keysFile: string | undefined;
  /** Its own count of syncs since it started; undefined where it does not answer. */
  readonly syncs?: () => Promise<number | undefined>;
  /** One sentence on whether its books are right. */
  readonly prove?: () => Promise<string>;
  /** A new management token of an operator. */
  readonly operatorToken?: () => Promise<string>;
  stop(): Promise<void>;
};

/** "direct" is the fake upstream itself, reached without anything between. */
export type TargetName = "direct" | "relay" | "nginx" | "gateway";

/** What every target needs to be started. */
export type Ground = {
  readonly cores: CorePlan;
  readonly upstream: Target;
  /** A folder of this run, removed at its end. */
  readonly folder: string;
  /** Whether gateways limit their keys: by far more than the load is, but every request is counted. */
  readonly limits: boolean;
};

/** The same ground with nothing pinned: targets of several processes need more than one core. */
export function unpinned(ground: Ground): Ground {
  const cores = { target: undefined, upstream: undefined, generator: undefined, note: "Nothing is pinned." };
  return { ...ground, cores };
}

/** Bun's own limit on requests under way, raised as the launcher raises it; from inside the process it has no effect. */
export const BUN_LIMITS = { BUN_CONFIG_MAX_HTTP_REQUESTS: "65336" };

/** Starts the fake upstream in a process of its own. */
export async function startUpstream(cores: CorePlan): Promise<Target> {
  const child = startChild({
    command: [process.execPath, "bench/upstream.ts"],
    env: {},
    core: cores.upstream,
  });
  const port = Number(await child.line("listening"));
  return {
    name: "direct",
    port,
    pid: child.pid,
    keysFile: undefined,
    stop: child.stop,
  };
}

/** Starts the bare relay. */
export async function startRelay(ground: Ground): Promise<Target> {
  const child = startChild({
    command: [process.execPath, "bench/relay.ts"],
    env: {
      ...BUN_LIMITS,
      BENCH_UPSTREAM: `http://127.0.0.1:${ground.upstream.port}/v1`,
    },
    core: ground.cores.target,
  });
  const port = Number(await child.line("listening"));
  return {
    name: "relay",
    port,
    pid: child.pid,
    keysFile: undefined,
    stop: child.stop,
  };
}
