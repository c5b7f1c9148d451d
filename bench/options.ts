import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import type { ProxyName } from "./run.ts";

/** What the command line asked for. */
export type Options = {
  readonly scenarios: readonly ScenarioName[];
  readonly targets: readonly ProxyName[];
  /** Length of a timed window. */
  readonly windowMs: number;
  /** Windows per target, interleaved. */
  readonly rounds: number;
  readonly connections: number;
  /** Streams of the idle scenario, and keys of the keys scenario. */
  readonly streams: number;
  readonly keys: number;
  /** Folder under which the gateways' homes are made: its disk is the one that syncs. */
  readonly homes: string;
  /** Whether the gateways limit their keys. */
  readonly limits: boolean;
  /** What the stores scenario compares SQLite with. */
  readonly database: string | undefined;
  readonly redis: string | undefined;
  /** Folder or database with the history that the console scenario asks about. */
  readonly history: string | undefined;
  /** File for the figures as JSON, and whether to keep them under bench/results. */
  readonly json: string | undefined;
  readonly save: boolean;
  readonly help: boolean;
};

const SCENARIOS = [
  "json",
  "sse",
  "translate-json",
  "translate-sse",
  "reject",
  "idle",
  "keys",
  "workers",
  "stores",
  "console",
] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

const PROXIES: readonly ProxyName[] = ["gateway", "relay", "nginx"];

/** The page that --help prints. */
export const USAGE = `npm run bench [-- OPTIONS]

  --scenario NAMES     ${SCENARIOS.join(", ")}: one or several, with commas (all)
  --targets NAMES      ${PROXIES.join(", ")} (those that are here)
  --seconds N          length of a timed window (5)
  --rounds N           windows per target, interleaved (3)
  --connections N      connections of the loaded scenarios (64)
  --streams N          streams of the idle scenario (5000)
  --keys N             keys of the keys scenario (1000000)
  --limits             every key has limits and a budget of the month, which are never reached
  --database URL       an empty PostgreSQL for the stores scenario, and
  --redis URL          the Redis that counts its limits
  --history WHERE     a folder or a database that bench/seed-history.ts filled, for the console scenario
  --homes DIR          where the gateways' homes are made: its disk is the one that syncs (${tmpdir()})
  --json FILE          writes every figure there
  --save               writes them to bench/results/DATE-COMMIT.json
`;

/** Reads the command line; an unknown name or a number that is none is an error that names the option. */
export function readOptions(words: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      scenario: { type: "string", multiple: true, default: [...SCENARIOS] },
      targets: { type: "string", multiple: true, default: [...PROXIES] },
      seconds: { type: "string", default: "5" },
      rounds: { type: "string", default: "3" },
      connections: { type: "string", default: "64" },
      streams: { type: "string", default: "5000" },
      keys: { type: "string", default: "1000000" },
      limits: { type: "boolean", default: false },
      database: { type: "string" },
      redis: { type: "string" },
      history: { type: "string" },
      homes: { type: "string", default: tmpdir() },
      json: { type: "string" },
      save: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  return {
    scenarios: namesOf("scenario", values.scenario, SCENARIOS),
    targets: namesOf("targets", values.targets, PROXIES),
    windowMs: numberOf("seconds", values.seconds) * 1000,
    rounds: wholeOf("rounds", values.rounds),
    connections: wholeOf("connections", values.connections),
    streams: wholeOf("streams", values.streams),
    keys: wholeOf("keys", values.keys),
    limits: values.limits,
    database: values.database,
    redis: values.redis,
    history: values.history,
    homes: values.homes,
    json: values.json,
    save: values.save,
    help: values.help,
  };
}

function namesOf<Name extends string>(
  option: string,
  given: readonly string[],
  known: readonly Name[],
): Name[] {
  return given
    .flatMap((text) => text.split(","))
    .map((text) => {
      const name = known.find((candidate) => candidate === text);
      if (name === undefined) throw new Error(`--${option} must be of ${known.join(", ")}, not "${text}".`);
      return name;
    });
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${option} must be a number above 0, not "${text}".`);
  return value;
}

function wholeOf(option: string, text: string): number {
  const value = numberOf(option, text);
  if (!Number.isInteger(value)) throw new Error(`--${option} must be a whole number, not "${text}".`);
  return value;
}
