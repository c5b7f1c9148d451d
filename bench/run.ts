import { gatewayMissing, startGateway } from "./gateway.ts";
import { nginxBinary, startNginx } from "./nginx.ts";
import type { Options } from "./options.ts";
import type { ScenarioReport } from "./report.ts";
import { type Ground, startRelay, type Target } from "./targets.ts";

/** What every scenario is given. */
export type Run = { readonly options: Options; readonly ground: Ground };

/** One scenario: starts what it needs, loads it, stops it, and tells what it found. */
export type Scenario = (run: Run) => Promise<ScenarioReport>;

/** A server between the generator and the fake upstream. */
export type ProxyName = "gateway" | "relay" | "nginx";

/** The proxies that a scenario can load, and why each other one that was asked for cannot be. */
export type Available = {
  readonly names: readonly ProxyName[];
  readonly missing: ReadonlyMap<ProxyName, string>;
};

/** Of the targets asked for by --targets and used by this scenario, those that are here. */
export function available(options: Options, used: readonly ProxyName[]): Available {
  const missing = new Map<ProxyName, string>();
  for (const name of used) {
    const why = options.targets.includes(name) ? whyMissing(name) : "left out by --targets";
    if (why !== undefined) missing.set(name, why);
  }
  return { names: used.filter((name) => !missing.has(name)), missing };
}

/** Why a budget between these proxies has no figure: the reasons of those that are missing. */
export function whyNot({ missing }: Available, ...names: ProxyName[]): string {
  return names.flatMap((name) => (missing.has(name) ? [`${name}: ${missing.get(name)}`] : [])).join("; ");
}

/** Starts one proxy. `buffered` concerns nginx only. */
export function startProxy(name: ProxyName, ground: Ground, buffered: boolean): Promise<Target> {
  if (name === "relay") return startRelay(ground);
  return name === "nginx" ? startNginx(ground, { buffered }) : startGateway(ground);
}

/** Starts these proxies, works with them, and stops them whatever happens. */
export async function withProxies<T>(
  names: readonly ProxyName[],
  ground: Ground,
  buffered: boolean,
  work: (proxies: ReadonlyMap<ProxyName, Target>) => Promise<T>,
): Promise<T> {
  const started = new Map<ProxyName, Target>();
  try {
    for (const name of names) started.set(name, await startProxy(name, ground, buffered));
    return await work(started);
  } finally {
    for (const target of started.values()) await target.stop();
  }
}

function whyMissing(name: ProxyName): string | undefined {
  if (name === "gateway") return gatewayMissing();
  return name === "nginx" && nginxBinary() === undefined ? "not installed" : undefined;
}
