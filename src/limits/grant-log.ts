import type { Clock } from "../base/clock.ts";
import { SlidingWindow } from "./sliding-window.ts";
import type { Claim, Counts, PermitEnd, Verdict, WindowShape } from "./store.ts";

/** Beyond a window's own length, for clocks that differ a little in speed. */
const KEPT_LONGER_MS = 1_000;

interface Logged {
  readonly scope: string;
  readonly shape: WindowShape;
  readonly window: SlidingWindow;
  touchedMs: number;
}

export interface ToldCounts {
  readonly scope: string;
  readonly window: WindowShape;
  readonly counts: Counts;
}

/** What this node was granted in windows that slide, by the store's slots, as long as it counts there. */
export interface GrantLog {
  granted(claim: Claim, verdict: Verdict): void;
  corrected(end: PermitEnd): void;
  all(): ToldCounts[];
  /** Lets go of windows in which nothing can count any more. */
  sweep(): void;
  readonly size: number;
}

const keptMs = ({ slotMicros, slots }: WindowShape): number =>
  ((slots + 2) * slotMicros) / 1_000 + KEPT_LONGER_MS;

export function grantLog(clock: Pick<Clock, "monotonic">): GrantLog {
  const logged = new Map<string, Logged>();

  function find(scope: string, { name, slotMicros, slots }: WindowShape): Logged {
    const key = `${scope} ${name}`;
    let entry = logged.get(key);
    if (!entry) {
      entry = { scope, shape: { name, slotMicros, slots }, window: new SlidingWindow(), touchedMs: 0 };
      logged.set(key, entry);
    }
    entry.touchedMs = clock.monotonic();
    return entry;
  }

  return {
    granted({ scope, windows }, { states }) {
      for (const [place, claim] of windows.entries()) {
        const state = states[place];
        if (!state || claim.slots === 0 || claim.cost === 0) continue;
        const { shape, window } = find(scope, claim);
        window.add(window.advance(shape, state.slot * shape.slotMicros), Math.min(claim.cost, claim.limit));
      }
    },
    corrected({ scope, corrections }) {
      for (const { window: of, slot, delta } of corrections) {
        const { shape, window } = find(scope, of);
        if (delta < 0) window.takeBack(slot, -delta);
        else window.add(window.advance(shape, slot * shape.slotMicros), delta);
      }
    },
    all: () =>
      [...logged.values()].map(({ scope, shape, window }) => ({
        scope,
        window: shape,
        counts: window.counts(),
      })),
    sweep() {
      const nowMs = clock.monotonic();
      for (const [key, { shape, touchedMs }] of logged)
        if (nowMs - touchedMs > keptMs(shape)) logged.delete(key);
    },
    get size() {
      return logged.size;
    },
  };
}
