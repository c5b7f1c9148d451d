import type { Snapshot } from "../core/model.ts";
import type { Nanos } from "../core/money.ts";
import { type Attempt, GIVEN_UP, NOT_ASKED, type RequestRecord } from "../core/request-record.ts";
import { NO_USAGE, type UsageKind } from "../core/usage.ts";
import { type LatencyTally, newLatencyTally, tallyLatency } from "./latency-tally.ts";

/** Stands for every name that is not declared: what clients make up must not make counts of its own. */
const OTHER = "other";

/** Models, and upstreams, that are counted by their own names: what an installation declares in its life is fewer. */
const NAMES_MAX = 1_000;

const KINDS = Object.keys(NO_USAGE) as UsageKind[];

/** Requests of one model that ended alike. */
export interface AlikeRequests extends Pick<RequestRecord, "protocol" | "outcome"> {
  /** The first digit of their status. */
  readonly statusClass: number;
  count: number;
}

/** What was counted of one model. */
export interface ModelCounts {
  readonly requests: Map<string, AlikeRequests>;
  /** Of requests that were answered to their end, but for counts of tokens. */
  readonly took: LatencyTally;
  readonly firstByte: LatencyTally;
  readonly usage: Record<UsageKind, number>;
  /** What was charged where its cost is known, and where it is not. */
  chargedKnown: Nanos;
  chargedUnknown: Nanos;
  cost: Nanos;
}

/** How an attempt ended: as its record says, or one of what that leaves open. */
export const ATTEMPT_ENDS = ["served", "broke_off", "retryable", "final", "not_asked", "given_up"] as const;
export type AttemptEnd = (typeof ATTEMPT_ENDS)[number];

export interface UpstreamCounts {
  readonly attempts: Record<AttemptEnd, number>;
  /** Attempts after which another target was tried. */
  failovers: number;
}

/**
 * What the requests of this node, its workers' among them, came to since it started: sums that only grow, in as many
 * cells as models and upstreams were ever declared.
 */
export interface RequestMeter {
  /** Called for groups of records once they are stored; costs no request any time. */
  note(record: RequestRecord): void;
  readonly models: ReadonlyMap<string, ModelCounts>;
  readonly upstreams: ReadonlyMap<string, UpstreamCounts>;
  /** By status: requests that failed before any upstream was asked. */
  readonly refused: ReadonlyMap<number, number>;
}

function newModelCounts(): ModelCounts {
  return {
    requests: new Map(),
    took: newLatencyTally(),
    firstByte: newLatencyTally(),
    usage: { ...NO_USAGE },
    chargedKnown: 0n,
    chargedUnknown: 0n,
    cost: 0n,
  };
}

function newUpstreamCounts(): UpstreamCounts {
  const attempts = { served: 0, broke_off: 0, retryable: 0, final: 0, not_asked: 0, given_up: 0 };
  return { attempts, failovers: 0 };
}

/** Cells by names that are declared when they are first counted, and one for the others. */
function cellsByName<Cell>(newCell: () => Cell, isDeclared: (name: string) => boolean) {
  const cells = new Map<string, Cell>();
  function make(name: string): Cell {
    const cell = newCell();
    cells.set(name, cell);
    return cell;
  }
  return {
    cells,
    of(name: string): Cell {
      const known = cells.get(name);
      if (known) return known;
      if (cells.size < NAMES_MAX && isDeclared(name)) return make(name);
      return cells.get(OTHER) ?? make(OTHER);
    },
  };
}

/** Whether a model is in force; its names are gathered once for each configuration. */
function modelsInForce(snapshot: () => Pick<Snapshot, "models" | "unpublished">) {
  let gathered: ReturnType<typeof snapshot> | undefined;
  let ids: ReadonlySet<string> = new Set();
  return (id: string): boolean => {
    const now = snapshot();
    if (now !== gathered) {
      gathered = now;
      ids = new Set([...now.models, ...now.unpublished].map((model) => model.id));
    }
    return ids.has(id);
  };
}

function noteRequest({ requests }: ModelCounts, { protocol, status, outcome }: RequestRecord): void {
  const statusClass = Math.floor(status / 100);
  const key = `${protocol} ${statusClass} ${outcome}`;
  const alike = requests.get(key);
  if (alike) alike.count++;
  else requests.set(key, { protocol, statusClass, outcome, count: 1 });
}

function noteModel(counts: ModelCounts, record: RequestRecord): void {
  const { usage, chargeNanos, costNanos } = record;
  noteRequest(counts, record);
  for (const kind of KINDS) if (usage[kind] > 0) counts.usage[kind] += usage[kind];
  if (costNanos === undefined) counts.chargedUnknown += chargeNanos;
  else {
    counts.chargedKnown += chargeNanos;
    counts.cost += costNanos;
  }
  if (record.outcome !== "finished" || record.operation === "count-tokens") return;
  tallyLatency(counts.took, record.lastByteMs);
  tallyLatency(counts.firstByte, record.firstByteMs);
}

function endOf({ outcome, reason }: Attempt, record: RequestRecord): AttemptEnd {
  if (reason === NOT_ASKED) return "not_asked";
  if (reason === GIVEN_UP) return "given_up";
  return outcome === "served" && record.outcome === "cut_by_upstream" ? "broke_off" : outcome;
}

/** Counts over the configuration that is in force. */
export function requestMeter(
  snapshot: () => Pick<Snapshot, "models" | "unpublished" | "upstreams">,
): RequestMeter {
  const models = cellsByName(newModelCounts, modelsInForce(snapshot));
  const upstreams = cellsByName(newUpstreamCounts, (id) => snapshot().upstreams.has(id));
  const refused = new Map<number, number>();
  return {
    models: models.cells,
    upstreams: upstreams.cells,
    refused,
    note(record) {
      const { attempts, status } = record;
      noteModel(models.of(record.model), record);
      if (record.outcome === "failed" && attempts.length === 0)
        refused.set(status, (refused.get(status) ?? 0) + 1);
      for (const [at, attempt] of attempts.entries()) {
        const counts = upstreams.of(attempt.upstream);
        const end = endOf(attempt, record);
        counts.attempts[end]++;
        if (end !== "not_asked" && at + 1 < attempts.length) counts.failovers++;
      }
    },
  };
}
