import { compilePrice } from "../config/prices.ts";
import type { Config, EndpointName, ModelConfig, PlanConfig } from "../config/types.ts";
import { limitsOrNone } from "../core/limits.ts";
import type {
  Model,
  MonthlyCredit,
  Plan,
  PlanPrice,
  Snapshot,
  SoldPlan,
  Target,
  Upstream,
} from "../core/model.ts";
import { finderByName } from "../core/model-names.ts";
import { PPM_OF_ONE } from "../core/price.ts";
import type { WireProtocol } from "../core/protocol.ts";
import { wayTo } from "../core/way.ts";
import { compileTraits } from "./traits/compile-traits.ts";

const PROTOCOLS_OF: Readonly<Record<EndpointName, readonly WireProtocol[]>> = {
  chat: ["openai-chat"],
  completions: ["openai-completions"],
  messages: ["anthropic-messages"],
  responses: ["openai-responses"],
  gemini: ["gemini"],
  embeddings: ["openai-embeddings", "gemini-embeddings"],
  speech: ["openai-speech"],
  transcriptions: ["openai-transcriptions"],
  moderations: ["openai-moderations"],
  images: ["openai-images"],
  rerank: ["rerank"],
};

interface Compiling {
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly secret: string;
}

function targetsOf(model: ModelConfig, { upstreams, secret }: Compiling): Target[] {
  const { outputTokensMax, quirks } = model;
  const vision = model.category === "vision";
  return model.targets.flatMap(({ upstream: id, model: name, weight, order, cost }) => {
    const upstream = upstreams.get(id);
    if (!upstream) return [];
    const traits = compileTraits({ upstream, model: name, outputTokensMax, vision, quirks, secret });
    return [{ upstream, model: name, weight, order, traits, ...(cost && { cost: compilePrice(cost) }) }];
  });
}

/** In the order of the model's endpoints. */
function protocolsOf(model: ModelConfig, targets: readonly Target[]): WireProtocol[] {
  const named = new Set(model.endpoints.flatMap((endpoint) => PROTOCOLS_OF[endpoint]));
  return [...named].filter((protocol) => targets.some((target) => wayTo(target, protocol) !== undefined));
}

function compileModel(model: ModelConfig, compiling: Compiling, createdAt: number): Model {
  const targets = targetsOf(model, compiling);
  return {
    id: model.id,
    displayName: model.displayName,
    vendor: model.vendor,
    aliases: model.aliases,
    contextTokens: model.contextTokens,
    outputTokensMax: model.outputTokensMax,
    price: compilePrice(model.price),
    targets,
    defaults: Object.keys(model.defaults).length > 0 ? model.defaults : undefined,
    protocols: protocolsOf(model, targets),
    limits: limitsOrNone(model.limits),
    createdAt,
  };
}

type Credited = Pick<PlanConfig, "monthlyCreditsNanos" | "monthlyCreditsCarryOver" | "monthlyCreditsKeysMax">;

function monthlyCreditOf({
  monthlyCreditsNanos: nanos,
  monthlyCreditsCarryOver: carryOver,
  monthlyCreditsKeysMax: keysMax,
}: Credited): MonthlyCredit | undefined {
  return nanos === undefined || nanos === 0n ? undefined : { nanos, carryOver, keysMax };
}

const isMultiplied = ({ multiplierPpm }: { multiplierPpm: bigint }) => multiplierPpm !== PPM_OF_ONE;

/** The prices in one text: the same prices give the same text, whatever their order in the file. */
export function priceListText(config: Config): string {
  const rows = config.models.map(({ id, price }) => ({ id, price }));
  rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  const plans = config.plans
    .filter(isMultiplied)
    .map(({ id, multiplierPpm }) => ({ plan: id, multiplierPpm }));
  const accounts = config.accounts
    .filter(isMultiplied)
    .map(({ name, multiplierPpm }) => ({ account: name, multiplierPpm }));
  return JSON.stringify([...rows, ...plans, ...accounts], (_, value) =>
    typeof value === "bigint" ? value.toString() : value,
  );
}

/** 1 January 2025: vendors' release dates are not in the catalogue, and clients only want a number. */
const CREATED_AT_S = 1_735_689_600;

type Offered = Credited & Pick<PlanConfig, "shown">;

function soldPlan(name: string, plan: Offered, price: PlanPrice): SoldPlan {
  return {
    ...price,
    name,
    isOffered: plan.shown !== undefined,
    seatsMin: plan.shown?.seatsMin ?? 1,
    credit: monthlyCreditOf(plan),
  };
}

function compilePlan({ id, keyPrefix, multiplierPpm, ...plan }: PlanConfig): Plan {
  const displayName = plan.shown?.name ?? id;
  return {
    ...{ id, displayName, keyPrefix, multiplierPpm },
    models: plan.models && new Set(plan.models),
    limits: limitsOrNone(plan.limits),
    accountLimits: limitsOrNone(plan.accountLimits),
    ...(plan.price
      ? { sold: soldPlan(displayName, plan, plan.price) }
      : { monthlyCredit: monthlyCreditOf(plan) }),
  };
}

/**
 * The configuration as the hot path reads it: looked up by name, prices filled in, nothing to change.
 * @param secret the installation's, for names of credentials that tell nothing of them
 */
export function compileSnapshot(config: Config, priceVersion: number, secret: string): Snapshot {
  const upstreams = new Map(config.upstreams.map((upstream) => [upstream.id, upstream]));
  const compiled = (published: boolean) =>
    config.models
      .filter((model) => model.published === published)
      .map((model) => compileModel(model, { upstreams, secret }, CREATED_AT_S));
  const models = compiled(true);
  const plans = config.plans.map(compilePlan);
  return {
    models,
    unpublished: compiled(false),
    findModel: finderByName(models),
    plans: new Map(plans.map((plan) => [plan.id, plan])),
    upstreams,
    accountMultipliers: new Map(config.accounts.map(({ name, multiplierPpm }) => [name, multiplierPpm])),
    priceVersion,
    trustedProxies: config.trustedProxies,
    offering: {
      brand: config.brand,
      hosts: config.hosts,
      regions: config.regions,
      accountHosts: new Map(config.accountHosts.map((host) => [host.host, host])),
    },
    errors: config.errors,
  };
}
