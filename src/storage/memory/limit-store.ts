import type { Clock } from "../../base/clock.ts";
import { SlidingWindow } from "../../limits/sliding-window.ts";
import {
  type Claim,
  GATE_RETRY_MS,
  type GateClaim,
  type HeldPermit,
  type LimitStore,
  PERMIT_TTL_MS,
  type PermitEnd,
  type Verdict,
  type WindowClaim,
  type WindowShape,
} from "../../limits/store.ts";

/** Windows looked at in one go for whether anybody still needs them. */
const SWEEP_MAX = 10_000;

interface Kept {
  readonly shape: WindowShape;
  readonly window: SlidingWindow;
}

/** A window that a claim asks, brought to this moment. */
interface Asked {
  readonly claim: WindowClaim;
  readonly window: SlidingWindow;
  readonly slot: number;
  /** Units, at most the limit. */
  readonly cost: number;
}

/** When each permit of a gate expires, by its id. */
type Gate = Map<string, number>;

const keyOf = (scope: string, name: string): string => `${scope} ${name}`;

function gatesOf() {
  const gates = new Map<string, Gate>();

  function hasRoom(scope: string, { name, max }: GateClaim, nowMs: number): boolean {
    const gate = gates.get(keyOf(scope, name));
    if (!gate || gate.size < max) return true;
    for (const [permitId, expiresAtMs] of gate) if (expiresAtMs <= nowMs) gate.delete(permitId);
    return gate.size < max;
  }

  function enter({ scope, permitId }: Omit<HeldPermit, "gates">, { name }: GateClaim, nowMs: number): void {
    const key = keyOf(scope, name);
    const gate = gates.get(key) ?? new Map<string, number>();
    gates.set(key, gate.set(permitId, nowMs + PERMIT_TTL_MS));
  }

  function leave({ scope, permitId }: Omit<HeldPermit, "gates">, { name }: GateClaim): void {
    const key = keyOf(scope, name);
    const gate = gates.get(key);
    gate?.delete(permitId);
    if (gate?.size === 0) gates.delete(key);
  }

  function renew(permit: HeldPermit, nowMs: number): boolean {
    for (const claim of permit.gates) {
      leave(permit, claim);
      if (!hasRoom(permit.scope, claim, nowMs)) return false;
      enter(permit, claim, nowMs);
    }
    return true;
  }

  return { hasRoom, enter, leave, renew };
}

function verdictOf(
  asked: readonly Asked[],
  denied: Pick<Verdict, "deniedBy" | "retryMs">,
  nowMicros: number,
): Verdict {
  const states = asked.map(({ claim, window, slot }) => window.state(claim, slot, nowMicros));
  return { ...denied, states };
}

function windowsOf() {
  const windows = new Map<string, Kept>();
  let sweeping = windows.entries();

  function find(scope: string, { name, slotMicros, slots }: WindowShape): SlidingWindow {
    const key = keyOf(scope, name);
    const kept = windows.get(key);
    if (kept) return kept.window;
    const window = new SlidingWindow();
    windows.set(key, { shape: { name, slotMicros, slots }, window });
    return window;
  }

  /** Lets go of some windows in which nothing counts any more. */
  function sweep(nowMicros: number): void {
    for (let looked = 0; looked < SWEEP_MAX; looked++) {
      const next = sweeping.next();
      if (next.done) {
        sweeping = windows.entries();
        return;
      }
      const [key, { shape, window }] = next.value;
      if (window.isIdle(shape, nowMicros)) windows.delete(key);
    }
  }

  return { find, sweep };
}

/** Limits of one process, by its own clock. Every answer is there at once. */
export function memoryLimitStore(clock: Clock): LimitStore {
  const windows = windowsOf();
  const gates = gatesOf();

  function judge(
    claim: Claim,
    asked: readonly Asked[],
    nowMs: number,
  ): Pick<Verdict, "deniedBy" | "retryMs"> {
    let deniedBy: number | undefined;
    let retryMs = 0;
    const deny = (place: number, waitMs: number) => {
      if (waitMs <= retryMs) return;
      deniedBy = place;
      retryMs = waitMs;
    };
    asked.forEach(({ claim: wanted, window, cost }, place) => {
      const over = window.total + cost - wanted.limit;
      if (over > 0) deny(place, Math.max(1, Math.ceil(window.freeAt(wanted, over) / 1_000 - nowMs)));
    });
    claim.gates.forEach((gate, place) => {
      if (!gates.hasRoom(claim.scope, gate, nowMs)) deny(asked.length + place, GATE_RETRY_MS);
    });
    return { deniedBy, retryMs };
  }

  return {
    acquire(claim) {
      const nowMs = clock.now();
      const asked = claim.windows.map((wanted): Asked => {
        const window = windows.find(claim.scope, wanted);
        const slot = window.advance(wanted, nowMs * 1_000);
        return { claim: wanted, window, slot, cost: Math.min(wanted.cost, wanted.limit) };
      });
      const denied = judge(claim, asked, nowMs);
      if (denied.deniedBy === undefined) {
        for (const { window, slot, cost } of asked) window.add(slot, cost);
        for (const gate of claim.gates) gates.enter(claim, gate, nowMs);
      }
      return verdictOf(asked, denied, nowMs * 1_000);
    },
    end(permit: PermitEnd) {
      for (const gate of permit.gates) gates.leave(permit, gate);
      const nowMicros = clock.now() * 1_000;
      for (const { window: shape, slot, delta } of permit.corrections) {
        const window = windows.find(permit.scope, shape);
        const current = window.advance(shape, nowMicros);
        if (delta > 0) window.add(current, delta);
        else window.takeBack(slot, -delta);
      }
    },
    renew(permits) {
      const nowMs = clock.now();
      windows.sweep(nowMs * 1_000);
      return permits.filter((permit) => !gates.renew(permit, nowMs)).map(({ permitId }) => permitId);
    },
    close() {},
  };
}
