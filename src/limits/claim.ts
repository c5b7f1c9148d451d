import type { Limits } from "../core/limits.ts";
import type { Model, Plan } from "../core/model.ts";
import type { Principal } from "../core/principal.ts";
import type { Operation } from "../core/protocol.ts";
import type { Claim, Counted, GateClaim, WindowClaim } from "./store.ts";

/** A request as limits see it. */
export interface Ask {
  readonly requestId: string;
  readonly principal: Principal;
  readonly plan: Plan | undefined;
  readonly model: Model;
  readonly operation: Operation;
  /** Tokens that it will probably use, in and out; asked for where tokens are limited. */
  readonly tokensEstimate: () => number;
}

export const LIMIT_KINDS = ["requests-minute", "requests-day", "tokens-minute", "concurrency"] as const;
export type LimitKind = (typeof LIMIT_KINDS)[number];

/** One limit of a claim: whose it is, and of what. */
export interface Rule {
  readonly whose: Counted["whose"];
  readonly kind: LimitKind;
  readonly limit: number;
}

export interface RuledClaim {
  readonly claim: Claim;
  /** One for each window, then one for each gate. */
  readonly rules: readonly Rule[];
}

/** The minute in which requests and tokens are counted: tests have shorter ones. */
export interface Minute {
  readonly slotMicros: number;
  readonly slots: number;
}

/** 60 s in slots of 25 ms. With fewer, larger slots a limit that is always asked for is never quite reached. */
export const MINUTE: Minute = { slotMicros: 25_000, slots: 2_400 };
/** What the names of counts begin with; they are kept by these, so they stay. */
const NAMES: Record<Counted["whose"], string> = { key: "key", account: "plan", model: "model" };
const DAY = { slotMicros: 86_400_000_000, slots: 0 };

function smaller(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || (other !== undefined && other < one) ? other : one;
}

interface Building {
  readonly ask: Pick<Ask, "principal" | "plan" | "operation" | "tokensEstimate">;
  readonly minute: Minute;
  readonly windows: WindowClaim[];
  readonly windowRules: Rule[];
  readonly gates: GateClaim[];
  readonly gateRules: Rule[];
}

/** The limits of one bearer; where two sets hold for the same counts, the smaller of each. */
function addLimits(building: Building, counts: Counted, limits: Limits, also?: Limits): void {
  const { ask, minute, windows, windowRules, gates, gateRules } = building;
  const { whose, id } = counts;
  const name = `${NAMES[whose]}:${id}`;
  // Counts of tokens are limited as answers are, but in counts of their own: clients ask for many, and they are cheap.
  const counted = ask.operation === "count-tokens" ? `${name}:count` : name;
  const addWindow = (kind: LimitKind, shape: Minute, limit: number | undefined, cost: () => number) => {
    if (limit === undefined) return;
    const ofRecords = kind === "requests-day" && counted === name ? counts : undefined;
    windows.push({ name: `${counted}:${kind}`, ...shape, limit, cost: cost(), counted: ofRecords });
    windowRules.push({ whose, kind, limit });
  };
  const once = () => 1;
  addWindow("requests-minute", minute, smaller(limits.requestsPerMinute, also?.requestsPerMinute), once);
  addWindow("requests-day", DAY, smaller(limits.requestsPerDay, also?.requestsPerDay), once);
  if (ask.operation !== "count-tokens") {
    const limit = smaller(limits.tokensPerMinute, also?.tokensPerMinute);
    addWindow("tokens-minute", minute, limit, ask.tokensEstimate);
  }
  const max = smaller(limits.concurrency, also?.concurrency);
  if (max === undefined) return;
  gates.push({ name: `${counted}:concurrency`, max });
  gateRules.push({ whose, kind: "concurrency", limit: max });
}

/** The limits of the key, and of its account on the plan. */
function addOwn(building: Building): void {
  const { principal, plan } = building.ask;
  const own = principal.limits ?? plan?.limits;
  if (own) addLimits(building, { whose: "key", id: principal.countedAs }, own, plan?.limits);
  if (plan?.accountLimits) addLimits(building, { whose: "account", id: plan.id }, plan.accountLimits);
}

/** What a key and its account's plan limit, asked for nothing; undefined where neither limits anything. */
export function lookOf(
  { principal, plan }: Pick<Ask, "principal" | "plan">,
  minute: Minute,
): RuledClaim | undefined {
  const windows: WindowClaim[] = [];
  const windowRules: Rule[] = [];
  const terms = { principal, plan, operation: "generate", tokensEstimate: () => 0 } as const;
  addOwn({ ask: terms, minute, windows, windowRules, gates: [], gateRules: [] });
  if (windows.length === 0) return undefined;
  const free = windows.map((window) => ({ ...window, cost: 0 }));
  return {
    claim: { scope: principal.accountId, permitId: "", windows: free, gates: [] },
    rules: windowRules,
  };
}

/** Everything that must grant a request; undefined where nothing limits it. */
export function claimOf(ask: Ask, minute: Minute): RuledClaim | undefined {
  const { principal, plan, model } = ask;
  if (!principal.limits && !plan?.limits && !plan?.accountLimits && !model.limits) return undefined;
  const building: Building = { ask, minute, windows: [], windowRules: [], gates: [], gateRules: [] };
  addOwn(building);
  if (model.limits) addLimits(building, { whose: "model", id: model.id }, model.limits);
  const { windows, windowRules, gates, gateRules } = building;
  const claim = { scope: principal.accountId, permitId: ask.requestId, windows, gates };
  return { claim, rules: [...windowRules, ...gateRules] };
}
