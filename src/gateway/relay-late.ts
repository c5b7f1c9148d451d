import { GatewayError } from "../core/errors.ts";
import type { RequestHead } from "../core/request-head.ts";
import { NO_USAGE } from "../core/usage.ts";
import { renderStreamError } from "../protocols/errors/render.ts";
import { newTapState } from "../protocols/protocol.ts";
import { SSE_HEADERS } from "./answer-headers.ts";
import { type Exchange, idHeaders, isGeneration, requestIdOf } from "./exchange.ts";
import { type Frame, frameOf } from "./frame.ts";
import type { Gateway } from "./gateway.ts";
import { keepAliveBytes, within } from "./keep-alive.ts";
import type { UpstreamAnswer } from "./open-answer.ts";
import { refusalOf } from "./refuse.ts";
import { relayStream } from "./relay-stream.ts";
import { refusalIn } from "./relay-whole.ts";

type Controller = ReadableStreamDefaultController<Uint8Array>;

/** What became of the wait: the answer's own stream, or why there is none, as events. */
type Opened = { readonly reader: Reader } | { readonly said: Uint8Array };

type Reader = Pick<ReadableStreamDefaultReader<Uint8Array>, "read" | "cancel">;

interface LateRelay {
  readonly gateway: Gateway;
  readonly exchange: Exchange;
  readonly frame: Frame;
  readonly opening: Promise<Opened>;
  opened: Opened | undefined;
  greeted: boolean;
}

/** Whether the client may be sent a head, and signs of life, before an upstream has said anything. */
export function mayGreet(gateway: Gateway, exchange: Exchange, head: RequestHead): boolean {
  return gateway.keepAliveMs > 0 && head.stream && isGeneration(exchange);
}

/**
 * Answers a streaming request whose upstream takes long: with 200 and signs of life, since load balancers and
 * clients drop what is silent for a minute, and then with the stream. Another upstream may still be tried; what
 * fails from now on is told in the stream.
 */
export function relayLate(
  gateway: Gateway,
  exchange: Exchange,
  dispatched: Promise<UpstreamAnswer>,
): Response {
  // Not left to the reader of our stream: a client that leaves must not keep the answer from its charge.
  const opening = dispatched
    .then((answer) => open(gateway, exchange, answer))
    .catch((thrown: unknown) => ({ said: failure(gateway, exchange, thrown) }));
  const late: LateRelay = {
    gateway,
    exchange,
    frame: frameOf(exchange),
    opening,
    opened: undefined,
    greeted: false,
  };
  exchange.notes.push("the client was sent signs of life before the answer began");
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => pump(late, controller),
      cancel: () => leave(late),
    },
    { highWaterMark: 0 },
  );
  const headers = {
    ...idHeaders(exchange),
    ...exchange.limitHeaders,
    ...SSE_HEADERS,
    ...late.frame.headers,
  };
  return new Response(body, { headers });
}

function open(gateway: Gateway, exchange: Exchange, answer: UpstreamAnswer): Opened {
  if (answer.whole) throw refusalIn(exchange, answer, answer.whole);
  const { body } = relayStream(gateway, exchange, answer);
  if (!body) throw new Error("a stream without a body");
  return { reader: body.getReader() };
}

function failure(gateway: Gateway, exchange: Exchange, thrown: unknown): Uint8Array {
  const { told } = refusalOf(gateway, exchange, thrown);
  const tap = newTapState(true, NO_USAGE);
  return renderStreamError(exchange.codec.id, told, requestIdOf(exchange), tap);
}

/** The client left. Where nothing has answered yet, nothing needs to. */
async function leave({ exchange, opening, opened }: LateRelay): Promise<void> {
  if (!opened) {
    exchange.lost ??= new GatewayError("client_closed", "The client closed the request.");
    exchange.attempt?.cut();
  }
  const found = await opening;
  if ("reader" in found) await found.reader.cancel();
}

async function pump(late: LateRelay, controller: Controller): Promise<void> {
  const { deadlines, keepAliveMs } = late.gateway;
  if (late.greeted) late.opened ??= await within(deadlines, keepAliveMs, late.opening);
  late.greeted = true;
  const { opened } = late;
  if (!opened) controller.enqueue(keepAliveBytes(late.exchange.codec.id, false));
  else if ("reader" in opened) await pass(opened.reader, controller);
  else {
    controller.enqueue(late.frame.wrap(opened.said));
    late.frame.end(controller);
    controller.close();
  }
}

async function pass(reader: Reader, controller: Controller): Promise<void> {
  const { done, value } = await reader.read();
  if (done) controller.close();
  else controller.enqueue(value);
}
