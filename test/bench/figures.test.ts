import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jsonBody, streamBody } from "../../bench/bodies.ts";
import { readKeyDraw } from "../../bench/key-draw.ts";
import { createLatencies, median } from "../../bench/latencies.ts";
import type { Sample } from "../../bench/measure.ts";
import { readOptions } from "../../bench/options.ts";
import { isDisturbed, ownThroughput, pairedRatio, yardstickThroughput } from "../../bench/ratios.ts";
import { budget } from "../../bench/report.ts";

function sample(fields: Partial<Sample>): Sample {
  return {
    answersPerSecond: 1000,
    eventsPerSecond: 0,
    cpuMicrosPerAnswer: 990,
    cpuMicrosPerEvent: Number.NaN,
    coreShare: 0.99,
    foreignShare: 0,
    generatorForeignShare: 0,
    generatorBusyShare: 0.5,
    eventsPerRead: 0,
    p50Micros: 1,
    p99Micros: 2,
    failures: 0,
    firstFailure: undefined,
    ...fields,
  };
}

describe("ratios", () => {
  test("a yardstick that the generator could not fill counts as what a full core would give", () => {
    const starved = sample({
      answersPerSecond: 10_000,
      cpuMicrosPerAnswer: 50,
      coreShare: 0.5,
    });
    expect(yardstickThroughput(starved)).toBe(20_000);
    expect(ownThroughput(starved)).toBe(10_000);
  });

  test("a target that waits for its disk is not excused", () => {
    const waiting = sample({
      answersPerSecond: 500,
      cpuMicrosPerAnswer: 1000,
      coreShare: 0.5,
    });
    expect(ownThroughput(waiting)).toBe(500);
  });

  test("in a disturbed window the share of others is taken off, but no more than the CPU time allows", () => {
    const shared = sample({
      answersPerSecond: 500,
      cpuMicrosPerAnswer: 1000,
      coreShare: 0.5,
      foreignShare: 0.5,
    });
    expect(isDisturbed(shared)).toBe(true);
    expect(ownThroughput(shared)).toBe(1000);
    expect(ownThroughput({ ...shared, cpuMicrosPerAnswer: 1250 })).toBe(800);
  });

  test("disturbed rounds do not count while a quiet one is left", () => {
    const rate = (one: Sample): number => one.answersPerSecond;
    const measured = [
      sample({ answersPerSecond: 600 }),
      sample({ answersPerSecond: 100, foreignShare: 0.4 }),
    ];
    const reference = [sample({}), sample({})];
    expect(pairedRatio(measured, reference, rate)).toEqual({
      median: 0.6,
      least: 0.6,
      most: 0.6,
    });
    expect(pairedRatio(measured.slice(1), reference, rate)).toMatchObject({ median: 0.1, disturbed: true });
  });

  test("a round in which the yardstick gave nothing has no ratio, one in which the target gave nothing has 0", () => {
    const rate = (one: Sample): number => one.answersPerSecond;
    const nothing = sample({ answersPerSecond: 0 });
    expect(budget("a", "higher", 0.5, pairedRatio([sample({})], [nothing], rate)).verdict).toBe(
      "not measured",
    );
    expect(budget("a", "higher", 0.5, pairedRatio([nothing], [sample({})], rate)).verdict).toBe("FAIL");
  });

  test("the median decides a budget, and a missing figure is neither kept nor missed", () => {
    expect(budget("a", "higher", 0.65, { median: 0.65, least: 0.1, most: 0.9 }).verdict).toBe("PASS");
    expect(budget("a", "lower", 1.4, { median: 1.41, least: 1, most: 2 }).verdict).toBe("FAIL");
    expect(budget("a", "lower", 1.4, "not here").verdict).toBe("not measured");
  });
});

test("latencies give exact percentiles beyond their first size, also after more is added", () => {
  const latencies = createLatencies();
  expect(latencies.percentile(0.5)).toBeNaN();
  for (let micros = 100_000; micros > 0; micros -= 1) latencies.add(micros);
  expect([0.5, 0.99, 1].map(latencies.percentile)).toEqual([50_000, 99_000, 100_000]);
  latencies.add(0);
  expect(latencies.percentile(0)).toBe(0);
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

describe("readKeyDraw", () => {
  const folder = mkdtempSync(join(tmpdir(), "quoin-draw-"));
  const file = join(folder, "keys.txt");

  test("draws evenly and alike for one seed, within the first keys only where asked", () => {
    writeFileSync(file, "aaa\nbbb\nccc\nddd\n");
    const drawn = (keysMax: number | undefined): Map<string, number> => {
      const draw = readKeyDraw(file, keysMax, 5);
      const request = Buffer.from("key: ___.");
      const counts = new Map<string, number>();
      for (let turn = 0; turn < 4000; turn += 1) {
        draw.drawInto(request, 5);
        counts.set(request.toString(), (counts.get(request.toString()) ?? 0) + 1);
      }
      return counts;
    };
    const counts = drawn(undefined);
    expect(counts.size).toBe(4);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
    expect(drawn(undefined)).toEqual(counts);
    expect([...drawn(2).keys()].sort()).toEqual(["key: aaa.", "key: bbb."]);
  });

  test("refuses keys of two lengths", () => {
    writeFileSync(file, "aaa\nbbbb\n");
    expect(() => readKeyDraw(file, undefined, 1)).toThrow("one length");
    rmSync(folder, { recursive: true });
  });
});

test("bodies are of 1 KB", () => {
  expect([jsonBody().length, streamBody().length]).toEqual([1024, 1024]);
});

test("readOptions names what it does not know", () => {
  expect(readOptions(["--scenario", "json,sse", "--seconds", "0.5"])).toMatchObject({
    scenarios: ["json", "sse"],
    windowMs: 500,
  });
  expect(() => readOptions(["--scenario", "jason"])).toThrow(
    '--scenario must be of json, sse, translate-json, translate-sse, reject, idle, keys, workers, stores, console, not "jason"',
  );
  expect(() => readOptions(["--rounds", "1.5"])).toThrow("--rounds must be a whole number");
});
