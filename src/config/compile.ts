import type { Currency } from "../core/currency.ts";
import type { ErrorLayer, ErrorProfile } from "../core/error-profile.ts";
import type { ErrorKind, ErrorShape } from "../core/errors.ts";
import type { Limits } from "../core/limits.ts";
import type { PlanPrice, Upstream } from "../core/model.ts";
import { NANOS_PER_CENT } from "../core/money.ts";
import type { AccessHost, AccountHost, Brand } from "../core/offering.ts";
import type { CatalogModel } from "./catalog.ts";
import { compileQuirks } from "./compile-quirks.ts";
import {
  BASE_URL_OF,
  CONTEXT_TOKENS,
  DEFAULT_PLAN,
  ENDPOINTS_OF,
  OUTPUT_TOKENS_MAX,
  PROTOCOLS_OF,
} from "./defaults.ts";
import { knownAt } from "./known-at.ts";
import { present } from "./present.ts";
import { multiplierPpm, parseUsdNanos, readPrice } from "./prices.ts";
import type { Path, Problem } from "./problems.ts";
import type { LimitsYaml, ModelYaml, PlanYaml, PriceYaml, QuoinYaml, UpstreamYaml } from "./schema.ts";
import type {
  Category,
  Config,
  ModelConfig,
  PlanConfig,
  PlanShown,
  PriceConfig,
  SignUpConfig,
} from "./types.ts";
import { makerOf } from "./vendors.ts";

/** What compiling needs to know of the text besides its values. */
export interface Compiling {
  readonly numberText: (path: Path) => string | undefined;
  readonly problems: Problem[];
  /** Upstreams besides those of the file: what was discovered. */
  readonly upstreams: readonly Upstream[];
}

function fault(compiling: Compiling, path: Path, message: string): void {
  compiling.problems.push({ path, message });
}

/** YAML makes a float of `0.1`; the digits as written are exact. */
function usdNanos(compiling: Compiling, amount: string | number, path: Path): bigint {
  const text = typeof amount === "string" ? amount : (compiling.numberText(path) ?? "");
  try {
    return parseUsdNanos(text);
  } catch (cause) {
    fault(compiling, path, cause instanceof Error ? cause.message : String(cause));
    return 0n;
  }
}

function compileUpstream(upstream: UpstreamYaml): Upstream {
  return {
    id: upstream.id,
    provider: upstream.provider,
    baseUrl: (upstream.base_url ?? BASE_URL_OF[upstream.provider] ?? "").replace(/\/+$/, ""),
    apiKey: upstream.api_key ?? "",
    protocols: upstream.protocols ?? PROTOCOLS_OF[upstream.provider],
    headers: upstream.headers,
    firstByteMs: upstream.timeouts.first_byte_ms,
    idleMs: upstream.timeouts.idle_ms,
    afterCut: upstream.after_cut,
    quirks: compileQuirks(upstream.quirks),
  };
}

/** What the catalogue knows of the model under any of its targets' names. */
function knownModel(model: ModelYaml, upstreams: readonly Upstream[]): CatalogModel | undefined {
  for (const target of model.targets) {
    const upstream = upstreams.find(({ id }) => id === target.upstream);
    const known = upstream && knownAt(upstream, target.model ?? model.id);
    if (known) return known;
  }
  return undefined;
}

const NEEDS_OUTPUT_PRICE: readonly Category[] = ["llm", "code", "vision", "safety"];

function declaredPrice(compiling: Compiling, price: PriceYaml, category: Category, at: Path): PriceConfig {
  const missing = (["input", "output"] as const).filter((field) => price[field] === undefined);
  if (missing.length > 0 && NEEDS_OUTPUT_PRICE.includes(category)) {
    fault(
      compiling,
      at,
      `has no ${missing.join(" and no ")}; write ${missing.map((field) => `${field}: "0"`).join(", ")} if it is free`,
    );
  }
  return readPrice(price, (amount, path) => usdNanos(compiling, amount, [...at, ...path]));
}

function priceOf(
  compiling: Compiling,
  model: ModelYaml,
  known: CatalogModel | undefined,
  at: Path,
): PriceConfig {
  const category = model.category ?? known?.category ?? "llm";
  if (model.price) return declaredPrice(compiling, model.price, category, [...at, "price"]);
  if (known) return known.price;
  const demo = model.targets.every(
    (target) => compiling.upstreams.find(({ id }) => id === target.upstream)?.provider === "demo",
  );
  if (!demo) {
    fault(
      compiling,
      [...at, "price"],
      'is missing and no list price is known; write price: { input: "0.00", output: "0.00" } with yours',
    );
  }
  return { input: 0n, output: 0n, tiers: [] };
}

function compileModel(compiling: Compiling, model: ModelYaml, at: Path): ModelConfig {
  const known = knownModel(model, compiling.upstreams);
  const category = model.category ?? known?.category ?? "llm";
  const contextTokens = model.context_tokens ?? known?.contextTokens ?? CONTEXT_TOKENS;
  return {
    id: model.id,
    displayName: model.display_name ?? model.id,
    vendor: model.vendor ?? makerOf(model.targets[0]?.model ?? model.id),
    family: model.family ?? "",
    description: model.description ?? "",
    aliases: model.aliases,
    category,
    tier: model.tier ?? known?.tier ?? "open-weight",
    contextTokens,
    outputTokensMax:
      model.output_tokens_max ?? Math.min(known?.outputTokensMax ?? OUTPUT_TOKENS_MAX, contextTokens),
    published: model.published,
    price: priceOf(compiling, model, known, at),
    endpoints: model.endpoints ?? ENDPOINTS_OF[category],
    defaults: model.defaults,
    quirks: compileQuirks(model.quirks),
    limits: compileLimits(compiling, model.limits, [...at, "limits"]),
    targets: model.targets.map(({ cost, ...target }, place) => ({
      ...target,
      model: target.model ?? model.id,
      ...(cost && { cost: declaredPrice(compiling, cost, category, [...at, "targets", place, "cost"]) }),
    })),
  };
}

function compileLimits(compiling: Compiling, limits: LimitsYaml, at: Path): Limits {
  const spend = (field: "spend_per_day" | "spend_per_month") => {
    const amount = limits[field];
    return amount === undefined ? undefined : usdNanos(compiling, amount, [...at, field]);
  };
  return present({
    requestsPerMinute: limits.requests_per_minute,
    requestsPerDay: limits.requests_per_day,
    tokensPerMinute: limits.tokens_per_minute,
    concurrency: limits.concurrency,
    spendPerDay: spend("spend_per_day"),
    spendPerMonth: spend("spend_per_month"),
  });
}

function compilePlan(compiling: Compiling, plan: PlanYaml, at: Path): PlanConfig {
  const credits = plan.monthly_credits;
  return {
    id: plan.id,
    keyPrefix: plan.key_prefix,
    multiplierPpm: multiplierPpm(plan.price_multiplier),
    monthlyCreditsNanos:
      credits === undefined ? undefined : usdNanos(compiling, credits, [...at, "monthly_credits"]),
    monthlyCreditsCarryOver: plan.monthly_credits_carry_over,
    monthlyCreditsKeysMax: plan.monthly_credits_keys_max,
    limits: compileLimits(compiling, plan.limits, [...at, "limits"]),
    accountLimits: compileLimits(compiling, plan.account_limits, [...at, "account_limits"]),
    models: plan.models,
    price: plan.price && compilePlanPrice(compiling, plan.price, [...at, "price"]),
    shown: plan.shown && compileShown(compiling, plan.shown, [...at, "shown"]),
  };
}

function compilePlanPrice(
  compiling: Compiling,
  { month = "0", seat, grace_days }: NonNullable<PlanYaml["price"]>,
  at: Path,
): PlanPrice {
  const cents = (amount: string | number, field: string) => {
    const nanos = usdNanos(compiling, amount, [...at, field]);
    if (nanos % NANOS_PER_CENT !== 0n) fault(compiling, [...at, field], "must be whole cents");
    return nanos;
  };
  return {
    monthNanos: cents(month, "month"),
    seatNanos: seat === undefined ? undefined : cents(seat, "seat"),
    graceDays: grace_days,
  };
}

function compileShown(compiling: Compiling, shown: NonNullable<PlanYaml["shown"]>, at: Path): PlanShown {
  const { name, description, price, per_seat, seats_min } = shown;
  return {
    name,
    description,
    priceNanos: price === undefined ? undefined : usdNanos(compiling, price, [...at, "price"]),
    perSeat: per_seat,
    seatsMin: seats_min,
  };
}

function compileSignUp(compiling: Compiling, { signup, plans }: QuoinYaml): SignUpConfig {
  const { credit, plan, trial } = signup;
  return {
    mode: signup.mode,
    phone: signup.phone,
    creditNanos: credit === undefined ? 0n : usdNanos(compiling, credit, ["signup", "credit"]),
    planId: plan ?? plans[0]?.id ?? DEFAULT_PLAN.id,
    countriesAllow: signup.countries_allow,
    countriesDeny: signup.countries_deny,
    countryMessagesPerHour: signup.country_messages_per_hour,
    trial: trial && {
      path: trial.path,
      planId: trial.plan,
      verify: trial.verify,
      perAddressPerDay: trial.per_address_per_day,
    },
  };
}

/** One of each code, its rates the oldest first. */
function compileCurrencies({ currencies }: QuoinYaml): Currency[] {
  const codes = [...new Set(currencies.map(({ code }) => code))];
  return codes.map((code) => ({
    code,
    rates: currencies
      .filter((one) => one.code === code)
      .map(({ rate, from }) => ({ from: Date.parse(from), ppm: multiplierPpm(rate) }))
      .sort((one, other) => one.from - other.from),
  }));
}

function compileBrand({ name, logo, colors, key_variable, base_urls }: QuoinYaml["brand"]): Brand {
  return { name, logo, colors: present(colors), keyVariable: key_variable, baseUrls: present(base_urls) };
}

type ErrorYaml = NonNullable<QuoinYaml["errors"][ErrorKind]>;

function compileError({ for: narrower, ...all }: ErrorYaml): Partial<Record<ErrorLayer, ErrorShape>> {
  const layers = Object.entries(narrower ?? {}).map(([layer, shape]) => [layer, present(shape)]);
  return { all: present(all), ...Object.fromEntries(layers) };
}

function compileErrors(errors: QuoinYaml["errors"]): ErrorProfile {
  const entries = Object.entries(errors).flatMap(([kind, error]) =>
    error ? [[kind, compileError(error)]] : [],
  );
  return Object.fromEntries(entries);
}

type HostYaml = QuoinYaml["hosts"][number];

function compileHost({ host, scheme, role, purpose, region, account }: HostYaml): AccessHost[] {
  return account === undefined ? [{ host, scheme, role, purpose, region }] : [];
}

function compileAccountHost({ host, scheme, account, brand, keys, join }: HostYaml): AccountHost[] {
  if (account === undefined) return [];
  const { name, logo, colors } = brand;
  return [{ host, scheme, account, brand: { name, logo, colors: present(colors) }, keys, join }];
}

/** A checked file with its defaults filled in. What is wrong with its amounts goes to `compiling.problems`. */
export function compileConfig(file: QuoinYaml, compiling: Compiling): Config {
  const upstreams = file.upstreams.map(compileUpstream);
  const within = { ...compiling, upstreams: [...upstreams, ...compiling.upstreams] };
  return {
    upstreams,
    models: file.models.map((model, index) => compileModel(within, model, ["models", index])),
    plans:
      file.plans.length > 0
        ? file.plans.map((plan, index) => compilePlan(within, plan, ["plans", index]))
        : [DEFAULT_PLAN],
    accounts: file.accounts.map(({ name, price_multiplier }) => ({
      name,
      multiplierPpm: multiplierPpm(price_multiplier),
    })),
    currencies: compileCurrencies(file),
    signUp: compileSignUp(within, file),
    brand: compileBrand(file.brand),
    catalogue: { shownTo: file.catalogue.shown_to },
    hosts: file.hosts.flatMap(compileHost),
    accountHosts: file.hosts.flatMap(compileAccountHost),
    regions: file.regions.map(({ id, city, display_name }) => ({
      id,
      city,
      displayName: display_name ?? id,
    })),
    errors: compileErrors(file.errors),
    prompts: file.prompts,
    trustedProxies: file.trusted_proxies,
  };
}
