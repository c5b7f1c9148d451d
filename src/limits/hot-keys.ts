import type { Clock } from "../base/clock.ts";
import { leftOf, type Slice, type SlicePlan } from "./slice.ts";
import type { Claim, Correction, GateClaim, HeldPermit, LimitStore, PermitEnd } from "./store.ts";

export interface HotOptions {
  readonly store: LimitStore;
  readonly clock: Pick<Clock, "monotonic">;
  /** Calls once, after some milliseconds. */
  readonly later: (ms: number, work: () => void) => void;
  /** What could not be given back counts until it ends by itself. */
  readonly onFault: (message: string, cause: unknown) => void;
}

/** Requests that ask for the same of the same, of which there are many. */
export interface Hot {
  readonly name: string;
  readonly scope: string;
  readonly gates: readonly GateClaim[];
  slice: Slice | undefined;
  /** Places at the gates that this node has and no request is in. */
  readonly spare: string[];
  /** What to tell the store when the slice is looked at next. */
  readonly corrections: Map<string, Correction>;
  /** The slice that is asked for. */
  leasing: Promise<void> | undefined;
  /** No slice is asked for before. */
  notBeforeMs: number;
  readonly lastsMs: number;
  /** Spare places are this many at most. */
  readonly places: number;
  isWatched: boolean;
}

/** Sums what is to be told of one slot, so that a thousand requests are one correction. */
export function addCorrections(known: Map<string, Correction>, more: readonly Correction[]): void {
  for (const correction of more) {
    const { window, slot, delta } = correction;
    // More use than was claimed counts from then on: it is not summed with what is given back.
    const key = `${window.name} ${slot} ${delta > 0}`;
    const sum = known.get(key);
    known.set(key, sum ? { ...sum, delta: sum.delta + delta } : correction);
  }
}

function newHot(name: string, { scope, gates }: Claim, { lastsMs, places }: SlicePlan): Hot {
  return {
    ...{ name, scope, gates, lastsMs, places },
    slice: undefined,
    spare: [],
    corrections: new Map(),
    leasing: undefined,
    notBeforeMs: 0,
    isWatched: false,
  };
}

/** What a node has taken of many keys, and gives back when nobody needs it. */
export function hotKeys({ store, clock, later, onFault }: HotOptions) {
  const hots = new Map<string, Hot>();
  const byScope = new Map<string, Hot>();

  function tell(end: PermitEnd): void {
    const told = store.end(end);
    const fault = (cause: unknown) => onFault("what was left of a slice of limits was not given back", cause);
    if (told instanceof Promise) told.catch(fault);
  }

  function find(name: string, claim: Claim, plan: SlicePlan): Hot {
    const known = hots.get(name);
    if (known) return known;
    const hot = newHot(name, claim, plan);
    hots.set(name, hot);
    byScope.set(hot.scope, hot);
    return hot;
  }

  function watch(hot: Hot): void {
    if (hot.isWatched) return;
    hot.isWatched = true;
    later(hot.lastsMs, () => {
      hot.isWatched = false;
      giveBack(hot);
    });
  }

  function giveBack(hot: Hot): void {
    const { scope, gates, spare, corrections } = hot;
    if (hot.slice && clock.monotonic() >= hot.slice.endsMs) {
      addCorrections(corrections, leftOf(hot.slice));
      hot.slice = undefined;
    }
    for (const permitId of spare.splice(hot.slice ? hot.places : 0))
      tell({ scope, permitId, gates, corrections: [] });
    if (corrections.size > 0)
      tell({ scope, permitId: "", gates: [], corrections: [...corrections.values()] });
    corrections.clear();
    if (hot.slice || hot.leasing) watch(hot);
    else if (hots.get(hot.name) === hot) forget(hot);
  }

  function forget({ name, scope }: Hot): void {
    hots.delete(name);
    if (byScope.get(scope)?.name === name) byScope.delete(scope);
  }

  return {
    tell,
    find,
    watch,
    /** A key of the account, where there is one, that what ends without a place is told with. */
    ofScope: (scope: string) => byScope.get(scope),
    spare: (): HeldPermit[] =>
      [...hots.values()].flatMap(({ scope, gates, spare }) =>
        spare.map((permitId) => ({ scope, permitId, gates })),
      ),
    loseSpare(lost: ReadonlySet<string>): void {
      for (const { spare } of hots.values())
        spare.splice(0, spare.length, ...spare.filter((place) => !lost.has(place)));
    },
    /** Ends all slices; what is left of them is not given back. */
    drop(): void {
      for (const hot of hots.values()) hot.slice = undefined;
    },
  };
}
