import type { Currency } from "../core/currency.ts";
import type { ErrorProfile } from "../core/error-profile.ts";
import type { Quirks } from "../core/generation/traits.ts";
import type { JsonObject } from "../core/json.ts";
import type { Limits } from "../core/limits.ts";
import type { PlanPrice, Upstream } from "../core/model.ts";
import type { Nanos } from "../core/money.ts";
import type { AccessHost, AccountHost, Brand, CatalogueReaders, Region } from "../core/offering.ts";

export const CATEGORIES = [
  "llm",
  "code",
  "vision",
  "safety",
  "embedding",
  "speech",
  "transcription",
  "image",
  "rerank",
] as const;
export type Category = (typeof CATEGORIES)[number];

export const TIERS = ["premium", "open-weight"] as const;
export type Tier = (typeof TIERS)[number];

export const ENDPOINTS = [
  "chat",
  "completions",
  "messages",
  "responses",
  "gemini",
  "embeddings",
  "speech",
  "transcriptions",
  "moderations",
  "images",
  "rerank",
] as const;
/** What a model can be asked for, named as quoin.yaml and the model list name it. */
export type EndpointName = (typeof ENDPOINTS)[number];

/**
 * Nanos of USD per million tokens or characters, `request` and `search` nanos each, `minute` of audio that was
 * heard. Absent: see `compilePrice`.
 */
export interface PriceKinds {
  readonly input?: Nanos;
  readonly output?: Nanos;
  readonly cacheRead?: Nanos;
  readonly cacheWrite5m?: Nanos;
  readonly cacheWrite1h?: Nanos;
  readonly reasoning?: Nanos;
  readonly audioInput?: Nanos;
  readonly audioOutput?: Nanos;
  readonly image?: Nanos;
  readonly request?: Nanos;
  readonly search?: Nanos;
  readonly characters?: Nanos;
  readonly minute?: Nanos;
}

/** Kinds that cost otherwise for the whole request once its input (cached included) is larger than the bound. */
export interface PriceTier extends Omit<PriceKinds, "request" | "search" | "minute"> {
  readonly aboveInputTokens: number;
}

export interface TieredPrice extends PriceKinds {
  /** Ascending by `aboveInputTokens`; the last one that a request passes counts. */
  readonly tiers: readonly PriceTier[];
}

/** Kinds that cost otherwise for requests that arrive from one moment until another. */
export interface PeriodConfig extends TieredPrice {
  /** As written: a day in UTC or a moment with its zone. */
  readonly from: string;
  readonly until: string | undefined;
}

export interface PriceConfig extends TieredPrice {
  /** The first that holds counts. Absent: the price never changes. */
  readonly periods?: readonly PeriodConfig[];
}

export interface TargetConfig {
  /** Id of an upstream of the same configuration. */
  readonly upstream: string;
  /** The upstream's own name of the model. */
  readonly model: string;
  readonly weight: number;
  /** Targets of a lower order are asked first. */
  readonly order: number;
  /** What the operator pays for it; absent: not known. */
  readonly cost?: PriceConfig;
}

export interface ModelConfig {
  readonly id: string;
  readonly displayName: string;
  readonly vendor: string;
  readonly family: string;
  readonly description: string;
  readonly aliases: readonly string[];
  readonly category: Category;
  readonly tier: Tier;
  readonly contextTokens: number;
  readonly outputTokensMax: number;
  /** Whether customers see it and may ask for it. */
  readonly published: boolean;
  readonly price: PriceConfig;
  readonly endpoints: readonly EndpointName[];
  /** Request fields set unless the client sets them. */
  readonly defaults: JsonObject;
  /** What the operator says of the model; counts over what is said of its upstreams. */
  readonly quirks: Quirks;
  /** Of all keys of an account together. */
  readonly limits: Limits;
  readonly targets: readonly TargetConfig[];
}

export interface PlanConfig {
  readonly id: string;
  /** What new keys begin with, up to their last underscore. Which plan a key has stands in its row. */
  readonly keyPrefix: string;
  /** Credit granted each month; undefined: none. */
  readonly monthlyCreditsNanos: Nanos | undefined;
  /** Whether what is left of it outlives its month. */
  readonly monthlyCreditsCarryOver: boolean;
  /** For each key of an account, for so many at most; undefined: once for the account. */
  readonly monthlyCreditsKeysMax: number | undefined;
  /** Of each key. */
  readonly limits: Limits;
  /** Of all keys of an account on this plan together. */
  readonly accountLimits: Limits;
  /** Parts per million of the price list that its keys pay. */
  readonly multiplierPpm: bigint;
  /** Ids of the models that the plan may use; undefined: all. */
  readonly models: readonly string[] | undefined;
  /** What customers pay for it; undefined: it is given. */
  readonly price: PlanPrice | undefined;
  /** How the pricing page tells it; undefined: not at all. */
  readonly shown: PlanShown | undefined;
}

/** A plan as people read of it. */
export interface PlanShown {
  /** Undefined: its id. */
  readonly name: string | undefined;
  readonly description: string;
  /** Of a month; undefined: none is told. */
  readonly priceNanos: Nanos | undefined;
  readonly perSeat: boolean;
  readonly seatsMin: number | undefined;
}

/** What is agreed with one customer. */
export interface AccountConfig {
  readonly name: string;
  /** Parts per million of the price list, in place of the plan's. */
  readonly multiplierPpm: bigint;
}

/** Who may sign up in the console, and what they get. */
export interface SignUpConfig {
  readonly mode: "open" | "invitation" | "closed";
  readonly phone: "required" | "optional" | "off";
  /** 0: none. */
  readonly creditNanos: Nanos;
  readonly planId: string;
  /** ISO 3166; undefined: all. */
  readonly countriesAllow: readonly string[] | undefined;
  readonly countriesDeny: readonly string[];
  readonly countryMessagesPerHour: number;
  /** Undefined: nobody gets a key without signing up. */
  readonly trial: TrialConfig | undefined;
}

/** The page where a visitor gets a trial key. */
export interface TrialConfig {
  readonly path: string;
  readonly planId: string;
  readonly verify: "email" | "phone" | "none";
  readonly perAddressPerDay: number;
}

/** Everything an operator declares, checked and with its defaults filled in. */
export interface Config {
  readonly upstreams: readonly Upstream[];
  readonly models: readonly ModelConfig[];
  readonly plans: readonly PlanConfig[];
  readonly accounts: readonly AccountConfig[];
  /** Besides USD. */
  readonly currencies: readonly Currency[];
  readonly signUp: SignUpConfig;
  readonly brand: Brand;
  readonly catalogue: { readonly shownTo: CatalogueReaders };
  readonly hosts: readonly AccessHost[];
  readonly regions: readonly Region[];
  /** Domains of single accounts. */
  readonly accountHosts: readonly AccountHost[];
  readonly errors: ErrorProfile;
  /** Whether what keys ask to keep is kept, and for how many days at most. */
  readonly prompts: { readonly keep: boolean; readonly days: number };
  /** Addresses or CIDR blocks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
}
