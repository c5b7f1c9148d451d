import { expect, test } from "bun:test";
import { Deadlines } from "../../src/base/deadlines.ts";
import { until } from "../support/until.ts";

test("tells once what is late, and nothing that ended or goes on", async () => {
  const deadlines = new Deadlines(2);
  const told: string[] = [];
  const late = (name: string) => ({ onLate: () => void told.push(name) });
  deadlines.start(5, late("late"));
  deadlines.start(5, late("ended")).stop();
  const goesOn = deadlines.start(40, late("goes on"));
  await until("the deadline", () => told.length > 0);
  for (let round = 0; round < 20; round++) {
    goesOn.extend();
    await Bun.sleep(3);
  }
  expect(told).toEqual(["late"]);
  goesOn.stop();
  await Bun.sleep(10);
  expect(told).toEqual(["late"]);
  // The timer stops with nothing to wait for, and starts again.
  deadlines.start(1, late("again"));
  await until("the second deadline", () => told.includes("again"));
});
