import { asObject } from "../core/json.ts";
import { type DeclaredKind, LISTED_KINDS, SETTING_IDS } from "./declared.ts";
import { DEFAULT_PLAN } from "./defaults.ts";
import { type DiscoverOptions, discover, type Found } from "./discover.ts";
import { finishConfig, type ParsedFile, parseConfig } from "./load.ts";
import { ConfigError } from "./problems.ts";
import type { Environment } from "./setting-error.ts";
import type { Settings } from "./settings.ts";
import type { Config } from "./types.ts";

export interface ResolveOptions {
  /** How messages name the file. */
  readonly file: string;
  readonly env: Environment;
  readonly settings: Pick<Settings, "host" | "port" | "discover" | "region">;
  /** What an earlier call found: given again, nothing is probed. */
  readonly found?: Found | undefined;
  readonly localServers?: DiscoverOptions["localServers"];
}

/** Ids of what nobody declared. */
export interface Discovered {
  readonly upstreams: readonly string[];
  readonly models: readonly string[];
}

/** The line (from 1) of what the file declares, by kind and id: see `lineKey`. */
export type FileLines = ReadonlyMap<string, number>;

export const lineKey = (kind: DeclaredKind, id: string): string => `${kind} ${id}`;

export const NO_LINES: FileLines = new Map();

export const NOTHING_DISCOVERED: Discovered = { upstreams: [], models: [] };

export interface Resolved {
  readonly config: Config;
  readonly discovered: Discovered;
  readonly lines: FileLines;
  /** Undefined where the file declares its upstreams, so that nothing was looked for. */
  readonly found: Found | undefined;
}

function look({ yaml }: ParsedFile, options: ResolveOptions): Promise<Found> {
  return discover(options.env, {
    settings: options.settings,
    ownHosts: yaml.hosts.map(({ host }) => host),
    ownKeyPrefixes: [DEFAULT_PLAN.keyPrefix, ...yaml.plans.map((plan) => plan.key_prefix)],
    localServers: options.localServers,
  });
}

function checkRegion(config: Config, { file, settings }: ResolveOptions): void {
  const ids = config.regions.map(({ id }) => id);
  if (settings.region === undefined || ids.length === 0 || ids.includes(settings.region)) return;
  throw new ConfigError([
    `${file}: regions: QUOIN_REGION is "${settings.region}"; set it to one of ${ids.join(", ")}`,
  ]);
}

/** Without the models whose names the file bears. */
function discoveredOf({ yaml }: ParsedFile, found: Found | undefined): Discovered {
  if (!found) return NOTHING_DISCOVERED;
  const named = new Set(yaml.models.flatMap(({ id, aliases }) => [id, ...aliases]));
  const ids = found.models.map(({ id }) => id);
  return { upstreams: found.upstreams.map(({ id }) => id), models: ids.filter((id) => !named.has(id)) };
}

function linesOf({ source, yaml }: ParsedFile): FileLines {
  const listed = LISTED_KINDS.flatMap((kind) =>
    yaml[`${kind}s`].map(({ id }, index): [string, number] => [
      lineKey(kind, id),
      source.lineOf([`${kind}s`, index]),
    ]),
  );
  const sections = SETTING_IDS.filter((id) => asObject(source.value)?.[id] != null);
  const settings = sections.map((id): [string, number] => [lineKey("setting", id), source.lineOf([id])]);
  return new Map([...listed, ...settings]);
}

/**
 * The configuration to run with: quoin.yaml, and where it declares no upstreams, what is found around it.
 * @param text the file's text; undefined where there is no file
 * @throws ConfigError as `loadConfig` does
 */
export async function resolveConfig(text: string | undefined, options: ResolveOptions): Promise<Resolved> {
  const parsed = parseConfig(text ?? "", options);
  const found =
    parsed.yaml.upstreams.length > 0 ? undefined : (options.found ?? (await look(parsed, options)));
  const config = finishConfig(parsed, { file: options.file, found });
  checkRegion(config, options);
  return { config, found, discovered: discoveredOf(parsed, found), lines: linesOf(parsed) };
}
