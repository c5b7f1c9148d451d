import type { Claim, Correction, Verdict, WindowClaim, WindowShape, WindowState } from "./store.ts";

/** A slice lasts so many slots of the shortest window that it is of, and counts one more. */
const LASTS_SLOTS = 10;
const LASTS_MS = 250;
/** Of a limit: what a node may have taken and not granted. */
const SHARE_OF_WINDOW = 0.002;
const SHARE_OF_GATE = 0.05;
/** A slice for fewer requests saves too few calls. */
const REQUESTS_MIN = 8;

/** What to take for requests like one that is asked for. */
export interface SlicePlan {
  readonly requests: number;
  /** At each gate. */
  readonly places: number;
  readonly lastsMs: number;
  /** Until the last slot that a request of it may be granted in. */
  readonly aheadMicros: number;
}

function slotMicrosOf(windows: readonly WindowShape[]): number {
  return Math.min(...windows.filter(({ slots }) => slots > 0).map(({ slotMicros }) => slotMicros));
}

/** Undefined where a slice would be too small to be worth a call. `perSecond`: requests like this one. */
export function planSlice({ windows, gates }: Claim, perSecond: number): SlicePlan | undefined {
  const slotMicros = slotMicrosOf(windows);
  const lastsMs = Number.isFinite(slotMicros) ? (LASTS_SLOTS * slotMicros) / 1_000 : LASTS_MS;
  const shares = windows.map(({ limit, cost }) => Math.floor((limit * SHARE_OF_WINDOW) / Math.max(1, cost)));
  const requests = Math.min(Math.ceil((perSecond * lastsMs) / 1_000), ...shares);
  if (requests < REQUESTS_MIN) return undefined;
  const most = gates.map(({ max }) => Math.floor(max * SHARE_OF_GATE));
  const places = gates.length === 0 ? 0 : Math.min(requests, ...most);
  if (gates.length > 0 && places === 0) return undefined;
  return { requests, places, lastsMs, aheadMicros: ((LASTS_SLOTS + 1) / LASTS_SLOTS) * lastsMs * 1_000 };
}

/** Only the lower half of a limit is given away in slices: near the limit each request is asked for. */
const half = (limit: number): number => Math.floor(limit / 2);

/** The claim of a slice for requests like this one. */
export function claimOfSlice(claim: Claim, plan: SlicePlan, permitId: string): Claim {
  const { requests, places, aheadMicros } = plan;
  return {
    scope: claim.scope,
    permitId,
    windows: claim.windows.map((window) => ({
      ...window,
      limit: half(window.limit),
      cost: window.cost * requests,
    })),
    gates: claim.gates.map((gate) => ({ ...gate, max: half(gate.max) })),
    slice: { places, aheadMicros },
  };
}

interface Taken extends WindowState {
  readonly window: WindowShape;
  units: number;
}

/** Units of a claim's windows that a node may grant by itself, until a moment of its own clock. */
export interface Slice {
  readonly endsMs: number;
  readonly taken: readonly Taken[];
}

/** @param verdict what granted `claimOfSlice` */
export function sliceOf(claim: Claim, plan: SlicePlan, verdict: Verdict, endsMs: number): Slice {
  const taken = verdict.states.flatMap((state, place): Taken[] => {
    const window = claim.windows[place];
    if (!window) return [];
    const remaining = state.remaining + window.limit - half(window.limit);
    const { name, slotMicros, slots } = window;
    return [{ ...state, remaining, window: { name, slotMicros, slots }, units: window.cost * plan.requests }];
  });
  return { endsMs, taken };
}

const costOf = ({ cost, limit }: WindowClaim): number => Math.min(cost, limit);

/** Grants a request from a slice, all windows or none; undefined: it has not enough. */
export function grantFrom({ taken }: Slice, { windows }: Claim): Verdict | undefined {
  const enough = windows.every((window, place) => costOf(window) <= (taken[place]?.units ?? 0));
  if (!enough) return undefined;
  for (const [place, window] of windows.entries()) {
    const from = taken[place];
    if (from) from.units -= costOf(window);
  }
  const states = taken.map(({ slot, remaining, resetMs, units }) => ({
    slot,
    remaining: remaining + units,
    resetMs,
  }));
  return { deniedBy: undefined, retryMs: 0, states };
}

/** What is left of a slice, as corrections that give it back. */
export function leftOf({ taken }: Slice): Correction[] {
  return taken.flatMap(({ window, slot, units }) => (units === 0 ? [] : [{ window, slot, delta: -units }]));
}
