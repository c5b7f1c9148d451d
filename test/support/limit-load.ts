import { systemClock } from "../../src/base/clock.ts";
import { newId } from "../../src/base/id.ts";
import { slicedStore } from "../../src/limits/sliced-store.ts";
import type { LimitStore, WindowClaim } from "../../src/limits/store.ts";

const TURN_MS = 2;

/** One node's limits, and what of them the store itself has granted, one by one. */
export interface LoadedNode {
  readonly store: LimitStore;
  /** Permits, with the slot of the grant. */
  readonly asked: Map<string, number>;
}

/** @param limits those of a node; with slices over them where `isSlicing` */
export function loadedNode(limits: LimitStore, isSlicing: boolean): LoadedNode {
  const asked = new Map<string, number>();
  const store: LimitStore = {
    ...limits,
    async acquire(claim) {
      const verdict = await limits.acquire(claim);
      if (verdict.deniedBy === undefined && !claim.slice)
        asked.set(claim.permitId, verdict.states[0]?.slot ?? 0);
      return verdict;
    },
  };
  if (!isSlicing) return { store, asked };
  const later = (ms: number, work: () => void) => void setTimeout(work, ms);
  return { store: slicedStore({ store, clock: systemClock, later, onFault: () => undefined }), asked };
}

export interface Offer {
  readonly window: WindowClaim;
  readonly perSecond: number;
  readonly durationMs: number;
}

export interface Load {
  /** When each was granted, in order, microseconds since the epoch: by the store's slot, or when its node granted it. */
  readonly grants: readonly number[];
  /** That found the store away. */
  readonly refused: number;
}

/** Asks all nodes in turn, evenly over the time. */
export async function offerEvenly(
  nodes: readonly LoadedNode[],
  { window, perSecond, durationMs }: Offer,
): Promise<Load> {
  const scope = newId();
  const answers: Promise<number | "denied" | "refused">[] = [];

  async function ask({ store, asked }: LoadedNode): Promise<number | "denied" | "refused"> {
    const permitId = newId();
    try {
      const { deniedBy } = await store.acquire({ scope, permitId, windows: [window], gates: [] });
      if (deniedBy !== undefined) return "denied";
      const slot = asked.get(permitId);
      return slot === undefined ? Date.now() * 1_000 : slot * window.slotMicros;
    } catch {
      return "refused";
    }
  }

  const beganMs = performance.now();
  for (let sent = 0; ; ) {
    const passedMs = performance.now() - beganMs;
    if (passedMs >= durationMs) break;
    for (; sent < (passedMs * perSecond) / 1_000; sent++) {
      const node = nodes[sent % nodes.length];
      if (node) answers.push(ask(node));
    }
    await Bun.sleep(TURN_MS);
  }
  const all = await Promise.all(answers);
  return {
    grants: all.filter((answer) => typeof answer === "number").sort((one, other) => one - other),
    refused: all.filter((answer) => answer === "refused").length,
  };
}

/** The most grants in any span of so many microseconds. */
export function mostWithin(grants: readonly number[], spanMicros: number): number {
  let most = 0;
  for (let last = 0, first = 0; last < grants.length; last++) {
    while ((grants[last] ?? 0) - (grants[first] ?? 0) >= spanMicros) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
