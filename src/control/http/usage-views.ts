import { type LatencyHistogram, quantileMs } from "../../history/latency-histogram.ts";
import { addSums, NO_SUMS, type UsageBucket, type UsageQuery, type UsageSums } from "../../history/usage.ts";
import type { OperatorUsageOver, UsageOver } from "../contract/usage.ts";
import type { ControlDeps } from "../operation.ts";
import { HttpError } from "./http-error.ts";
import { usageView } from "./request-views.ts";

/** Buckets in one answer: a month of hours, a year and more of days. */
const BUCKETS_MAX = { hour: 32 * 24, day: 400 } as const;
/** Accounts, keys or users in one answer, those that were charged most; the totals have all. */
const GROUPS_MAX = 100;
const MANY: ReadonlySet<UsageQuery["groupBy"]> = new Set(["account", "key", "user"]);
const WIDTH_MS = { hour: 3_600_000, day: 86_400_000 } as const;

function latencyView(histogram: LatencyHistogram) {
  return { p50: quantileMs(histogram, 0.5) ?? null, p95: quantileMs(histogram, 0.95) ?? null };
}

function sumsView({ requests, errors, chargeNanos, cacheSavedNanos, usage, ...latencies }: UsageSums) {
  return {
    requests,
    errors,
    charge_nanos: chargeNanos.toString(),
    cache_saved_nanos: cacheSavedNanos.toString(),
    usage: usageView(usage),
    first_byte_ms: latencyView(latencies.firstByteMs),
    last_byte_ms: latencyView(latencies.lastByteMs),
  };
}

/** With what it cost the operator. */
function operatorSums(sums: UsageSums) {
  const { costNanos, marginNanos } = sums;
  return {
    ...sumsView(sums),
    cost_nanos: costNanos.toString(),
    margin_nanos: costNanos === 0n && marginNanos === 0n ? null : marginNanos.toString(),
  };
}

interface Asked {
  readonly from: string;
  readonly to?: string | undefined;
  readonly bucket: "hour" | "day";
}

/** @throws HttpError where it is more than one answer holds */
function periodOf({ from, to, bucket }: Asked, now: number): { readonly from: number; readonly to: number } {
  const period = { from: Date.parse(from), to: to === undefined ? now : Date.parse(to) };
  if (period.to <= period.from)
    throw new HttpError("invalid", "from: it must be before to.", { field: "from" });
  if (period.to - period.from <= BUCKETS_MAX[bucket] * WIDTH_MS[bucket]) return period;
  const mend = bucket === "hour" ? "ask for days, or for less at once" : "ask for less at once";
  throw new HttpError("invalid", `from: that is more than ${BUCKETS_MAX[bucket]} ${bucket}s; ${mend}.`, {
    field: "from",
  });
}

/** Sums of each group over the whole time, those that cost most first. */
function groupSums(buckets: readonly UsageBucket[]): [string, UsageSums][] {
  const groups = new Map<string, UsageSums>();
  for (const bucket of buckets)
    groups.set(bucket.group, addSums(groups.get(bucket.group) ?? NO_SUMS, bucket));
  const cost = (sums: UsageSums) => sums.chargeNanos;
  return [...groups].sort(([, a], [, b]) =>
    cost(a) === cost(b) ? b.requests - a.requests : cost(a) < cost(b) ? 1 : -1,
  );
}

/** What people call the groups: keys and accounts have ids. */
async function labelsOf(
  { accounts }: ControlDeps,
  { groupBy }: UsageQuery,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const labels = new Map<string, string>();
  for (const id of ids) {
    if (groupBy === "key") {
      const key = await accounts.findKey(id);
      if (key) labels.set(id, key.name === "" ? key.hint : key.name);
    } else if (groupBy === "account") labels.set(id, (await accounts.accountName(id)) ?? id);
  }
  return labels;
}

type Scope = Pick<UsageQuery, "accountId" | "groupBy">;

async function told<View>(
  control: ControlDeps,
  scope: Scope,
  asked: Asked,
  now: number,
  view: (sums: UsageSums) => View,
) {
  const query: UsageQuery = { ...scope, ...periodOf(asked, now), bucket: asked.bucket };
  const isMany = MANY.has(scope.groupBy);
  const buckets = await control.queries.usageOver({ ...query, groupsMax: isMany ? GROUPS_MAX : undefined });
  const all = isMany ? await control.queries.usageOver({ ...query, groupBy: undefined }) : buckets;
  const groups = scope.groupBy === undefined ? [] : groupSums(buckets);
  const ids = groups.map(([group]) => group);
  const labels = await labelsOf(control, query, ids);
  return {
    from: new Date(query.from).toISOString(),
    to: new Date(query.to).toISOString(),
    bucket: asked.bucket,
    items: buckets.map(({ at, group, ...sums }) => ({
      at: new Date(at).toISOString(),
      group,
      ...view(sums),
    })),
    groups: groups.map(([group, sums]) => ({ group, label: labels.get(group) ?? group, ...view(sums) })),
    totals: view(all.reduce<UsageSums>(addSums, NO_SUMS)),
  };
}

/** Usage over time as the API tells it. */
export function usageOver(control: ControlDeps, scope: Scope, asked: Asked, now: number): Promise<UsageOver> {
  return told(control, scope, asked, now, sumsView);
}

/** The same for operators, with what it cost them. */
export function operatorUsageOver(
  control: ControlDeps,
  scope: Scope,
  asked: Asked,
  now: number,
): Promise<OperatorUsageOver> {
  return told(control, scope, asked, now, operatorSums);
}
