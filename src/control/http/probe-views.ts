import type { KeyRow } from "../../accounts/store.ts";
import { formatRate } from "../../core/currency.ts";
import type { Plan, Snapshot } from "../../core/model.ts";
import { multiplierFor } from "../../core/multiplier.ts";
import { PPM_OF_ONE } from "../../core/price.ts";
import type { Principal } from "../../core/principal.ts";
import type { RequestRecord } from "../../core/request-record.ts";
import { totalTokens } from "../../limits/tokens.ts";
import type { Probe } from "../contract/probe.ts";
import type { HttpDeps } from "./deps.ts";
import { modelsInForce } from "./model-views.ts";
import { requestView } from "./request-views.ts";
import { iso } from "./views.ts";

const REQUESTS = 50;

function keyPart(key: KeyRow, now: number): Probe["key"] {
  return {
    id: key.keyId,
    name: key.name,
    hint: key.hint,
    state: key.expiresAt !== undefined && key.expiresAt <= now ? "expired" : "active",
    project: key.project ?? null,
    networks: key.networks === undefined ? null : [...key.networks],
    created_at: new Date(key.createdAt).toISOString(),
    expires_at: iso(key.expiresAt),
  };
}

function planPart(
  snapshot: Snapshot,
  { accountName, planId }: Principal,
  plan: Plan | undefined,
): Probe["plan"] {
  const ppm = multiplierFor(snapshot, accountName, planId)?.ppm ?? PPM_OF_ONE;
  return {
    id: planId,
    display_name: plan?.displayName ?? planId,
    monthly_credit_nanos: plan?.monthlyCredit?.nanos.toString() ?? null,
    price_multiplier: formatRate(ppm),
  };
}

function regionPart({ control, config }: HttpDeps): Probe["region"] {
  const region = config().regions.find(({ id }) => id === control.region);
  if (region) return { id: region.id, display_name: region.displayName, city: region.city };
  return control.region === "" ? null : { id: control.region, display_name: control.region, city: "" };
}

async function walletPart({ control }: HttpDeps, walletId: string, now: number): Promise<Probe["wallet"]> {
  const balance = await control.wallets.balance(walletId, now);
  const held = await control.heldNanos(walletId);
  return {
    balance_nanos: balance.toString(),
    held_nanos: held.toString(),
    available_nanos: (balance > held ? balance - held : 0n).toString(),
  };
}

async function limitsPart(
  deps: HttpDeps,
  principal: Principal,
  plan: Plan | undefined,
): Promise<Probe["limits"]> {
  try {
    const standings = await deps.control.limitsLeft(principal, plan);
    return standings.map(({ resetMs, ...standing }) => ({ ...standing, reset_ms: resetMs }));
  } catch (cause) {
    // The rest is worth showing without them.
    deps.log("warn", "the store of limits did not answer a probe", { cause: String(cause) });
    return null;
  }
}

async function budgetsPart({ control }: HttpDeps, principal: Principal, plan: Plan | undefined) {
  const standings = await control.budgetsLeft(principal, plan);
  return standings.map(({ whose, period, nanos, leftNanos, endsAt }) => ({
    whose,
    period,
    limit_nanos: nanos.toString(),
    left_nanos: leftNanos.toString(),
    ends_at: new Date(endsAt).toISOString(),
  }));
}

function modelsPart(deps: HttpDeps, { models: own }: Principal, plan: Plan | undefined): Probe["models"] {
  return modelsInForce(deps)
    .filter(({ model: { id } }) => (plan?.models?.has(id) ?? true) && (own?.includes(id) ?? true))
    .map(({ model, declared }) => ({
      id: model.id,
      display_name: model.displayName,
      category: declared.category,
      context_tokens: model.contextTokens,
      output_tokens_max: model.outputTokensMax,
    }));
}

function requestPart(snapshot: Snapshot, record: RequestRecord): Probe["requests"][number] {
  const { id, at, model, protocol, stream, status, outcome, error, ...rest } = requestView(record);
  const { usage, usage_source, charge_nanos, first_byte_ms, last_byte_ms, client, region } = rest;
  return {
    ...{ id, at, model, protocol, stream, status, outcome, error, usage, usage_source },
    context_used_tokens: totalTokens(record.usage),
    context_tokens: snapshot.findModel(record.model)?.contextTokens ?? null,
    ...{ charge_nanos, first_byte_ms, last_byte_ms, client, region },
  };
}

function concurrencyOf(principal: Principal, plan: Plan | undefined): number | null {
  const known = [principal.limits?.concurrency, plan?.limits?.concurrency].filter((max) => max !== undefined);
  return known.length === 0 ? null : Math.min(...known);
}

/** Everything that whoever holds a key may know of it. */
export async function probeView(
  deps: HttpDeps,
  principal: Principal,
  key: KeyRow,
  now: number,
): Promise<Probe> {
  const { control } = deps;
  const { accountId, keyId, walletId } = principal;
  const snapshot = control.snapshot();
  const plan = snapshot.plans.get(principal.planId);
  await control.flush();
  const [wallet, limits, budgets, { records }] = await Promise.all([
    walletPart(deps, walletId, now),
    limitsPart(deps, principal, plan),
    budgetsPart(deps, principal, plan),
    control.queries.searchRequests({ accountId, keyId, limit: REQUESTS }),
  ]);
  return {
    key: keyPart(key, now),
    plan: planPart(snapshot, principal, plan),
    region: regionPart(deps),
    concurrency: concurrencyOf(principal, plan),
    ...{ wallet, limits, budgets },
    models: modelsPart(deps, principal, plan),
    requests: records.map((record) => requestPart(snapshot, record)),
  };
}
