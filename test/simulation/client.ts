import type { ReserveResult } from "../../src/billing/outcomes.ts";
import type { RequestSeen } from "./auditor/seen.ts";
import type { Arrival, Connection } from "./exchange.ts";
import type { Random } from "./random.ts";
import type { RequestScript, UpstreamScript } from "./scenario.ts";

type Writable<Row> = { -readonly [Key in keyof Row]: Row[Key] };

/** What both sides saw of one request, as it happens. */
export type RequestLog = Writable<RequestSeen>;

function newLog(script: RequestScript): RequestLog {
  return {
    requestId: script.requestId,
    walletId: script.walletId,
    price: script.price,
    holdNanos: undefined,
    leastNanos: script.leastNanos,
    input: { ...script.input },
    usage: { ...script.upstream.usage },
    tokensRelayed: 0,
    ending: undefined,
    client: "waiting",
    arrivedMs: 0,
    upstreamEndedMs: undefined,
    clientEndedMs: undefined,
    crashed: false,
    storeFaults: 0,
    nearFaults: 0,
    pausedMs: 0,
    refusal: undefined,
  };
}

export interface ClientWorld {
  readonly random: Random;
  now(): number;
  after(ms: number, run: () => void): void;
  /** Runs in the node that this connection was made to, unless it has died since. */
  resume(run: () => void): void;
  note(line: () => string): void;
  reserved(log: RequestLog, result: ReserveResult): void;
}

type Message = "piece" | "terminator" | "error";

export interface Client {
  readonly log: RequestLog;
  readonly connection: Connection;
  /** The node died: what it had sent may still arrive, and then the connection breaks. */
  nodeDied(): void;
}

/** A client with its connection to the node, and the upstream that answers it. */
export function newClient(world: ClientWorld, script: RequestScript): Client {
  const log = newLog(script);
  log.arrivedMs = world.now();
  const mailbox = newMailbox();
  const state = {
    seen: 0,
    left: false,
    dropped: false,
    lastArrivalMs: 0,
    clientLeft: false,
    upstreamOpen: false,
  };

  function end(how: "terminator" | "error" | "left" | "cut"): void {
    if (log.client !== "waiting") return;
    log.client = how;
    log.clientEndedMs = world.now();
    world.note(() => `client of ${script.requestId}: ${how}`);
  }

  function leave(): void {
    if (log.client !== "waiting") return;
    end("left");
    state.left = true;
    world.after(world.random.ms(0.1, 40), () =>
      world.resume(() => {
        state.clientLeft = true;
        mailbox.put({ kind: "client-left" });
      }),
    );
  }

  function arrive(message: Message): void {
    if (state.left || state.dropped || log.client !== "waiting") return;
    state.seen++;
    if (message !== "piece") end(message);
    else if (script.leaving.kind === "at-message" && state.seen >= script.leaving.count) leave();
  }

  /** Messages of one connection arrive in order. */
  function deliver(run: () => void): void {
    const atMs = Math.max(world.now() + world.random.ms(0.1, 40), state.lastArrivalMs);
    state.lastArrivalMs = atMs;
    world.after(atMs - world.now(), run);
  }

  function upstreamSays(arrival: Arrival): void {
    world.resume(() => {
      if (!state.upstreamOpen) return;
      if (arrival.kind !== "piece") log.upstreamEndedMs = world.now();
      mailbox.put(arrival);
    });
  }

  const connection: Connection = {
    get clientLeft() {
      return state.clientLeft;
    },
    send(message, tokens = 0) {
      log.tokensRelayed += tokens;
      deliver(() => arrive(message));
    },
    openUpstream() {
      state.upstreamOpen = true;
      playUpstream(script.upstream, (ms, arrival) => world.after(ms, () => upstreamSays(arrival)));
    },
    closeUpstream() {
      state.upstreamOpen = false;
    },
    next: mailbox.take,
    logReserved(result) {
      log.holdNanos = result.kind === "reserved" ? result.reservation.holdNanos : undefined;
      world.reserved(log, result);
    },
    logHold(nanos) {
      log.holdNanos = nanos;
    },
    logEnding(ending) {
      log.ending = ending;
      world.note(() => `gateway: ${script.requestId} ${ending}`);
    },
  };

  if (script.leaving.kind === "after") world.after(script.leaving.ms, leave);
  return {
    log,
    connection,
    nodeDied() {
      if (log.client !== "waiting") return;
      log.crashed = true;
      if (world.random.chance(0.5)) state.dropped = true;
      deliver(() => end("cut"));
    },
  };
}

function playUpstream(script: UpstreamScript, say: (ms: number, arrival: Arrival) => void): void {
  let atMs = script.firstByteMs;
  for (const [index, piece] of script.pieces.entries()) {
    atMs += piece.afterMs;
    if (script.failsAt === index) {
      say(atMs, { kind: "failed" });
      return;
    }
    say(atMs, { kind: "piece", tokens: piece.tokens });
  }
  const failed = script.failsAt === script.pieces.length;
  say(atMs + 1, failed ? { kind: "failed" } : { kind: "end", usage: script.usage });
}

interface Mailbox {
  put(arrival: Arrival): void;
  take(): Promise<Arrival>;
}

/** Arrivals of upstream and client in one line, for one reader. */
function newMailbox(): Mailbox {
  const arrivals: Arrival[] = [];
  let waiting: ((arrival: Arrival) => void) | undefined;
  return {
    put(arrival) {
      const resolve = waiting;
      waiting = undefined;
      if (resolve) resolve(arrival);
      else arrivals.push(arrival);
    },
    take() {
      const arrival = arrivals.shift();
      if (arrival) return Promise.resolve(arrival);
      return new Promise((resolve) => {
        waiting = resolve;
      });
    },
  };
}
