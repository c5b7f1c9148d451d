import { expect, test } from "bun:test";
import type { Model, Snapshot, Upstream } from "../../src/core/model.ts";
import { type Attempt, GIVEN_UP, NOT_ASKED, type RequestRecord } from "../../src/core/request-record.ts";
import { NO_USAGE } from "../../src/core/usage.ts";
import { LATENCY_BUCKETS_MS } from "../../src/history/latency-tally.ts";
import { requestMeter } from "../../src/history/request-meter.ts";
import { NOVEMBER, record } from "../storage/history-contract.ts";

const SERVED: Attempt = { upstream: "u", model: "m", status: 200, outcome: "served", startMs: 0, tookMs: 0 };
const FAILED: Attempt = { ...SERVED, status: 500, outcome: "retryable", reason: "status 500" };

const named = (id: string) => ({ id }) as Model;

function inForce(...models: string[]): Pick<Snapshot, "models" | "unpublished" | "upstreams"> {
  const upstreams = new Map(["u", "v"].map((id) => [id, { id } as Upstream]));
  return { models: models.map(named), unpublished: [named("draft")], upstreams };
}

const of = (more: Partial<RequestRecord>) => record(NOVEMBER, more);

test("requests are counted by what they asked and how they ended", () => {
  const meter = requestMeter(() => inForce("m"));
  for (const more of [{}, {}, { protocol: "gemini" }, { outcome: "failed", status: 502 }] as const)
    meter.note(of(more));
  expect([...(meter.models.get("m")?.requests.values() ?? [])]).toEqual([
    { protocol: "openai-chat", statusClass: 2, outcome: "finished", count: 2 },
    { protocol: "gemini", statusClass: 2, outcome: "finished", count: 1 },
    { protocol: "openai-chat", statusClass: 5, outcome: "failed", count: 1 },
  ]);
});

test("names that nobody declared share one cell, however many a client makes up", () => {
  const meter = requestMeter(() => inForce("m"));
  for (let at = 0; at < 5_000; at++)
    meter.note(of({ model: `made-up-${at}`, attempts: [{ ...SERVED, upstream: `gone-${at}` }] }));
  meter.note(of({ model: "draft" }));
  expect([...meter.models.keys()]).toEqual(["other", "draft"]);
  expect([...meter.upstreams.keys()]).toEqual(["other", "u"]);
  expect(meter.upstreams.get("other")?.attempts.served).toBe(5_000);
});

test("there is an end to declared names, too", () => {
  let declared = "m";
  const meter = requestMeter(() => inForce(declared));
  for (let at = 0; at < 1_500; at++) {
    declared = `model-${at}`;
    meter.note(of({ model: declared }));
  }
  expect(meter.models.size).toBe(1_001);
});

test("a model that is no longer declared keeps what was counted, and one that comes is counted", () => {
  let now = inForce("m");
  const meter = requestMeter(() => now);
  meter.note(of({}));
  now = inForce("n");
  for (const model of ["m", "n"]) meter.note(of({ model }));
  expect([...meter.models.keys()]).toEqual(["m", "n"]);
});

test("latencies lie in the first bucket that holds them, and their sum is exact", () => {
  const meter = requestMeter(() => inForce("m"));
  const took = [0, 50, 51, 999, 1_000, 300_000, 300_001];
  for (const lastByteMs of took) meter.note(of({ lastByteMs, firstByteMs: 1 }));
  meter.note(of({ lastByteMs: 5, operation: "count-tokens" }));
  meter.note(of({ lastByteMs: 5, outcome: "cut_by_client" }));
  const { took: tally, firstByte } = meter.models.get("m") ?? {};
  const counts = Object.fromEntries(LATENCY_BUCKETS_MS.map((bound, at) => [bound, tally?.counts[at]]));
  expect(counts).toMatchObject({ 50: 2, 100: 1, 1000: 2, 300000: 1 });
  expect(tally?.counts.at(-1)).toBe(1);
  expect(tally?.counts.reduce((sum, count) => sum + count, 0)).toBe(took.length);
  expect(tally?.sumMs).toBe(took.reduce((sum, ms) => sum + ms, 0));
  expect(firstByte).toMatchObject({ sumMs: took.length });
});

test("usage and money are sums, apart by whether the cost is known", () => {
  const meter = requestMeter(() => inForce("m"));
  const usage = { ...NO_USAGE, input: 3, cacheRead: 2 };
  meter.note(of({ usage, chargeNanos: 10n, costNanos: 4n }));
  meter.note(of({ usage, chargeNanos: 5n }));
  expect(meter.models.get("m")).toMatchObject({
    usage: { ...NO_USAGE, input: 6, cacheRead: 4 },
    chargedKnown: 10n,
    chargedUnknown: 5n,
    cost: 4n,
  });
});

test("attempts are counted by how they ended, and those that another made good", () => {
  const meter = requestMeter(() => inForce("m"));
  meter.note(of({ attempts: [FAILED, { ...SERVED, upstream: "v" }] }));
  meter.note(
    of({
      attempts: [
        { ...FAILED, reason: NOT_ASKED },
        { ...SERVED, upstream: "v" },
      ],
    }),
  );
  meter.note(of({ attempts: [SERVED], outcome: "cut_by_upstream" }));
  meter.note(of({ attempts: [{ ...FAILED, outcome: "final", reason: GIVEN_UP }], outcome: "failed" }));
  meter.note(of({ attempts: [FAILED, { ...FAILED, upstream: "v", outcome: "final" }], outcome: "failed" }));
  expect(Object.fromEntries(meter.upstreams)).toEqual({
    u: {
      attempts: { served: 0, broke_off: 1, retryable: 2, final: 0, not_asked: 1, given_up: 1 },
      failovers: 2,
    },
    v: {
      attempts: { served: 2, broke_off: 0, retryable: 0, final: 1, not_asked: 0, given_up: 0 },
      failovers: 0,
    },
  });
});

test("what failed before an upstream was asked was refused, by status", () => {
  const meter = requestMeter(() => inForce("m"));
  const none = { attempts: [], outcome: "failed" } as const;
  for (const status of [402, 429, 429]) meter.note(of({ ...none, status }));
  meter.note(of({ attempts: [FAILED], outcome: "failed", status: 502 }));
  meter.note(of({ attempts: [] }));
  expect(Object.fromEntries(meter.refused)).toEqual({ 402: 1, 429: 2 });
});
