import { expect, test } from "bun:test";
import {
  type BackgroundStep,
  backgroundSteps,
  type StepState,
  type StepStates,
} from "../../src/base/background-steps.ts";

function memoryStates(): StepStates & { readonly kept: Map<string, StepState> } {
  const kept = new Map<string, StepState>();
  return { kept, read: () => new Map(kept), write: (name, state) => void kept.set(name, state) };
}

/** Adds the numbers to 10, three at a time; done numbers are not added again. */
function adding(done: Set<number>, faults: { left: number }): BackgroundStep {
  return {
    name: "add",
    run(position) {
      const from = Number(position);
      const piece = [0, 1, 2].map((at) => from + at).filter((number) => number < 10);
      for (const number of piece) {
        done.add(number);
        if (faults.left-- === 0) throw new Error("cut off");
      }
      return { position: String(from + 3), rows: piece.length, done: from + 3 >= 10 };
    },
  };
}

test("goes on where it was cut off, one step after the other", async () => {
  const [done, states] = [new Set<number>(), memoryStates()];
  const last: BackgroundStep = { name: "last", run: () => ({ position: "", rows: 1, done: true }) };
  const cut = backgroundSteps([adding(done, { left: 4 }), last], states);
  expect(cut.work(1_000)).rejects.toThrow("cut off");
  await cut.work(0).catch(() => undefined);
  expect(states.kept.get("add")?.done).toBe(false);
  const again = backgroundSteps([adding(done, { left: -1 }), last], states);
  expect((await again.work(0))[0]).toMatchObject({ name: "add", done: false });
  expect(await again.work(1_000)).toEqual([
    { name: "add", rows: 10, done: true },
    { name: "last", rows: 1, done: true },
  ]);
  expect(done.size).toBe(10);
});

test("a step that has nothing to do now is left for later", async () => {
  const waits: BackgroundStep = { name: "waits", run: () => ({ position: "", rows: 0, done: false }) };
  expect(await backgroundSteps([waits], memoryStates()).work(1_000)).toEqual([
    { name: "waits", rows: 0, done: false },
  ]);
});
