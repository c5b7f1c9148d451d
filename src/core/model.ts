import type { ErrorProfile } from "./error-profile.ts";
import type { Quirks, TargetTraits } from "./generation/traits.ts";
import type { JsonObject } from "./json.ts";
import type { Limits } from "./limits.ts";
import type { Nanos } from "./money.ts";
import type { Offering } from "./offering.ts";
import type { DatedPrice } from "./price.ts";
import type { ModelId, Protocol, UpstreamModel, WireProtocol } from "./protocol.ts";

export const PROVIDERS = [
  "anthropic",
  "openai",
  "google",
  "openai-compatible",
  "azure",
  "bedrock",
  "vertex",
  "demo",
] as const;
export type ProviderId = (typeof PROVIDERS)[number];

/** Where other makers' models are served, each in its maker's own protocol. */
export const CLOUD_PROVIDERS: readonly ProviderId[] = ["azure", "bedrock", "vertex"];

/** What happens to an upstream's stream after its client has left. */
export const AFTER_CUT = ["cancel", "pump"] as const;
export type AfterCut = (typeof AFTER_CUT)[number];

/** Where requests go: one vendor's endpoint with one credential. */
export interface Upstream {
  readonly id: string;
  readonly provider: ProviderId;
  /** With the version where the vendor's SDK expects it in the base; no trailing slash. */
  readonly baseUrl: string;
  /** Secret. Empty for servers that ask for none. */
  readonly apiKey: string;
  readonly protocols: readonly Protocol[];
  readonly headers: Readonly<Record<string, string>>;
  readonly firstByteMs: number;
  readonly idleMs: number;
  /** When the client of a stream leaves: cancel the upstream, or read on for the true usage. Absent: cancel. */
  readonly afterCut?: AfterCut;
  /** What the operator says of this server, whatever model it serves. */
  readonly quirks: Quirks;
}

export interface Target {
  readonly upstream: Upstream;
  readonly model: UpstreamModel;
  readonly weight: number;
  /** Targets of a lower order are asked first. */
  readonly order: number;
  /** What the operator pays for it; absent: not known. */
  readonly cost?: DatedPrice;
  /** For each protocol that the upstream speaks. */
  readonly traits: { readonly [Name in Protocol]?: TargetTraits };
}

export interface Model {
  readonly id: ModelId;
  readonly displayName: string;
  readonly vendor: string;
  readonly aliases: readonly string[];
  readonly contextTokens: number;
  readonly outputTokensMax: number;
  readonly price: DatedPrice;
  readonly targets: readonly Target[];
  /** Request fields that are set unless the client sets them, in any protocol's spelling. */
  readonly defaults: JsonObject | undefined;
  /** What it can be asked in: an endpoint of the model names the protocol, and an upstream can be asked for its sake (`wayTo`). */
  readonly protocols: readonly WireProtocol[];
  /** What all keys of an account together may ask of this model; undefined: no limit. */
  readonly limits?: Limits | undefined;
  /** Seconds since the epoch; OpenAI's list wants it. */
  readonly createdAt: number;
}

/** Credit that a plan gives each month. */
export interface MonthlyCredit {
  readonly nanos: Nanos;
  /** Whether what is left of it outlives its month. */
  readonly carryOver: boolean;
  /** For each key of an account, for so many at most; undefined: once for the account. */
  readonly keysMax?: number | undefined;
}

/** What a plan costs a month. */
export interface PlanPrice {
  readonly monthNanos: Nanos;
  /** For each seat; undefined: the plan has none. */
  readonly seatNanos: Nanos | undefined;
  /** How long the plan goes on when a month could not be paid. */
  readonly graceDays: number;
}

/** A plan that is paid for month by month. */
export interface SoldPlan extends PlanPrice {
  /** As people call it. */
  readonly name: string;
  /** Whether customers may choose it by themselves. */
  readonly isOffered: boolean;
  readonly seatsMin: number;
  /** Comes with each month that is paid, for each seat. */
  readonly credit: MonthlyCredit | undefined;
}

export interface Plan {
  readonly id: string;
  /** As people call it. */
  readonly displayName: string;
  readonly keyPrefix: string;
  /** Granted by itself each month; that of a plan that is sold comes when it is paid. */
  readonly monthlyCredit?: MonthlyCredit | undefined;
  /** Whom it may be sold to, and for how much; undefined: it is given. */
  readonly sold?: SoldPlan | undefined;
  /** Parts per million of the price list that its keys pay; absent: the whole. */
  readonly multiplierPpm?: bigint;
  /** Ids of the models that the plan may use; undefined: all. */
  readonly models: ReadonlySet<string> | undefined;
  /** For each key; undefined: no limit. */
  readonly limits?: Limits | undefined;
  /** For all keys of an account on this plan together; undefined: no limit. */
  readonly accountLimits?: Limits | undefined;
}

/** Everything the hot path reads, compiled once and never changed; a reload swaps the whole. */
export interface Snapshot {
  readonly models: readonly Model[];
  /** Those that customers neither see nor may ask for; operators test them. */
  readonly unpublished: readonly Model[];
  /** By id and by alias, of those that are published: see `finderByName`. */
  readonly findModel: (name: string) => Model | undefined;
  readonly plans: ReadonlyMap<string, Plan>;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  /** By the account's name, parts per million of the price list, in place of its plan's. */
  readonly accountMultipliers: ReadonlyMap<string, bigint>;
  readonly priceVersion: number;
  /** Addresses and CIDR blocks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly offering: Offering;
  /** Where the operator's documents have errors otherwise than their dialects. */
  readonly errors: ErrorProfile;
}
