/**
 * The fake upstream: an OpenAI-compatible server as cheap as Bun allows, in a process of its own. It answers
 * `POST …/chat/completions` from bytes prepared beforehand and reads no more of a request than it must.
 *
 * Environment: BENCH_PORT (0 = any free port), BENCH_EVENTS (100) and BENCH_GAP_MS (0) for streams whose request
 * does not say. Prints `listening PORT`, and ends when its standard input closes.
 */
import type { Socket } from "bun";
import {
  jsonAnswer,
  notFoundAnswer,
  type Pace,
  parsePace,
  type StreamScript,
  streamScript,
} from "./answers.ts";
import { endWithParent } from "./child-end.ts";
import { readRequest } from "./http-frames.ts";
import { createWheel, type Wheel } from "./pacing.ts";

type Connection = {
  unread: Buffer | undefined;
  unsent: Buffer | undefined;
  open: boolean;
};

const TICK_MS = 1;
const ENDPOINT = "/chat/completions ";
const WANTS_STREAM = Buffer.from('"stream":true');
const USER_FIELD = Buffer.from('"user":"');
const JSON_ANSWER = jsonAnswer();
const NOT_FOUND = notFoundAnswer();

const fallbackPace: Pace = {
  events: Number(process.env.BENCH_EVENTS ?? 100),
  gapMs: Number(process.env.BENCH_GAP_MS ?? 0),
};
const scripts = new Map<string, { pace: Pace; script: StreamScript }>();
const wheels = new Map<number, Wheel>();
let ticker: ReturnType<typeof setInterval> | undefined;

function send(socket: Socket<Connection>, bytes: Buffer): void {
  const connection = socket.data;
  if (connection.unsent !== undefined) {
    connection.unsent = Buffer.concat([connection.unsent, bytes]);
    return;
  }
  const written = Math.max(0, socket.write(bytes));
  if (written < bytes.length) connection.unsent = Buffer.from(bytes.subarray(written));
}

function flush(socket: Socket<Connection>): void {
  const bytes = socket.data.unsent;
  socket.data.unsent = undefined;
  if (bytes !== undefined) send(socket, bytes);
}

function scriptFor(body: Buffer): { pace: Pace; script: StreamScript } {
  const field = body.indexOf(USER_FIELD);
  const start = field + USER_FIELD.length;
  const name = field < 0 ? "" : body.toString("latin1", start, body.indexOf('"', start));
  const known = scripts.get(name);
  if (known !== undefined) return known;
  const pace = parsePace(name, fallbackPace);
  const made = { pace, script: streamScript(pace) };
  scripts.set(name, made);
  return made;
}

function wheelFor(gapMs: number): Wheel {
  const known = wheels.get(gapMs);
  if (known !== undefined) return known;
  const wheel = createWheel(gapMs, performance.now());
  wheels.set(gapMs, wheel);
  return wheel;
}

function tick(): void {
  let live = 0;
  const nowMs = performance.now();
  for (const wheel of wheels.values()) {
    wheel.advance(nowMs);
    live += wheel.size();
  }
  if (live > 0) return;
  clearInterval(ticker);
  ticker = undefined;
}

function stream(socket: Socket<Connection>, { pace, script }: { pace: Pace; script: StreamScript }): void {
  if (pace.gapMs === 0) {
    send(socket, Buffer.concat([script.opening, ...script.events]));
    return;
  }
  send(socket, script.opening);
  let sent = 0;
  wheelFor(pace.gapMs).add({
    step() {
      const bytes = script.events[script.endless ? 0 : sent];
      if (bytes === undefined || !socket.data.open) return false;
      send(socket, bytes);
      sent += 1;
      return script.endless || sent < script.events.length;
    },
  });
  ticker ??= setInterval(tick, TICK_MS);
}

function answer(socket: Socket<Connection>, bytes: Buffer, from: number, body: Buffer): void {
  if (!bytes.toString("latin1", from, from + 200).includes(ENDPOINT)) send(socket, NOT_FOUND);
  else if (body.indexOf(WANTS_STREAM) < 0) send(socket, JSON_ANSWER);
  else stream(socket, scriptFor(body));
}

function receive(socket: Socket<Connection>, chunk: Buffer): void {
  const connection = socket.data;
  const bytes = connection.unread === undefined ? chunk : Buffer.concat([connection.unread, chunk]);
  let from = 0;
  while (from < bytes.length) {
    const request = readRequest(bytes, from);
    if (request === undefined) break;
    answer(socket, bytes, from, request.body);
    from = request.next;
  }
  connection.unread = from < bytes.length ? Buffer.from(bytes.subarray(from)) : undefined;
}

const server = Bun.listen<Connection>({
  hostname: "127.0.0.1",
  port: Number(process.env.BENCH_PORT ?? 0),
  socket: {
    open(socket) {
      socket.data = { unread: undefined, unsent: undefined, open: true };
    },
    data: receive,
    drain: flush,
    close(socket) {
      socket.data.open = false;
    },
    error(socket) {
      // A reset by a target that was stopped mid-stream is part of every run.
      socket.data.open = false;
    },
  },
});
console.log(`listening ${server.port}`);
endWithParent();
