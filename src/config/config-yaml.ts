import { stringify } from "yaml";
import { formatRate } from "../core/currency.ts";
import type { ErrorProfile } from "../core/error-profile.ts";
import type { Limits } from "../core/limits.ts";
import type { PlanPrice, Upstream } from "../core/model.ts";
import { formatUsd } from "../core/money.ts";
import { snakeCase } from "./config-view.ts";
import { type Fields, splitCredentials } from "./credentials.ts";
import {
  type DeclaredKind,
  isListSection,
  isSettingId,
  type ListedKind,
  type SettingId,
} from "./declared.ts";
import type { Config, ModelConfig, PlanConfig, PlanShown, PriceConfig, TargetConfig } from "./types.ts";

/** A running configuration as a quoin.yaml, and the variables that hold its secrets. */
export interface WrittenConfig {
  readonly text: string;
  /** What each variable must hold is not told here. */
  readonly variables: readonly string[];
}

/** Without what is absent or says nothing. */
function said(fields: object): Fields {
  const isEmpty = (value: unknown) =>
    typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && !isEmpty(value)),
  );
}

const renamed = (fields: object): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [snakeCase(name), value]));

const VARIABLE_BEGIN = /\$\{/g;

/** Texts stand for themselves: what looks like a variable in them is none. */
function literal(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll(VARIABLE_BEGIN, (found) => `$${found}`);
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, literal(inner)]));
}

/** Amounts of money as decimal strings, whatever lies beside them. */
function amounts(fields: object): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name === "cacheWrite5m" ? "cache_write" : snakeCase(name),
      typeof value === "bigint" ? formatUsd(value) : value,
    ]),
  );
}

/** A price in quoin.yaml's fields. */
export function priceYaml({ tiers, periods, ...kinds }: PriceConfig): Fields {
  const inPeriod = ({ tiers: own, ...period }: NonNullable<PriceConfig["periods"]>[number]) =>
    said({ ...amounts(period), tiers: own.map(amounts) });
  return said({ ...amounts(kinds), tiers: tiers.map(amounts), periods: periods?.map(inPeriod) });
}

const limitsYaml = (limits: Limits): Fields => amounts(limits);

/** Parts per million as a decimal string. */
const share = (ppm: bigint) => formatUsd(ppm * 1_000n);

/** Names of variables, each once: the words are an upstream's id and what it keeps secret. */
function variableNames() {
  const taken = new Set<string>();
  return {
    taken,
    next(...words: string[]): string {
      const plain = `UPSTREAM_${words.join("_")}`.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_");
      let name = plain;
      for (let count = 2; taken.has(name); count++) name = `${plain}_${count}`;
      taken.add(name);
      return name;
    },
  };
}

function upstreamYaml(upstream: Upstream, names: ReturnType<typeof variableNames>): Fields {
  const { id, provider, baseUrl, apiKey, protocols, headers, firstByteMs, idleMs, afterCut, quirks } =
    upstream;
  const secret = (...words: string[]) => `\${${names.next(id, ...words)}}`;
  return said({
    ...(literal({ id, provider }) as Fields),
    base_url: baseUrl === "" ? undefined : literal(baseUrl),
    api_key: apiKey === "" ? undefined : secret("key"),
    protocols,
    headers: Object.fromEntries(Object.keys(headers).map((name) => [name, secret("header", name)])),
    timeouts: { first_byte_ms: firstByteMs, idle_ms: idleMs },
    after_cut: afterCut,
    quirks: renamed(quirks),
  });
}

function modelYaml({ price, quirks, limits, targets, ...model }: ModelConfig): Fields {
  const plain = said(renamed(model));
  const inTarget = ({ cost, ...target }: TargetConfig) => ({
    ...(literal(target) as Fields),
    ...(cost && { cost: priceYaml(cost) }),
  });
  return {
    ...(literal(plain) as Fields),
    targets: targets.map(inTarget),
    ...said({ price: priceYaml(price), quirks: renamed(quirks), limits: limitsYaml(limits) }),
  };
}

function shownYaml({ priceNanos, ...rest }: PlanShown): Fields {
  return said({
    ...(literal(renamed(rest)) as Fields),
    price: priceNanos === undefined ? undefined : formatUsd(priceNanos),
  });
}

function planPriceYaml({ monthNanos, seatNanos, graceDays }: PlanPrice): Fields {
  return said({
    month: formatUsd(monthNanos),
    seat: seatNanos === undefined ? undefined : formatUsd(seatNanos),
    grace_days: graceDays,
  });
}

function planYaml(plan: PlanConfig): Fields {
  const {
    monthlyCreditsNanos: credits,
    monthlyCreditsCarryOver,
    monthlyCreditsKeysMax,
    multiplierPpm,
    limits,
    accountLimits,
    price,
    shown,
    ...rest
  } = plan;
  return said({
    ...renamed(rest),
    monthly_credits: credits === undefined ? undefined : formatUsd(credits),
    monthly_credits_carry_over: monthlyCreditsCarryOver,
    monthly_credits_keys_max: monthlyCreditsKeysMax,
    price_multiplier: share(multiplierPpm),
    limits: limitsYaml(limits),
    account_limits: limitsYaml(accountLimits),
    price: price && planPriceYaml(price),
    shown: shown && shownYaml(shown),
  });
}

function errorsYaml(errors: ErrorProfile): Fields {
  return Object.fromEntries(
    Object.entries(errors).map(([kind, { all = {}, ...narrower }]) => [
      kind,
      said({ ...all, for: narrower }),
    ]),
  );
}

function signUpYaml({ signUp }: Config): Fields {
  const { creditNanos, planId, trial, ...rest } = signUp;
  return said({
    ...renamed(rest),
    credit: creditNanos === 0n ? undefined : formatUsd(creditNanos),
    plan: planId,
    trial: trial && {
      path: trial.path,
      plan: trial.planId,
      verify: trial.verify,
      per_address_per_day: trial.perAddressPerDay,
    },
  });
}

const brandYaml = ({ brand }: Config): Fields => said({ ...renamed(brand), base_urls: brand.baseUrls });

const hostsYaml = ({ hosts, accountHosts }: Config): Fields[] => [
  ...hosts.map(said),
  ...accountHosts.map(({ brand, ...host }) => said({ ...host, brand: said(brand) })),
];

const accountsYaml = ({ accounts }: Config): Fields[] =>
  accounts.map(({ name, multiplierPpm }) => ({ name, price_multiplier: share(multiplierPpm) }));

/** A day where it begins one. */
function momentYaml(at: number): string {
  const text = new Date(at).toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : `${text.slice(0, 19)}Z`;
}

function currenciesYaml({ currencies }: Config): Fields[] {
  return currencies.flatMap(({ code, rates }) =>
    rates.map(({ from, ppm }) => ({ code, rate: formatRate(ppm), from: momentYaml(from) })),
  );
}

const WRITERS: { readonly [Kind in ListedKind]: (config: Config, id: string) => Fields | undefined } = {
  upstream(config, id) {
    const found = config.upstreams.find((upstream) => upstream.id === id);
    return found && splitCredentials(upstreamYaml(found, variableNames())).content;
  },
  model(config, id) {
    const found = config.models.find((model) => model.id === id);
    return found && modelYaml(found);
  },
  plan(config, id) {
    const found = config.plans.find((plan) => plan.id === id);
    return found && planYaml(found);
  },
};

/** The sections as their fields, or lists, stand for themselves. */
const SECTION_WRITERS: { readonly [Id in SettingId]: (config: Config) => Fields | readonly unknown[] } = {
  brand: brandYaml,
  signup: signUpYaml,
  catalogue: ({ catalogue }) => renamed(catalogue),
  prompts: ({ prompts }) => ({ ...prompts }),
  errors: ({ errors }) => errorsYaml(errors),
  hosts: hostsYaml,
  regions: ({ regions }) => regions.map(renamed),
  currencies: currenciesYaml,
  accounts: accountsYaml,
  trusted_proxies: ({ trustedProxies }) => trustedProxies,
};

function settingYaml(config: Config, id: SettingId): Fields {
  const section = SECTION_WRITERS[id](config);
  return isListSection(id) ? { [id]: section } : (section as Fields);
}

/** One thing that is in force in quoin.yaml's fields, without credentials; undefined where there is none. */
export function writeDeclaration(config: Config, kind: DeclaredKind, id: string): Fields | undefined {
  if (kind !== "setting") return WRITERS[kind](config, id);
  return isSettingId(id) ? settingYaml(config, id) : undefined;
}

/**
 * What is in force as a quoin.yaml that gives the same configuration: what was found or filled in is written out,
 * secrets are variables.
 */
export function writeConfig(config: Config): WrittenConfig {
  const names = variableNames();
  const file = said({
    upstreams: config.upstreams.map((upstream) => upstreamYaml(upstream, names)),
    models: config.models.map(modelYaml),
    plans: config.plans.map(planYaml),
    ...Object.fromEntries(Object.entries(SECTION_WRITERS).map(([id, write]) => [id, literal(write(config))])),
  });
  return {
    text: stringify(file, { lineWidth: 120, aliasDuplicateObjects: false }),
    variables: [...names.taken],
  };
}
