import { type LatencyHistogram, quantileMs } from "../../history/latency-histogram.ts";
import {
  addSums,
  BUCKET_MS,
  groupsMaxOf,
  NO_SUMS,
  type UsageBucket,
  type UsageQuery,
  type UsageSums,
} from "../../history/usage.ts";
import type { ActiveAccounts, OperatorUsageOver, UsageOver } from "../contract/usage.ts";
import type { ControlDeps } from "../operation.ts";
import { HttpError } from "./http-error.ts";
import { usageView } from "./request-views.ts";

/** Buckets in one answer: a month of hours, a year and more of days. */
const BUCKETS_MAX = { hour: 32 * 24, day: 400 } as const;
/** Where accounts are counted: days have an index for it, of hours each account's row is read. */
const COUNTED_MAX = { hour: 48, day: 400 } as const;

function latencyView(histogram: LatencyHistogram) {
  return { p50: quantileMs(histogram, 0.5) ?? null, p95: quantileMs(histogram, 0.95) ?? null };
}

function sumsView({
  requests,
  errors,
  chargeNanos,
  cacheSavedNanos,
  usage,
  ...latencies
}: UsageSums): UsageOver["totals"] {
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
function operatorSums(sums: UsageSums): OperatorUsageOver["totals"] {
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
  readonly items?: "all" | "none";
}

/** @throws HttpError where it is more than one answer holds */
function periodOf(
  { from, to, bucket }: Asked,
  now: number,
  bucketsMax: Readonly<Record<Asked["bucket"], number>> = BUCKETS_MAX,
): { readonly from: number; readonly to: number } {
  const period = { from: Date.parse(from), to: to === undefined ? now : Date.parse(to) };
  if (period.to <= period.from)
    throw new HttpError("invalid", "from: it must be before to.", { field: "from" });
  if (period.to - period.from <= bucketsMax[bucket] * BUCKET_MS[bucket]) return period;
  const mend = bucket === "hour" ? "ask for days, or for less at once" : "ask for less at once";
  throw new HttpError("invalid", `from: that is more than ${bucketsMax[bucket]} ${bucket}s; ${mend}.`, {
    field: "from",
  });
}

/** Those that cost most first. */
function byCharge(groups: ReadonlyMap<string, UsageSums>): [string, UsageSums][] {
  return [...groups].sort(([, a], [, b]) =>
    a.chargeNanos === b.chargeNanos ? b.requests - a.requests : a.chargeNanos < b.chargeNanos ? 1 : -1,
  );
}

/** Members of an account: few enough to be asked for one by one. */
async function userNames({ people }: ControlDeps, ids: readonly string[]): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const userId of ids) {
    const user = userId === "" ? undefined : await people.store.users.find({ userId });
    if (user) names.set(userId, user.displayName || user.email);
  }
  return names;
}

/** What people call the groups that have ids: keys, accounts and users. */
async function labelsOf(
  deps: ControlDeps,
  { groupBy }: UsageQuery,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (groupBy === "account") return await deps.accounts.accountNames(ids);
  if (groupBy === "user") return await userNames(deps, ids);
  if (groupBy !== "key") return new Map();
  const keys = await deps.accounts.findKeys(ids);
  return new Map(keys.map(({ keyId, name, hint }) => [keyId, name === "" ? hint : name]));
}

type Scope = Pick<UsageQuery, "accountId" | "groupBy">;

/** What the buckets of an answer come to, made as they come: thousands at once would hold up everybody's requests. */
function gathered(view: (sums: UsageSums) => object, withItems: boolean) {
  const texts: string[] = [];
  const groups = new Map<string, UsageSums>();
  return {
    groups,
    visit(buckets: readonly UsageBucket[]): void {
      for (const { at, group, ...sums } of buckets) {
        if (withItems) texts.push(JSON.stringify({ at: new Date(at).toISOString(), group, ...view(sums) }));
        groups.set(group, addSums(groups.get(group) ?? NO_SUMS, sums));
      }
    },
    /** JSON of all of them. */
    items: () => `[${texts.join(",")}]`,
  };
}

async function totalOf({ queries }: ControlDeps, query: UsageQuery): Promise<UsageSums> {
  let total = NO_SUMS;
  await queries.usageParts({ ...query, groupBy: undefined }, (buckets) => {
    total = buckets.reduce<UsageSums>(addSums, total);
  });
  return total;
}

/** @returns JSON of a UsageOver with a view's sums */
async function told(
  control: ControlDeps,
  scope: Scope,
  asked: Asked,
  now: number,
  view: (sums: UsageSums) => object,
): Promise<Response> {
  const query: UsageQuery = { ...scope, ...periodOf(asked, now), bucket: asked.bucket };
  // Those that were charged most; the totals have all.
  const groupsMax = groupsMaxOf(query);
  const found = gathered(view, asked.items !== "none");
  const [, all] = await Promise.all([
    control.queries.usageParts({ ...query, groupsMax }, found.visit),
    groupsMax === undefined ? undefined : totalOf(control, query),
  ]);
  const total = all ?? [...found.groups.values()].reduce<UsageSums>(addSums, NO_SUMS);
  const groups = scope.groupBy === undefined ? [] : byCharge(found.groups);
  const ids = groups.map(([group]) => group).filter((group) => group !== "");
  const labels = await labelsOf(control, query, ids);
  const rest = {
    groups: groups.map(([group, sums]) => ({ group, label: labels.get(group) ?? group, ...view(sums) })),
    totals: view(total),
  };
  const head = {
    from: new Date(query.from).toISOString(),
    to: new Date(query.to).toISOString(),
    bucket: asked.bucket,
  };
  const text = `${JSON.stringify(head).slice(0, -1)},"items":${found.items()},${JSON.stringify(rest).slice(1)}`;
  return new Response(text, { headers: { "content-type": "application/json" } });
}

/** Usage over time as the API tells it (contract/usage.ts). */
export function usageOver(control: ControlDeps, scope: Scope, asked: Asked, now: number): Promise<Response> {
  return told(control, scope, asked, now, sumsView);
}

/** The same for operators, with what it cost them. */
export function operatorUsageOver(
  control: ControlDeps,
  scope: Scope,
  asked: Asked,
  now: number,
): Promise<Response> {
  return told(control, scope, asked, now, operatorSums);
}

/** How many accounts asked anything, as the API tells it. */
export async function activeAccounts(
  { queries }: ControlDeps,
  asked: Asked,
  now: number,
): Promise<ActiveAccounts> {
  const { bucket } = asked;
  const { from, to } = periodOf(asked, now, COUNTED_MAX);
  const { total, over } = await queries.activeAccounts({ from, to, bucket });
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    bucket,
    items: over.map(({ at, accounts }) => ({ at: new Date(at).toISOString(), accounts })),
    total,
  };
}
