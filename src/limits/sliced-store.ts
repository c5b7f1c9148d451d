import { newId } from "../base/id.ts";
import { addCorrections, type Hot, type HotOptions, hotKeys } from "./hot-keys.ts";
import { requestRates } from "./request-rates.ts";
import { claimOfSlice, grantFrom, leftOf, planSlice, type SlicePlan, sliceOf } from "./slice.ts";
import {
  type Claim,
  type HeldPermit,
  type LimitStore,
  type PermitEnd,
  placeOf,
  type Verdict,
} from "./store.ts";

/** From so many requests like each other a second, they are granted from slices. */
const HOT_PER_SECOND = 200;
const LEASES_WAITED_FOR = 2;

/** A request that runs in a place of a slice. */
interface Lent {
  readonly hot: Hot;
  readonly place: string;
}

function nameOf({ scope, windows, gates }: Claim): string {
  let name = scope;
  for (const window of windows) name += ` ${window.name} ${window.limit}`;
  for (const gate of gates) name += ` ${gate.name} ${gate.max}`;
  return name;
}

/** One that counts nothing only looks. */
const looksOnly = ({ windows, gates }: Claim): boolean =>
  gates.length === 0 && windows.every(({ cost }) => cost === 0);

type HotKeys = ReturnType<typeof hotKeys>;

/** @throws what the store throws; it may have granted then: the units are wasted, the places are left */
async function lease(
  { store, clock }: HotOptions,
  keys: HotKeys,
  hot: Hot,
  claim: Claim,
  plan: SlicePlan,
): Promise<void> {
  const [askedMs, permitId] = [clock.monotonic(), newId()];
  const places = Math.max(0, plan.places - hot.spare.length);
  const taken = Array.from({ length: places }, (_, place) => placeOf(permitId, place));
  keys.watch(hot);
  try {
    const verdict = await store.acquire(claimOfSlice(claim, { ...plan, places }, permitId));
    if (verdict.deniedBy !== undefined) {
      hot.notBeforeMs = clock.monotonic() + plan.lastsMs;
      return;
    }
    if (hot.slice) addCorrections(hot.corrections, leftOf(hot.slice));
    hot.slice = sliceOf(claim, plan, verdict, askedMs + plan.lastsMs);
    hot.spare.push(...taken);
  } catch (cause) {
    for (const place of taken)
      keys.tell({ scope: hot.scope, permitId: place, gates: hot.gates, corrections: [] });
    throw cause;
  }
}

/** What is granted from slices, and who runs in their places. */
function slicesOver(options: HotOptions, keys: HotKeys) {
  const { store, clock } = options;
  const lent = new Map<string, Lent>();

  function grant(hot: Hot, claim: Claim): Verdict | undefined {
    const { slice, spare } = hot;
    if (!slice || clock.monotonic() >= slice.endsMs) return undefined;
    if (claim.gates.length > 0 && spare.length === 0) return undefined;
    const verdict = grantFrom(slice, claim);
    const place = verdict && claim.gates.length > 0 ? spare.pop() : undefined;
    if (place !== undefined) lent.set(claim.permitId, { hot, place });
    return verdict;
  }

  /** From a slice to come, where others do not take it all: then it is asked for alone. */
  async function grantFromNext(hot: Hot, claim: Claim, plan: SlicePlan): Promise<Verdict> {
    for (let tries = 0; tries < LEASES_WAITED_FOR && clock.monotonic() >= hot.notBeforeMs; tries++) {
      hot.leasing ??= lease(options, keys, hot, claim, plan).finally(() => {
        hot.leasing = undefined;
      });
      await hot.leasing;
      const granted = grant(hot, claim);
      if (granted) return granted;
    }
    return await store.acquire(claim);
  }

  /** Whether the end of a request is told with its slice's. */
  function takeBack({ scope, permitId, gates, corrections }: PermitEnd): boolean {
    const of = lent.get(permitId);
    const hot = of?.hot ?? (gates.length === 0 ? keys.ofScope(scope) : undefined);
    if (!hot) return false;
    lent.delete(permitId);
    if (of) hot.spare.push(of.place);
    addCorrections(hot.corrections, corrections);
    keys.watch(hot);
    return true;
  }

  return {
    grant,
    grantFromNext,
    takeBack,
    /** The permit that the store knows a request by. */
    placed: <Held extends HeldPermit>(permit: Held): Held => {
      const place = lent.get(permit.permitId)?.place;
      return place === undefined ? permit : { ...permit, permitId: place };
    },
    lose: (permitId: string) => void lent.delete(permitId),
  };
}

/**
 * Grants what many ask for from slices: units and places that this node has taken from the store for the next quarter
 * of a second, so that a hot key costs a few calls a second and not one a request. What is taken counts in full, as
 * granted at its slice's end, so all nodes together never grant more than a limit in any 60 s; what is left goes back.
 * Of a node that is killed the places are free when their permits end, and the units when their minute has passed.
 */
export function slicedStore(options: HotOptions): LimitStore {
  const { store, clock } = options;
  const rates = requestRates(clock);
  const keys = hotKeys(options);
  const slices = slicesOver(options, keys);

  return {
    acquire(claim) {
      if (looksOnly(claim)) return store.acquire(claim);
      const name = nameOf(claim);
      const perSecond = rates.note(name);
      const plan = perSecond < HOT_PER_SECOND ? undefined : planSlice(claim, perSecond);
      if (!plan) return store.acquire(claim);
      const hot = keys.find(name, claim, plan);
      const granted = slices.grant(hot, claim);
      if (granted) return granted;
      return clock.monotonic() < hot.notBeforeMs
        ? store.acquire(claim)
        : slices.grantFromNext(hot, claim, plan);
    },
    end(permit) {
      if (!slices.takeBack(permit)) return store.end(permit);
    },
    async renew(permits) {
      const placed = permits.map(slices.placed);
      const lost = new Set(await store.renew([...placed, ...keys.spare()]));
      const gone = permits.filter((_, at) => lost.has(placed[at]?.permitId ?? ""));
      for (const { permitId } of gone) slices.lose(permitId);
      keys.loseSpare(lost);
      return gone.map(({ permitId }) => permitId);
    },
    follow(running) {
      store.follow?.(() => {
        // What was taken of a memory that is lost is told as granted; no more is granted from it.
        keys.drop();
        const none = keys.spare().map((permit) => ({ ...permit, days: [] }));
        return [...running().map(slices.placed), ...none];
      });
    },
    close: store.close,
  };
}
