import { CHAT_PATH } from "./bodies.ts";
import { runCommand } from "./child.ts";
import { type CorePlan, pinned } from "./cores.ts";
import type { LoadPlan, LoadResult } from "./load-plan.ts";
import { isDisturbed } from "./ratios.ts";
import type { Ground, Target } from "./targets.ts";

/** The load of one window. */
export type Load = {
  readonly body: string;
  readonly connections: number;
  /** Requests a second; as many as it can where it says none. */
  readonly perSecond?: number;
  readonly warmupMs: number;
  readonly windowMs: number;
  readonly path?: string;
  readonly expectStatus?: number;
  readonly eventsPerStream?: number;
  /** Instead of the target's own keys. */
  readonly keysFile?: string;
  readonly keysMax?: number;
};

/** One window on one target, as rates and shares. */
export type Sample = {
  readonly answersPerSecond: number;
  readonly eventsPerSecond: number;
  readonly cpuMicrosPerAnswer: number;
  readonly cpuMicrosPerEvent: number;
  /** Share of its core that the target used, and that processes which are not ours used. */
  readonly coreShare: number;
  readonly foreignShare: number;
  /** The same foreign share on the generator's core; and all of it that was busy. */
  readonly generatorForeignShare: number;
  readonly generatorBusyShare: number;
  /** Events that came in one read: near 1 when each came alone. */
  readonly eventsPerRead: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
  readonly failures: number;
  readonly firstFailure: string | undefined;
};

let seed = 1;

/** Runs the generator once against a target. Every window has a seed of its own; a whole run repeats them. */
export async function runLoad(ground: Ground, target: Target, load: Load): Promise<Sample> {
  const { cores, upstream } = ground;
  const plan: LoadPlan = {
    port: target.port,
    path: load.path ?? CHAT_PATH,
    body: load.body,
    connections: load.connections,
    perSecond: load.perSecond,
    warmupMs: load.warmupMs,
    windowMs: load.windowMs,
    keysFile: load.keysFile ?? target.keysFile,
    keysMax: load.keysMax,
    seed: seed++,
    expectStatus: load.expectStatus ?? 200,
    eventsPerStream: load.eventsPerStream ?? 0,
    watch: [upstream.pid, target.pid, ...(target.others ?? [])],
    cores: [cores.target, cores.generator].filter((core) => core !== undefined),
  };
  const command = [process.execPath, "bench/load.ts", JSON.stringify(plan)];
  const ran = await runCommand(pinned(command, cores.generator));
  if (ran.exitCode !== 0) throw new Error(`The generator failed on ${target.name}: ${ran.stderr.trim()}`);
  return toSample(JSON.parse(ran.stdout), target, cores);
}

/**
 * Loads each target in turn, round after round, so that a change on the machine meets all of them. A round that
 * other people's processes disturbed is followed by one more, up to twice the rounds asked for.
 */
export async function interleave<Name extends string>(
  names: readonly Name[],
  rounds: number,
  run: (name: Name, round: number) => Promise<Sample>,
): Promise<Map<Name, Sample[]>> {
  const samples = new Map<Name, Sample[]>(names.map((name) => [name, []]));
  let quiet = 0;
  for (let round = 0; quiet < rounds && round < 2 * rounds; round += 1) {
    let disturbed = false;
    for (const name of names) {
      const sample = await run(name, round);
      samples.get(name)?.push(sample);
      disturbed ||= isDisturbed(sample);
    }
    if (!disturbed) quiet += 1;
  }
  return samples;
}

function toSample(result: LoadResult, target: Target, cores: CorePlan): Sample {
  const [upstreamCpuMs = Number.NaN, ...ofTarget] = result.watchedCpuMs;
  const targetCpuMs = ofTarget.reduce((sum, cpuMs) => sum + cpuMs, 0);
  const [targetCoreMs = Number.NaN, generatorCoreMs = Number.NaN] = result.coresBusyMs;
  const direct = target.name === "direct";
  const onGeneratorCore = result.generatorCpuMs + (cores.upstream === cores.generator ? upstreamCpuMs : 0);
  const share = (timeMs: number): number => timeMs / result.windowMs;
  return {
    answersPerSecond: (result.answers * 1000) / result.windowMs,
    eventsPerSecond: (result.events * 1000) / result.windowMs,
    cpuMicrosPerAnswer: (targetCpuMs * 1000) / result.answers,
    cpuMicrosPerEvent: (targetCpuMs * 1000) / result.events,
    coreShare: share(targetCpuMs),
    foreignShare: Math.max(0, share(targetCoreMs - (direct ? 0 : targetCpuMs))),
    generatorForeignShare: Math.max(0, share(generatorCoreMs - onGeneratorCore)),
    generatorBusyShare: share(generatorCoreMs),
    eventsPerRead: result.events / result.reads,
    p50Micros: result.p50Micros,
    p99Micros: result.p99Micros,
    failures: result.failures,
    firstFailure: result.firstFailure,
  };
}
