import { expect, test } from "bun:test";
import { memoryLimitStore } from "../../src/storage/memory/limit-store.ts";
import { type LimitFixture, limitContract, START_MS } from "./limit-contract.ts";

function open(): LimitFixture {
  let nowMs = 0;
  return {
    store: memoryLimitStore({ now: () => nowMs, monotonic: () => nowMs }),
    setTime: (ms) => {
      nowMs = ms;
    },
    dispose: () => undefined,
  };
}

limitContract("memory", open);

test("memory answers at once: no promise is made for a request", () => {
  const { store } = open();
  const claim = { scope: "a", permitId: "p", windows: [], gates: [{ name: "g", max: 1 }] };
  expect(store.acquire(claim)).not.toBeInstanceOf(Promise);
  expect(store.end({ ...claim, corrections: [] })).toBeUndefined();
});

test("memory keeps a busy window's slots for a minute and no longer", () => {
  const { store, setTime } = open();
  const window = { name: "w", slotMicros: 25_000, slots: 2_400, limit: 1e9, cost: 1 };
  for (let ms = 0; ms < 300_000; ms += 25) {
    setTime(START_MS + ms);
    const verdict = store.acquire({ scope: "a", permitId: "p", windows: [window], gates: [] });
    if (verdict instanceof Promise) throw new Error("a promise");
    expect(verdict.states[0]?.remaining).toBe(1e9 - Math.min(ms / 25 + 1, 2_401));
  }
});
