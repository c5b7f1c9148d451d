/**
 * A count of units in slots of time. What counts is the current slot and the `slots` before it, the partial
 * oldest one in full: at most the limit in every span of `slots × slotMicros`. With `slots` 0 the span is the
 * slot itself, counted from the epoch on: the UTC day.
 */
export interface WindowShape {
  /** Unique within the claim's scope. */
  readonly name: string;
  /** Whole microseconds. */
  readonly slotMicros: number;
  readonly slots: number;
}

/** What a request asks of a window. */
export interface WindowClaim extends WindowShape {
  readonly limit: number;
  /** Units; more than the limit counts as the limit, so that a large request passes an idle window. */
  readonly cost: number;
  /** Of a day's requests: whose records tell how many there were, where a store has forgotten. */
  readonly counted?: Counted | undefined;
}

/** Requests that one limit counts together, within the account that is the claim's scope. */
export interface Counted {
  readonly whose: "key" | "account" | "model";
  /** What keys are counted as, a plan, a model. */
  readonly id: string;
}

/** A bound on requests that run at the same time. */
export interface GateClaim {
  readonly name: string;
  readonly max: number;
}

/** All that one request needs: it is granted whole or not at all. */
export interface Claim {
  /** The account: everything that one claim touches lies in one place of a store that is spread. */
  readonly scope: string;
  readonly permitId: string;
  readonly windows: readonly WindowClaim[];
  readonly gates: readonly GateClaim[];
  readonly slice?: Slice | undefined;
}

/** Makes a claim one for requests to come: its windows' costs are theirs together. Only a store of many nodes has such. */
export interface Slice {
  /** Places taken at each gate; their permits are `placeOf(permitId, 0)` and so on. */
  readonly places: number;
  /** It is used up or given back by then: it counts as granted at its end, and a day's within that day alone. */
  readonly aheadMicros: number;
}

export const placeOf = (permitId: string, place: number): string => `${permitId}.${place}`;

export interface WindowState {
  /** Where the cost was counted, by the store's clock. */
  readonly slot: number;
  readonly remaining: number;
  /** Until nothing of the window counts any more. */
  readonly resetMs: number;
}

export interface Verdict {
  /** The place among the claim's windows, its gates behind them; undefined: granted. Of several the one that lasts longest. */
  readonly deniedBy: number | undefined;
  /** Until what denies has room again, as far as is known. */
  readonly retryMs: number;
  /** One for each window of the claim. */
  readonly states: readonly WindowState[];
}

/** Units that a granted request used more (or, negative, less) than it had claimed. */
export interface Correction {
  readonly window: WindowShape;
  /** Where the claim was counted. */
  readonly slot: number;
  readonly delta: number;
}

/** A running request at its gates. */
export interface HeldPermit {
  readonly scope: string;
  readonly permitId: string;
  readonly gates: readonly GateClaim[];
}

export interface PermitEnd extends HeldPermit {
  readonly corrections: readonly Correction[];
}

/** A permit that is not renewed is free again this long after its grant or last renewal. */
export const PERMIT_TTL_MS = 30_000;

/** Nothing tells when a running request will end; asking again this soon costs little. */
export const GATE_RETRY_MS = 1_000;

/**
 * Where limits are counted, by the store's own clock. Calls that fail, or come too late, reject; an acquire is never
 * repeated, so that one whose reply was lost wastes its units and no more.
 */
export interface LimitStore {
  acquire(claim: Claim): Verdict | Promise<Verdict>;
  /** Frees the gates at once; less use leaves the slot of the grant while that counts, more use enters the current slot. */
  end(permit: PermitEnd): void | Promise<void>;
  /** Holds for another `PERMIT_TTL_MS`; the ids that were free meanwhile and found their gate full. */
  renew(permits: readonly HeldPermit[]): readonly string[] | Promise<readonly string[]>;
  /** Who knows what runs; asked when the store has forgotten. */
  follow?(running: () => readonly Running[]): void;
  close(): void;
}

/** A request that was granted and has not ended. */
export interface Running extends HeldPermit {
  /** Where it counts in windows of the day. */
  readonly days: readonly { readonly window: WindowShape; readonly slot: number }[];
}

/** Why a store did not count: it was not asked by this memory, or knows nothing yet of a window of the day. */
export type Unknown =
  | { readonly kind: "forgotten" }
  | { readonly kind: "day"; readonly place: number; readonly slot: number };

/** What a store has counted since a moment, which is its name. */
export interface Memory {
  readonly id: string;
  /** Until it may be used; before that, nodes tell what they were granted. */
  readonly waitMs: number;
}

/** A store that may lose what it counted and says so, so that nodes tell it again. */
export interface ForgetfulStore extends Omit<LimitStore, "acquire" | "follow"> {
  acquire(claim: Claim, memoryId: string): Promise<Verdict | Unknown>;
  /** The memory that counts, or, where there is none, one that will after `waitMs`. */
  join(waitMs: number): Promise<Memory>;
  /** Adds what was granted under an earlier memory; what counts no more is left out. */
  tell(memoryId: string, scope: string, window: WindowShape, counts: Counts): Promise<void>;
  /** The day's count as it is known elsewhere, which what nodes told comes on top of; the first one holds. */
  settleDay(memoryId: string, scope: string, window: WindowShape, units: number): Promise<void>;
}

/** Units by slot. */
export type Counts = readonly (readonly [slot: number, units: number])[];
