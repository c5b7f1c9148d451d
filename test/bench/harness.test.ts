import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FRAMING_EVENTS } from "../../bench/answers.ts";
import { idleBody, jsonBody, SHORT_STREAM_EVENTS, shortStreamBody } from "../../bench/bodies.ts";
import { startChild } from "../../bench/child.ts";
import { type Load, runLoad } from "../../bench/measure.ts";
import { type Ground, startRelay, startUpstream, type Target } from "../../bench/targets.ts";

const folder = mkdtempSync(join(tmpdir(), "quoin-harness-"));
const cores = {
  target: undefined,
  upstream: undefined,
  generator: undefined,
  note: "",
};
let ground: Ground;
let relay: Target;

beforeAll(async () => {
  ground = { cores, upstream: await startUpstream(cores), folder, limits: false };
  relay = await startRelay(ground);
});

afterAll(async () => {
  await relay.stop();
  await ground.upstream.stop();
  rmSync(folder, { recursive: true });
});

function loadRelay(load: Partial<Load>): ReturnType<typeof runLoad> {
  return runLoad(ground, relay, {
    body: jsonBody(),
    connections: 4,
    warmupMs: 20,
    windowMs: 100,
    ...load,
  });
}

test("whole answers and streams come through the relay and are counted", async () => {
  const whole = await loadRelay({});
  expect(whole).toMatchObject({ failures: 0, firstFailure: undefined });
  expect(whole.answersPerSecond).toBeGreaterThan(0);
  const streams = await loadRelay({
    body: shortStreamBody(),
    eventsPerStream: SHORT_STREAM_EVENTS + FRAMING_EVENTS,
  });
  expect(streams).toMatchObject({ failures: 0, firstFailure: undefined });
  expect(streams.eventsPerSecond).toBeGreaterThan(0);
});

test("at a rate that is given, whoever is free sends what is due", async () => {
  const { answersPerSecond, failures } = await loadRelay({ perSecond: 100, windowMs: 500 });
  expect(failures).toBe(0);
  expect(answersPerSecond).toBeGreaterThan(50);
  expect(answersPerSecond).toBeLessThan(200);
});

test("an answer of another status, or a stream of another length, is a failure that says so", async () => {
  const rejected = await loadRelay({ expectStatus: 401 });
  expect(rejected.answersPerSecond).toBe(0);
  expect(rejected.firstFailure).toBe("status 200 instead of 401");
  const short = await loadRelay({
    body: shortStreamBody(),
    eventsPerStream: 100,
  });
  expect(short.firstFailure).toBe(
    `a stream of ${SHORT_STREAM_EVENTS + FRAMING_EVENTS} events instead of 100`,
  );
});

test("idle streams are held open through the relay until they are let go", async () => {
  const plan = {
    port: relay.port,
    path: "/v1/chat/completions",
    body: idleBody(),
    streams: 20,
  };
  const command = [process.execPath, "bench/hold-streams.ts", JSON.stringify(plan)];
  const holder = startChild({ command, env: {}, core: undefined });
  expect(await holder.line("held")).toBe("20");
  await holder.stop();
  expect(holder.lines()).toEqual(["held 20"]);
});
