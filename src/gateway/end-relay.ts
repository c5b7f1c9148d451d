import { GatewayError } from "../core/errors.ts";
import { chargeCut, chargeReadOn } from "./charge-cut.ts";
import { chargeOfCut } from "./charge-of.ts";
import { errorOfCut } from "./classify-answer.ts";
import { requestIdOf } from "./exchange.ts";
import { recordExchange, releaseHold } from "./finish-exchange.ts";
import { logInternal, worded } from "./refuse.ts";
import type { Controller, Relay } from "./relay.ts";

/** The upstream itself said that it failed; its event was relayed, the stream ends there. */
export function upstreamFailed(relay: Relay, controller: Controller): void {
  const { gateway, exchange, filter } = relay;
  relay.phase = "cut";
  stopUpstream(relay);
  releaseHold(gateway, exchange);
  const failure = filter.failure();
  recordExchange(gateway, exchange, {
    outcome: "cut_by_upstream",
    status: relay.answer.status,
    error: failure?.message ?? "the upstream reported a failure",
  });
  endStream(relay, controller, failure ?? unsaidFailure(relay));
}

/** Codex ignores Responses' `error` event, so that protocol gets its `response.failed` too. */
function unsaidFailure({ exchange, filter }: Relay): GatewayError | undefined {
  if (exchange.codec.id !== "openai-responses" || filter.tap.saidFailed) return undefined;
  const message = "The upstream of this model failed while answering; try again.";
  return new GatewayError("upstream_error", message);
}

/** Something failed in mid-stream: the client is told in its dialect, and pays nothing. */
export function cut(relay: Relay, controller: Controller, fault: unknown): void {
  if (relay.phase !== "relaying") return;
  relay.phase = "cut";
  const { gateway, exchange, answer } = relay;
  const error = exchange.lost ?? errorOfCut(fault, answer.attempt.late);
  if (error.kind === "internal") logInternal(gateway, exchange, error);
  stopUpstream(relay);
  releaseHold(gateway, exchange);
  recordExchange(gateway, exchange, {
    outcome: "cut_by_upstream",
    status: answer.status,
    error: error.message,
  });
  endStream(relay, controller, error);
}

/** Ends the client's stream, with an error in its dialect where there is one to say. */
function endStream(relay: Relay, controller: Controller, error: GatewayError | undefined): void {
  const { gateway, exchange, filter, frame } = relay;
  try {
    if (error && frame.cutsOnError) {
      // Without a reason: Bun prints any that it is given, and ours stands in the record.
      controller.error();
      return;
    }
    if (error) {
      const said = filter.said(worded(gateway, exchange, error), requestIdOf(exchange));
      controller.enqueue(frame.wrap(said));
    }
    frame.end(controller);
    controller.close();
  } catch (fault) {
    gateway.log("debug", "client closed before it could be told", {
      request: exchange.id,
      cause: String(fault),
    });
  }
}

function stopUpstream(relay: Relay): void {
  relay.keepAlive?.stop();
  relay.reader.cancel();
  relay.answer.attempt.cut();
}

/** The client closed. Before the end: what was relayed is charged, or the upstream read on for its report. */
export function clientLeft(relay: Relay): void {
  if (relay.phase !== "relaying") return;
  relay.phase = "cut";
  const relayed = chargeOfCut(relay.exchange, relay.filter.tap, relay.bodyBytes);
  if (relay.answer.attempt.readsOn) {
    relay.keepAlive?.stop();
    void chargeReadOn(relay, relayed, relay.bodyBytes);
    return;
  }
  stopUpstream(relay);
  void chargeCut(relay, relayed);
}
