import { type RequestRecord, upstreamOf } from "../core/request-record.ts";
import { NO_USAGE, type Usage, type UsageKind } from "../core/usage.ts";
import { endFacets, type Facets, nameFacets } from "./facets.ts";
import { binOf, LATENCY_BINS } from "./latency-histogram.ts";
import { programOf } from "./search.ts";
import { BUCKET_MS, type UsageSums } from "./usage.ts";

const KINDS = Object.keys(NO_USAGE) as UsageKind[];
const BINS = Array.from({ length: LATENCY_BINS }, (_, bin) => bin);

/**
 * The columns of a row of sums, in both databases: what UsageSums say, and `faulty`, by which a search finds the
 * hours of what went wrong. Usage kinds are `u_…`, bins `f…` (first byte) and `l…` (last byte).
 */
export const SUM_COLUMNS: readonly string[] = [
  "requests",
  "errors",
  "faulty",
  "charged",
  "cost",
  "saved",
  ...KINDS.map((kind) => `u_${kind.toLowerCase()}`),
  ...BINS.map((bin) => `f${bin}`),
  ...BINS.map((bin) => `l${bin}`),
  // Later than the rest: what waits to be taken in names columns by their place.
  "margin",
];

/** What rows of sums are kept by, besides the time. */
export const DIMENSIONS = ["key_id", "user_id", "project", "model", "upstream", "program"] as const;

/** One row of what a batch of records adds: the hour, whose, the columns that are not zero, and when the last arrived. */
export type UsageDelta = readonly [
  hour: number,
  accountId: string,
  dimensions: readonly string[],
  /** A column's place in SUM_COLUMNS, its value, and so on; money as a string. */
  sums: readonly (number | string)[],
  lastAt: number,
];

const MONEY_AT = 3;
const USAGE_AT = 6;
const FIRST_AT = USAGE_AT + KINDS.length;
const LAST_AT = FIRST_AT + LATENCY_BINS;
const MARGIN_AT = LAST_AT + LATENCY_BINS;
/** Places of columns whose values are nanos. */
export const MONEY_COLUMNS: ReadonlySet<number> = new Set([MONEY_AT, MONEY_AT + 1, MONEY_AT + 2, MARGIN_AT]);

interface Cell {
  readonly hour: number;
  readonly upstream: string;
  /** One of those that it sums. */
  readonly record: RequestRecord;
  /** Of its records, but for their status and outcome. */
  readonly facets: Facets;
  readonly counts: number[];
  lastAt: number;
  charged: bigint;
  cost: bigint;
  saved: bigint;
  margin: bigint;
}

/** What is written down beside a batch of records. */
export interface RecordBatch {
  readonly facets: readonly Facets[];
  /** What they add to the sums of usage, by hour, account and dimensions. */
  readonly deltas: readonly UsageDelta[];
}

/** Facets and deltas of a batch, both from the few combinations of names that there are in it. */
export function gatherBatch(records: readonly RequestRecord[]): RecordBatch {
  const cells: Cell[] = [];
  const byKey = new Map<string, Cell[]>();
  const facets = records.map((record) => {
    const cell = cellOf(byKey, cells, record);
    addTo(cell, record);
    return { what: cell.facets.what + endFacets(record), who: cell.facets.who };
  });
  return { facets, deltas: cells.map(deltaOf) };
}

function cellOf(byKey: Map<string, Cell[]>, cells: Cell[], record: RequestRecord): Cell {
  const hour = Math.floor(record.at / BUCKET_MS.hour);
  const upstream = upstreamOf(record);
  const ofKey = byKey.get(record.keyId) ?? [];
  if (ofKey.length === 0) byKey.set(record.keyId, ofKey);
  for (const known of ofKey) if (isSame(known, record, hour, upstream)) return known;
  const counts = new Array<number>(SUM_COLUMNS.length).fill(0);
  const facets = nameFacets(record);
  const money = { charged: 0n, cost: 0n, saved: 0n, margin: 0n };
  const cell = { hour, upstream, record, facets, counts, lastAt: 0, ...money };
  ofKey.push(cell);
  cells.push(cell);
  return cell;
}

/** Compared one by one: quicker than making and hashing a text of them all. */
function isSame(
  { hour, upstream, record }: Cell,
  other: RequestRecord,
  itsHour: number,
  its: string,
): boolean {
  return (
    hour === itsHour &&
    record.model === other.model &&
    upstream === its &&
    record.client === other.client &&
    record.protocol === other.protocol &&
    record.accountId === other.accountId &&
    record.userId === other.userId &&
    record.project === other.project
  );
}

const increase = (counts: number[], column: number, by: number): void => {
  counts[column] = (counts[column] ?? 0) + by;
};

function addTo(cell: Cell, record: RequestRecord): void {
  const { counts } = cell;
  const { outcome, status, usage } = record;
  increase(counts, 0, 1);
  cell.lastAt = Math.max(cell.lastAt, record.at);
  if (outcome === "failed" || outcome === "cut_by_upstream") increase(counts, 1, 1);
  if (outcome !== "finished" || status >= 400) increase(counts, 2, 1);
  cell.charged += record.chargeNanos;
  if (record.costNanos !== undefined) {
    cell.cost += record.costNanos;
    cell.margin += record.chargeNanos - record.costNanos;
  }
  if (record.cacheSavedNanos !== undefined) cell.saved += record.cacheSavedNanos;
  let column = USAGE_AT;
  for (const kind of KINDS) {
    if (usage[kind] !== 0) increase(counts, column, usage[kind]);
    column++;
  }
  if (outcome !== "finished" || record.operation !== "generate") return;
  increase(counts, FIRST_AT + binOf(record.firstByteMs), 1);
  increase(counts, LAST_AT + binOf(record.lastByteMs), 1);
}

function deltaOf(cell: Cell): UsageDelta {
  const { hour, record, upstream, counts, lastAt, charged, cost, saved, margin } = cell;
  const sums: (number | string)[] = [];
  for (const [at, nanos] of [charged, cost, saved].entries())
    if (nanos !== 0n) sums.push(MONEY_AT + at, nanos.toString());
  for (const [at, count] of counts.entries()) if (count !== 0) sums.push(at, count);
  if (margin !== 0n) sums.push(MARGIN_AT, margin.toString());
  const { keyId, userId = "", project = "", model, client } = record;
  const dimensions = [keyId, userId, project, model, upstream, programOf(client)];
  return [hour, record.accountId, dimensions, sums, lastAt];
}

/** Sums as UsageSums, from a row with all columns, numbers or bigints. */
export function sumsOfRow(row: Readonly<Record<string, unknown>>): UsageSums {
  const count = (column: string) => Number(row[column] ?? 0);
  const nanos = (column: string) => BigInt((row[column] as bigint | number | string | null) ?? 0);
  const usage: Record<UsageKind, number> = { ...NO_USAGE };
  for (const kind of KINDS) usage[kind] = count(`u_${kind.toLowerCase()}`);
  return {
    requests: count("requests"),
    errors: count("errors"),
    chargeNanos: nanos("charged"),
    costNanos: nanos("cost"),
    marginNanos: nanos("margin"),
    cacheSavedNanos: nanos("saved"),
    usage: usage satisfies Usage,
    firstByteMs: BINS.map((bin) => count(`f${bin}`)),
    lastByteMs: BINS.map((bin) => count(`l${bin}`)),
  };
}
