import type { AccountStore } from "../../accounts/store.ts";
import { snakeCase } from "../../config/config-view.ts";
import type { Protocol } from "../../core/protocol.ts";
import type { Outcome, RequestRecord } from "../../core/request-record.ts";
import { NO_USAGE, type Usage, type UsageKind } from "../../core/usage.ts";
import type { RequestFilter } from "../../history/search.ts";
import type { OperatorRequest, Request, UsageKinds } from "../contract/requests.ts";
import type { ControlDeps } from "../operation.ts";
import { withAccountNames } from "./account-names.ts";

/** Once: answers about usage have thousands of these. */
const KINDS = (Object.keys(NO_USAGE) as UsageKind[]).map(
  (kind) => [kind, snakeCase(kind) as keyof UsageKinds] as const,
);

export function usageView(usage: Usage): UsageKinds {
  const view: Partial<Record<keyof UsageKinds, number>> = {};
  for (const [kind, name] of KINDS) view[name] = usage[kind];
  // The kinds are those of the contract: its schema is held against this in the tests.
  return view as UsageKinds;
}

/** A request as the API tells it, without what it cost the operator. */
export function requestView(record: RequestRecord): Request {
  return {
    id: record.id,
    at: new Date(record.at).toISOString(),
    account_id: record.accountId,
    key_id: record.keyId,
    user_id: record.userId ?? null,
    project: record.project ?? null,
    model: record.model,
    protocol: record.protocol,
    operation: record.operation,
    stream: record.stream,
    status: record.status,
    outcome: record.outcome,
    error: record.error ?? null,
    usage: usageView(record.usage),
    usage_source: record.usageSource,
    charge_nanos: record.chargeNanos.toString(),
    cache_saved_nanos: record.cacheSavedNanos?.toString() ?? null,
    price_version: record.priceVersion,
    attempts: record.attempts.map(({ startMs, tookMs, reason, ...attempt }) => ({
      ...attempt,
      reason: reason ?? null,
      start_ms: startMs,
      took_ms: tookMs,
    })),
    queue_ms: record.queueMs,
    first_byte_ms: record.firstByteMs,
    last_byte_ms: record.lastByteMs,
    client: record.client,
    region: record.region,
    notes: [...record.notes],
    answer_id: record.answerId ?? null,
  };
}

function withCost(record: RequestRecord) {
  const { chargeNanos, costNanos } = record;
  return {
    ...requestView(record),
    cost_nanos: costNanos?.toString() ?? null,
    margin_nanos: costNanos === undefined ? null : (chargeNanos - costNanos).toString(),
  };
}

/** The same for operators, with the name of the account. */
export async function operatorRequestView(
  accounts: Pick<AccountStore, "accountNames">,
  record: RequestRecord,
): Promise<OperatorRequest> {
  const names = await accounts.accountNames([record.accountId]);
  return { ...withCost(record), account_display_name: names.get(record.accountId) ?? null };
}

/** Of many, with one look-up. */
export function operatorRequestViews(
  accounts: Pick<AccountStore, "accountNames">,
  records: readonly RequestRecord[],
): Promise<OperatorRequest[]> {
  return withAccountNames(accounts, records.map(withCost));
}

interface FilterAsked {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly model?: string | undefined;
  readonly key_id?: string | undefined;
  readonly user_id?: string | undefined;
  readonly project?: string | undefined;
  readonly status?: string | undefined;
  readonly outcome?: Outcome | undefined;
  readonly protocol?: Protocol | undefined;
  readonly client?: string | undefined;
  readonly upstream?: string | undefined;
}

const timeOf = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text));

/** The filter of a query; `accountId` undefined: of all accounts. */
export function filterOf(
  { snapshot }: ControlDeps,
  accountId: string | undefined,
  asked: FilterAsked,
): RequestFilter {
  const { from, to, model, key_id, user_id, status, project, outcome, protocol, client, upstream } = asked;
  return {
    accountId,
    from: timeOf(from),
    to: timeOf(to),
    model: model === undefined ? undefined : (snapshot().findModel(model)?.id ?? model),
    keyId: key_id,
    userId: user_id,
    statusClass: status === undefined ? undefined : Number(status[0]),
    ...{ project, outcome, protocol, client, upstream },
  };
}
