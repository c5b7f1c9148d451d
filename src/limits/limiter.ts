import type { Standing } from "../core/limits.ts";
import type { Log } from "../core/log.ts";
import { outputTokensOf, type Usage } from "../core/usage.ts";
import { type Ask, claimOf, lookOf, MINUTE, type Minute, type Rule, type RuledClaim } from "./claim.ts";
import { type OutputSizes, outputSizes } from "./output-sizes.ts";
import type { Correction, LimitStore, PermitEnd, Running, Verdict } from "./store.ts";
import { totalTokens } from "./tokens.ts";

/** Permits are renewed this often: twice within their life one may fail. */
export const RENEW_EVERY_MS = 10_000;
/** Some milliseconds of a store's time. */
const RENEWED_AT_ONCE = 200;
/** Ends that could not be told are told again, at most so many. */
const UNTOLD_MAX = 10_000;

/** What an answer's headers say: of several windows the one with the least left. */
export interface Standings {
  readonly requests: Standing | undefined;
  readonly tokens: Standing | undefined;
}

/** Leave to run, to be given back with `release`, whatever becomes of the request. */
export interface Permit extends Running {
  readonly modelId: string;
  /** Windows of tokens, with what was counted in them. */
  readonly tokens: readonly (Omit<Correction, "delta"> & { readonly counted: number })[];
  /** Told when others were let in at its gate while it was not renewed. */
  onLost: (() => void) | undefined;
}

export type Acquired =
  | { readonly kind: "granted"; readonly permit: Permit; readonly standings: Standings }
  | {
      readonly kind: "denied";
      readonly rule: Rule;
      readonly retryMs: number;
      readonly standings: Standings;
    }
  | { readonly kind: "unavailable"; readonly cause: unknown };

/** Where one count stands against its limit. */
export interface RuleStanding extends Rule, Standing {}

export interface LimiterOptions {
  readonly store: LimitStore;
  readonly log: Log;
  readonly minute?: Minute;
}

export interface Limiter {
  /** Undefined where nothing limits the request. Never throws, never asks twice. */
  acquire(ask: Ask): Acquired | undefined | Promise<Acquired>;
  /** Where the limits of a key and its account stand; counts nothing. @throws what the store throws */
  peek(whose: Pick<Ask, "principal" | "plan">): Promise<readonly RuleStanding[]>;
  /** The most that an answer of the model is likely to have, in tokens. */
  likelyOutputTokens(modelId: string): number;
  /** Gives the permit back, once; `used` corrects the tokens that were claimed, undefined: it used none. */
  release(permit: Permit, used: Usage | undefined): void;
  /** Keeps the permits of what runs; called every `RENEW_EVERY_MS`. */
  renew(): Promise<void>;
  /** Permits that are out, of requests that count at gates or by the day. */
  readonly held: number;
}

function standingOf(
  rules: readonly Rule[],
  { states }: Verdict,
  ofKind: (rule: Rule) => boolean,
): Standing | undefined {
  let least: Standing | undefined;
  for (const [place, state] of states.entries()) {
    const rule = rules[place];
    if (!rule || !ofKind(rule) || (least && least.remaining <= state.remaining)) continue;
    least = { limit: rule.limit, remaining: state.remaining, resetMs: state.resetMs };
  }
  return least;
}

const isTokens = ({ kind }: Rule): boolean => kind === "tokens-minute";
const isRequests = (rule: Rule): boolean => !isTokens(rule);

function permitOf({ claim, rules }: RuledClaim, { states }: Verdict, modelId: string): Permit {
  const tokens = claim.windows.flatMap((window, place) => {
    const [rule, state] = [rules[place], states[place]];
    if (!rule || !state || !isTokens(rule)) return [];
    return [{ window, slot: state.slot, counted: Math.min(window.cost, window.limit) }];
  });
  const days = claim.windows.flatMap((window, place) => {
    const [rule, state] = [rules[place], states[place]];
    return rule?.kind === "requests-day" && state ? [{ window, slot: state.slot }] : [];
  });
  const { scope, permitId, gates } = claim;
  return { scope, permitId, gates, modelId, tokens, days, onLost: undefined };
}

function acquiredOf(ruled: RuledClaim, verdict: Verdict, modelId: string): Acquired {
  const { rules } = ruled;
  const standings = {
    requests: standingOf(rules, verdict, isRequests),
    tokens: standingOf(rules, verdict, isTokens),
  };
  const rule = verdict.deniedBy === undefined ? undefined : rules[verdict.deniedBy];
  if (rule) return { kind: "denied", rule, retryMs: verdict.retryMs, standings };
  return { kind: "granted", permit: permitOf(ruled, verdict, modelId), standings };
}

function endOf(permit: Permit, used: number): PermitEnd {
  const { scope, permitId, gates, tokens } = permit;
  const corrections = tokens.flatMap(({ window, slot, counted }) =>
    used === counted ? [] : [{ window, slot, delta: used - counted }],
  );
  return { scope, permitId, gates, corrections };
}

/** The permits that are out, and what the store was told of those that ended. */
function permitsOver({ store, log }: LimiterOptions) {
  /** Those with gates, which expire unless renewed, and those of days, by request. */
  const held = new Map<string, Permit>();
  let untold: PermitEnd[] = [];

  function notTold(end: PermitEnd, cause: unknown): void {
    log("debug", "the end of a request did not reach the limits' store", { cause: String(cause) });
    // To leave a gate twice does no harm; to correct a count twice would.
    if (end.gates.length > 0 && untold.length < UNTOLD_MAX) untold.push({ ...end, corrections: [] });
  }

  function tell(end: PermitEnd): void {
    if (end.gates.length === 0 && end.corrections.length === 0) return;
    const told = store.end(end);
    if (told instanceof Promise) told.catch((cause) => notTold(end, cause));
  }

  function lose(permitId: string): void {
    const permit = held.get(permitId);
    if (!permit || !held.delete(permitId)) return;
    log("warn", "a request lost its place: it was not renewed in time and others came in", {
      request: permitId,
    });
    const { scope, gates } = permit;
    tell({ scope, permitId, gates, corrections: [] });
    permit.onLost?.();
  }

  /** One group after the other: what is asked meanwhile need not wait for all of them. */
  async function renewHeld(): Promise<void> {
    const permits = [...held.values()].filter(({ gates }) => gates.length > 0);
    for (let from = 0; from === 0 || from < permits.length; from += RENEWED_AT_ONCE) {
      // To renew one that has ended since would give its place to nobody.
      const group = permits.slice(from, from + RENEWED_AT_ONCE).filter(({ permitId }) => held.has(permitId));
      for (const permitId of await store.renew(group)) lose(permitId);
    }
  }

  async function renew(): Promise<void> {
    const again = untold;
    untold = [];
    for (const end of again) tell(end);
    try {
      await renewHeld();
    } catch (cause) {
      const message = "permits could not be renewed; the next try is in a few seconds";
      log("warn", message, { cause: String(cause) });
    }
  }

  return { held, tell, renew };
}

/** Requests and tokens per minute and day, and how many run at once, over whatever store counts them. */
export function limiterOver(options: LimiterOptions): Limiter {
  const { store, minute = MINUTE } = options;
  const sizes: OutputSizes = outputSizes();
  const { held, tell, renew } = permitsOver(options);
  store.follow?.(() => [...held.values()]);

  function judged(ruled: RuledClaim, verdict: Verdict, modelId: string): Acquired {
    const acquired = acquiredOf(ruled, verdict, modelId);
    if (acquired.kind !== "granted") return acquired;
    const { permit } = acquired;
    if (permit.gates.length > 0 || permit.days.length > 0) held.set(permit.permitId, permit);
    return acquired;
  }

  /** Nobody knows whether it was granted: what may be taken is given back behind it, the units are lost. */
  function unknown({ claim }: RuledClaim, cause: unknown): Acquired {
    const { scope, permitId, gates } = claim;
    tell({ scope, permitId, gates, corrections: [] });
    return { kind: "unavailable", cause };
  }

  return {
    acquire(ask) {
      const ruled = claimOf(ask, minute);
      if (!ruled) return undefined;
      const verdict = store.acquire(ruled.claim);
      if (!(verdict instanceof Promise)) return judged(ruled, verdict, ask.model.id);
      return verdict.then(
        (found) => judged(ruled, found, ask.model.id),
        (cause) => unknown(ruled, cause),
      );
    },
    async peek(whose) {
      const ruled = lookOf(whose, minute);
      if (!ruled) return [];
      const { states } = await store.acquire(ruled.claim);
      return states.flatMap(({ remaining, resetMs }, place) => {
        const rule = ruled.rules[place];
        return rule ? [{ ...rule, remaining, resetMs }] : [];
      });
    },
    likelyOutputTokens: sizes.p95,
    release(permit, used) {
      held.delete(permit.permitId);
      if (used && permit.tokens.length > 0) sizes.learn(permit.modelId, outputTokensOf(used));
      tell(endOf(permit, used ? totalTokens(used) : 0));
    },
    renew,
    get held() {
      return held.size;
    },
  };
}
