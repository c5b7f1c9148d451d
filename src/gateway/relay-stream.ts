import { GatewayError } from "../core/errors.ts";
import { answerHeaders, SSE_HEADERS } from "./answer-headers.ts";
import { chargeOf } from "./charge-of.ts";
import { clientLeft, cut, upstreamFailed } from "./end-relay.ts";
import { textBytesOf } from "./estimate-input.ts";
import { type Exchange, forgetBody } from "./exchange.ts";
import type { FairCharge } from "./fair-charge.ts";
import { filterFor } from "./filter-for.ts";
import { chargeExchange, keptAnswer, recordExchange } from "./finish-exchange.ts";
import { frameFor } from "./frame.ts";
import type { Gateway } from "./gateway.ts";
import { newHoldWatch, watchHold } from "./grow-hold.ts";
import { KeepAlive, keepAliveBytes } from "./keep-alive.ts";
import { capture } from "./keep-transcript.ts";
import type { UpstreamAnswer } from "./open-answer.ts";
import type { Controller, Relay } from "./relay.ts";
import { keepForNextTurn, rememberAnswer } from "./relay-whole.ts";
import { refuseTooLong } from "./stream-filter.ts";

/** How long a stream may stay open behind its terminal event. */
const TRAILING_MS = 1_000;

/** How long an upstream may write on behind a stop sequence of ours: its end tells what it really used. */
const STOPPED_MS = 1_000;

/** Relays a stream; the end waits for its charge, everything before it goes at once. */
export function relayStream(gateway: Gateway, exchange: Exchange, answer: UpstreamAnswer): Response {
  const { reader, attempt } = answer;
  if (!reader) throw new Error("a stream without a reader");
  const frame = frameFor(exchange, answer);
  const relay: Relay = {
    gateway,
    exchange,
    answer,
    reader,
    filter: filterFor(exchange, answer),
    frame,
    bodyBytes: textBytesOf(exchange.bytes, exchange.head?.body),
    opening: answer.first,
    watch: newHoldWatch(),
    reading: undefined,
    phase: "relaying",
    keepAlive: undefined,
    stopping: undefined,
  };
  forgetBody(exchange);
  attempt.limit(gateway.deadlines, attempt.target.upstream.idleMs);
  attempt.pause();
  attempt.readsOn = attempt.target.upstream.afterCut === "pump";
  attempt.onClientLeft = () => clientLeft(relay);
  if (exchange.request.signal.aborted) clientLeft(relay);
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => beginKeepAlive(relay, controller),
      pull: (controller) => pump(relay, controller),
      cancel: () => clientLeft(relay),
    },
    { highWaterMark: 0 },
  );
  const headers = { ...answerHeaders(exchange, answer), ...SSE_HEADERS, ...frame.headers };
  return new Response(body, { status: answer.status, headers });
}

/** Only while the upstream is waited for: to a client that is slow there are bytes on their way. */
function beginKeepAlive(relay: Relay, controller: Controller): void {
  const { gateway, exchange, answer, phase } = relay;
  if (gateway.keepAliveMs === 0 || answer.raw || phase !== "relaying") return;
  const beat = keepAliveBytes(exchange.codec.id, true);
  relay.keepAlive = new KeepAlive(gateway.deadlines, gateway.keepAliveMs, () => {
    if (relay.reading && relay.phase === "relaying") controller.enqueue(beat);
  });
}

/** Reads on until there is something to hand out, or the stream ends. Never throws. */
async function pump(relay: Relay, controller: Controller): Promise<void> {
  const { attempt } = relay.answer;
  let chunk = relay.opening;
  relay.opening = undefined;
  try {
    while (relay.phase === "relaying") {
      if (chunk === undefined) {
        // The upstream is late only while it is waited for, not while the client is slow.
        attempt.extend();
        relay.reading = relay.reader.read();
        const read = await relay.reading;
        relay.reading = undefined;
        attempt.pause();
        chunk = read.done ? undefined : read.value;
        // A reader that was cancelled ends as a stream does that is whole.
        if (isCut(relay)) return;
      }
      if (chunk === undefined) {
        await endOfUpstream(relay, controller);
        return;
      }
      const fed = relay.filter.feed(chunk);
      if (relay.exchange.transcript) capture(relay.exchange.transcript, fed);
      const out = relay.frame.wrap(fed);
      chunk = undefined;
      if (out.length > 0) {
        controller.enqueue(out);
        relay.keepAlive?.sent();
      }
      watchHold(relay.gateway, relay.exchange, relay.filter, relay.bodyBytes, relay.watch);
      const phase = relay.filter.phase();
      if (phase === "ended") {
        await release(relay, controller);
        return;
      }
      if (phase === "failed") {
        upstreamFailed(relay, controller);
        return;
      }
      refuseTooLong(relay.filter.pendingBytes());
      stopSoon(relay);
      if (out.length > 0) return;
    }
  } catch (fault) {
    cut(relay, controller, fault);
  }
}

/** Cancelled, the upstream's stream ends, and that ends the answer well. */
function stopSoon(relay: Relay): void {
  if (relay.filter.wantsTrailing()) return;
  relay.stopping ??= relay.gateway.deadlines.start(STOPPED_MS, { onLate: () => relay.reader.cancel() });
}

function isCut(relay: Relay): boolean {
  return relay.phase === "cut";
}

async function endOfUpstream(relay: Relay, controller: Controller): Promise<void> {
  if (relay.filter.finish()) {
    await release(relay, controller);
    return;
  }
  if (relay.filter.phase() === "failed") {
    controller.enqueue(relay.frame.wrap(relay.filter.takeHeld()));
    upstreamFailed(relay, controller);
    return;
  }
  const message = "The upstream of this model ended its stream before the answer was complete; try again.";
  throw new GatewayError("upstream_error", message);
}

/** The answer is whole: charge it, and only then let its end go. */
async function release(relay: Relay, controller: Controller): Promise<void> {
  relay.phase = "charging";
  relay.keepAlive?.stop();
  relay.stopping?.stop();
  const { gateway, exchange, filter, answer } = relay;
  answer.attempt.end();
  const kept = answer.translation ? undefined : keptAnswer(exchange, filter.tap.answerId);
  let fair: FairCharge;
  let chargeNanos: bigint;
  try {
    fair = await chargeOf(exchange, filter.tap, () => relay.bodyBytes);
    chargeNanos = await chargeExchange(gateway, exchange, fair, kept);
  } catch (fault) {
    relay.phase = "relaying";
    throw fault;
  }
  relay.phase = "released";
  rememberAnswer(gateway, exchange, kept);
  keepForNextTurn(gateway, exchange, answer, () => filter.response());
  recordExchange(gateway, exchange, {
    outcome: "finished",
    status: answer.status,
    metered: fair.metered,
    chargeNanos,
    answerId: filter.tap.answerId,
  });
  try {
    const kept = filter.takeHeld();
    if (exchange.transcript) capture(exchange.transcript, kept);
    const held = relay.frame.wrap(kept);
    if (held.length > 0) controller.enqueue(held);
    if (filter.wantsTrailing()) await relayTrailing(relay, controller);
    else relay.reader.cancel();
    relay.frame.end(controller);
    controller.close();
  } catch (fault) {
    // The client closed as soon as it had the end; it has all it wanted, and so have we.
    gateway.log("debug", "client closed at the terminal event", {
      request: exchange.id,
      cause: String(fault),
    });
  }
}

/** What follows the terminal event (a stray `[DONE]`), so that the connection can be used again. */
async function relayTrailing(relay: Relay, controller: Controller): Promise<void> {
  const deadline = relay.gateway.deadlines.start(TRAILING_MS, { onLate: () => relay.reader.cancel() });
  try {
    for (;;) {
      const { done, value } = await relay.reader.read();
      if (done) break;
      relay.filter.feed(value);
      const trailing = relay.filter.takeHeld();
      if (trailing.length > 0) controller.enqueue(relay.frame.wrap(trailing));
    }
  } catch (fault) {
    // The answer was complete and is charged; how the connection ends changes nothing.
    relay.gateway.log("debug", "upstream cut behind its terminal event", { cause: String(fault) });
  } finally {
    deadline.stop();
  }
}
