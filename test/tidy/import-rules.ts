import { dirname, join } from "node:path";
import { findCycles } from "./find-cycles.ts";
import { type ScannedImport, scanImports } from "./scan-imports.ts";

const TOP = "(top)";

/** Rooms of src/ by tier. A file imports from its own room and from lower tiers, never from a stranger beside it. */
const TIERS: readonly (readonly string[])[] = [
  ["base"],
  ["core"],
  ["protocols", "providers"],
  ["translation"],
  ["accounts", "catalog", "config", "routing", "limits", "billing", "history", "conversations"],
  ["gateway", "control"],
  ["storage"],
  ["commands", "workers", TOP],
];

const FEATURE_TIER = 4;
const FEATURES_SEE = new Set(["core", "base"]);

/** main, app, workers and the commands are one tier and no strangers: a command builds on the home, main on commands. */
const ONE_TIER = new Set(["commands", "workers", TOP]);

/** Edges that the tiers would forbid, each with its reason. */
const ALLOWED: ReadonlyMap<string, string> = new Map([
  [
    "catalog → config",
    "the Snapshot is compiled from what the operator declared; config knows nothing of it",
  ],
]);

const PACKAGE_ROOMS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["zod", new Set(["config", "control", "commands"])],
  ["yaml", new Set(["config", "control", "commands"])],
  ["hono", new Set(["control"])],
  ["@hono/zod-openapi", new Set(["control"])],
  ["prom-client", new Set(["control"])],
  ["bun:sqlite", new Set(["storage"])],
]);

/** Packages that cost memory or time at the start: loaded where they are first needed. */
const LAZY_PACKAGE_ROOMS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["gpt-tokenizer", new Set(["base"])],
  ["stripe", new Set(["control"])],
  ["@simplewebauthn/server", new Set(["control"])],
  ["libphonenumber-js", new Set(["control"])],
  ["otplib", new Set(["control"])],
]);

const PURE_ROOMS = new Set(["core", "protocols"]);
const INPUT_OUTPUT =
  /^node:(?:fs|net|tls|http|https|http2|dgram|dns|child_process|worker_threads|cluster)(?:\/|$)/;

const TESTED_ONLY = /^(?:test|bench|clients|scripts|bin)\//;

interface Edge extends ScannedImport {
  readonly from: string;
  readonly room: string;
}

/**
 * Every broken rule of the direction of imports, as sentences.
 *
 * @param files sources under src/, by their path from the root
 */
export function findViolations(files: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  const graph = new Map<string, string[]>();
  for (const [from, source] of files) {
    const room = roomOf(from);
    if (tierOf(room) < 0)
      found.push(`${from}: ${room} is a room without a tier; give it one in import-rules.ts`);
    const targets: string[] = [];
    for (const scanned of scanImports(source)) {
      const edge = { ...scanned, from, room };
      const target = scanned.specifier.startsWith(".") ? join(dirname(from), scanned.specifier) : undefined;
      const problem = target === undefined ? judgePackage(edge) : judgeFile(edge, target, files);
      if (problem !== undefined) found.push(`${from}: ${problem}`);
      if (target !== undefined && files.has(target)) targets.push(target);
    }
    graph.set(from, targets);
  }
  for (const cycle of findCycles(graph)) found.push(`these import each other: ${cycle.join(" → ")}`);
  return found;
}

function judgeFile(edge: Edge, target: string, files: ReadonlyMap<string, string>): string | undefined {
  if (TESTED_ONLY.test(target)) return `the product does not import ${target}`;
  if (/\.(?:json|md|css|browser\.js)$/.test(target)) return undefined;
  if (!target.endsWith(".ts")) return `${edge.specifier} lacks its suffix`;
  if (!files.has(target)) return `${target} does not exist`;
  return judgeRooms(edge.room, roomOf(target));
}

function judgeRooms(from: string, to: string): string | undefined {
  if (from === to || ALLOWED.has(`${from} → ${to}`) || (ONE_TIER.has(from) && ONE_TIER.has(to)))
    return undefined;
  const [fromTier, toTier] = [tierOf(from), tierOf(to)];
  if (toTier > fromTier) return `${from} imports upwards from ${to}`;
  if (toTier === fromTier) return `${from} and ${to} are strangers`;
  if (fromTier === FEATURE_TIER && !FEATURES_SEE.has(to)) return `${from} sees only core and base, not ${to}`;
  return undefined;
}

function judgePackage({ specifier, kind, room }: Edge): string | undefined {
  if (specifier.startsWith("node:")) {
    if (!PURE_ROOMS.has(room) || !INPUT_OUTPUT.test(specifier)) return undefined;
    return `${room} is pure: no ${specifier}`;
  }
  if (specifier === "bun") return PURE_ROOMS.has(room) ? `${room} is pure: no bun` : undefined;
  const name = packageName(specifier);
  const lazyRooms = LAZY_PACKAGE_ROOMS.get(name);
  if (lazyRooms?.has(room))
    return kind === "dynamic" ? undefined : `${name} is loaded by await import() only`;
  if (PACKAGE_ROOMS.get(name)?.has(room)) return undefined;
  return `${name} is not for ${room}`;
}

function packageName(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** `src/gateway/relay.ts` is in gateway, `src/main.ts` at the top. */
function roomOf(path: string): string {
  const [, room = TOP, ...rest] = path.split("/");
  return rest.length === 0 ? TOP : room;
}

function tierOf(room: string): number {
  return TIERS.findIndex((rooms) => rooms.includes(room));
}
