/**
 * The load generator: a closed loop of N keep-alive connections over plain sockets, each sending its next
 * request when the last answer has ended; or, at a rate that is given, whichever is free sends the request that is
 * due, whose time then begins when it was due. Requests are prepared bytes, answers are counted rather than parsed,
 * so that it costs less than any target it drives. It reads the watched processes' CPU times itself, at the very
 * moments its window opens and closes.
 *
 * Argument: a LoadPlan as JSON. Prints a LoadResult as one line of JSON.
 */
import type { Socket } from "bun";
import { type AnswerReader, createAnswerReader } from "./answer-reader.ts";
import { type KeyDraw, readKeyDraw } from "./key-draw.ts";
import { createLatencies } from "./latencies.ts";
import type { LoadPlan, LoadResult } from "./load-plan.ts";
import { type Pace, startPace } from "./pace.ts";
import { coreBusyMs, processCpuMs } from "./process-stats.ts";

type Connection = {
  reader: AnswerReader;
  sentAtMs: number;
  waiting: boolean;
  unsent: Buffer | undefined;
};
type Tally = {
  answers: number;
  events: number;
  reads: number;
  failures: number;
  reconnects: number;
};
type Readings = {
  atMs: number;
  watchedCpuMs: number[];
  generatorCpuMs: number;
  coresBusyMs: number[];
};

const plan: LoadPlan = JSON.parse(process.argv[2] ?? "{}");
const streaming = plan.eventsPerStream > 0;
const draw: KeyDraw | undefined =
  plan.keysFile === undefined ? undefined : readKeyDraw(plan.keysFile, plan.keysMax, plan.seed);
const { request, keyOffset } = prepareRequest();
const latencies = createLatencies();
const tally: Tally = {
  answers: 0,
  events: 0,
  reads: 0,
  failures: 0,
  reconnects: 0,
};
let firstFailure: string | undefined;
let phase: "warmup" | "window" | "over" = "warmup";
const pace: Pace<Socket<Connection>> | undefined =
  plan.perSecond === undefined ? undefined : startPace(plan.perSecond, send);

function prepareRequest(): { request: Buffer; keyOffset: number } {
  const bearer = "authorization: Bearer ";
  const lines = [
    `POST ${plan.path} HTTP/1.1`,
    `host: 127.0.0.1:${plan.port}`,
    "user-agent: quoin-bench",
    "accept: */*",
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(plan.body)}`,
    ...(draw === undefined ? [] : [`${bearer}${"k".repeat(draw.keyBytes)}`]),
  ];
  const bytes = Buffer.from(`${lines.join("\r\n")}\r\n\r\n${plan.body}`);
  return { request: bytes, keyOffset: bytes.indexOf(bearer) + bearer.length };
}

function fail(why: string): void {
  firstFailure ??= why;
  if (phase === "window") tally.failures += 1;
}

function sendNext(socket: Socket<Connection>): void {
  if (pace) pace.free(socket);
  else send(socket, performance.now());
}

function send(socket: Socket<Connection>, dueAtMs: number): void {
  const connection = socket.data;
  draw?.drawInto(request, keyOffset);
  connection.sentAtMs = dueAtMs;
  connection.waiting = true;
  const written = Math.max(0, socket.write(request));
  connection.unsent = written < request.length ? Buffer.from(request.subarray(written)) : undefined;
}

function flush(socket: Socket<Connection>): void {
  const bytes = socket.data.unsent;
  if (bytes === undefined) return;
  const written = Math.max(0, socket.write(bytes));
  socket.data.unsent = written < bytes.length ? bytes.subarray(written) : undefined;
}

function judge(reader: AnswerReader): boolean {
  if (reader.status() !== plan.expectStatus) {
    fail(`status ${reader.status()} instead of ${plan.expectStatus}`);
    return false;
  }
  if (streaming && reader.events() !== plan.eventsPerStream) {
    fail(`a stream of ${reader.events()} events instead of ${plan.eventsPerStream}`);
    return false;
  }
  return true;
}

function receive(socket: Socket<Connection>, bytes: Buffer): void {
  const connection = socket.data;
  const eventsBefore = connection.reader.events();
  const ended = connection.reader.take(bytes);
  if (streaming && phase === "window") {
    tally.events += Math.max(0, connection.reader.events() - eventsBefore);
    tally.reads += 1;
  }
  if (!ended) return;
  connection.waiting = false;
  if (judge(connection.reader) && phase === "window") {
    tally.answers += 1;
    latencies.add((performance.now() - connection.sentAtMs) * 1000);
  }
  if (connection.reader.closes()) socket.end();
  else if (phase !== "over") sendNext(socket);
}

function reopen(connection: Connection | undefined): void {
  if (phase === "over") return;
  if (connection?.waiting !== false) fail("the connection closed before the answer ended");
  tally.reconnects += 1;
  if (tally.reconnects > plan.connections * 10_000)
    throw new Error("Too many reconnects: the target does not keep connections alive.");
  setTimeout(
    () => open().catch((cause: Error) => fail(cause.message)),
    connection?.waiting === false ? 0 : 10,
  );
}

function open(): Promise<Socket<Connection>> {
  return Bun.connect<Connection>({
    hostname: "127.0.0.1",
    port: plan.port,
    socket: {
      open(socket) {
        socket.data = {
          reader: createAnswerReader(streaming),
          sentAtMs: 0,
          waiting: false,
          unsent: undefined,
        };
        sendNext(socket);
      },
      data: receive,
      drain: flush,
      close(socket) {
        pace?.gone(socket);
        reopen(socket.data);
      },
      error: (_socket, cause) => fail(cause.message),
    },
  });
}

function readings(): Readings {
  const own = process.cpuUsage();
  return {
    atMs: performance.now(),
    watchedCpuMs: plan.watch.map(processCpuMs),
    generatorCpuMs: (own.user + own.system) / 1000,
    coresBusyMs: plan.cores.map(coreBusyMs),
  };
}

function differences(before: readonly number[], after: readonly number[]): number[] {
  return after.map((value, at) => value - (before[at] ?? Number.NaN));
}

function summary(before: Readings, after: Readings): LoadResult {
  return {
    windowMs: after.atMs - before.atMs,
    ...tally,
    firstFailure,
    p50Micros: latencies.percentile(0.5),
    p99Micros: latencies.percentile(0.99),
    maxMicros: latencies.percentile(1),
    watchedCpuMs: differences(before.watchedCpuMs, after.watchedCpuMs),
    generatorCpuMs: after.generatorCpuMs - before.generatorCpuMs,
    coresBusyMs: differences(before.coresBusyMs, after.coresBusyMs),
  };
}

for (let opened = 0; opened < plan.connections; opened += 1) await open();
await Bun.sleep(plan.warmupMs);
const before = readings();
phase = "window";
await Bun.sleep(plan.windowMs);
phase = "over";
console.log(JSON.stringify(summary(before, readings())));
process.exit(0);
