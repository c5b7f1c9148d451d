import { newId } from "../base/id.ts";
import type { Reservation } from "../billing/reservation.ts";
import type { GatewayError } from "../core/errors.ts";
import type { LossPolicy } from "../core/generation/loss.ts";
import type { GenerationRequest } from "../core/generation/request.ts";
import type { Model } from "../core/model.ts";
import type { Price, PriceMultiplier } from "../core/price.ts";
import type { Principal } from "../core/principal.ts";
import { type Dialect, isSide, type Protocol } from "../core/protocol.ts";
import type { RequestHead } from "../core/request-head.ts";
import type { Attempt } from "../core/request-record.ts";
import type { Permit } from "../limits/limiter.ts";
import { codecOf } from "../protocols/codecs.ts";
import type { WireCodec } from "../protocols/protocol.ts";
import type { FetchedMedia } from "../translation/media-fetch.ts";
import type { Peers } from "./client-address.ts";
import type { Endpoint } from "./endpoints.ts";
import type { Gateway } from "./gateway.ts";
import type { TranscriptCapture } from "./transcript-capture.ts";
import type { Try } from "./try.ts";
import type { Upload } from "./upload.ts";

export type ExchangeEndpoint = Extract<Endpoint, { kind: "exchange" }>;

/** Everything known of one request while it runs; nothing of it outlives the answer. */
export interface Exchange {
  readonly id: string;
  /** Of this node; empty: it has none. */
  readonly region: string;
  readonly endpoint: ExchangeEndpoint;
  readonly codec: WireCodec;
  readonly dialect: Dialect;
  readonly request: Request;
  /** The query of the URL without `?`; may hold a key, never log it. */
  readonly query: string;
  /** What knows the other end of its connection. */
  readonly peers: Peers | undefined;
  /** Milliseconds since the epoch, and on the monotonic clock. */
  readonly at: number;
  readonly startedMs: number;
  readonly notes: string[];
  readonly attempts: Attempt[];
  /** Of the snapshot that the model comes from. */
  priceVersion: number;
  principal: Principal | undefined;
  /** What its client wants done about losses. */
  lossPolicy: LossPolicy;
  bytes: Uint8Array;
  head: RequestHead | undefined;
  model: Model | undefined;
  /** Until it is given back. */
  permit: Permit | undefined;
  /** The try that runs, or served. */
  attempt: Try | undefined;
  /** Set when its place was given to others while it ran: what its client is told. */
  lost: GatewayError | undefined;
  /** What the answer tells of its limits, once they were asked. */
  limitHeaders: Readonly<Record<string, string>> | undefined;
  /** What its account pays for the model, at the moment of its arrival: times the multiplier. */
  price: Price | undefined;
  multiplier: PriceMultiplier | undefined;
  /** The output limit of each choice where it was lowered to what the balance pays for. */
  outputTokensMax: number | undefined;
  reservation: Reservation | undefined;
  queueMs: number;
  firstByteMs: number;
  recorded: boolean;
  /** The request in the neutral form, once a target needed it. */
  generation: GenerationRequest | undefined;
  /** Of a Responses request that continues another: its own input, without what came before. */
  ownInput: string | undefined;
  /** What is kept of a Responses request with its response; undefined: nothing. */
  storing: { readonly input: string; readonly instructions: string | undefined } | undefined;
  /** What is held of it to be kept, where its key asks for that. */
  transcript: TranscriptCapture | undefined;
  /** Media fetched for it, by URL. */
  readonly media: Map<string, FetchedMedia>;
  /** Its body where that is a form with a file. */
  upload: Upload | undefined;
  /** What could not be carried to the target that serves, as `x-quoin-warnings` says it. */
  warnings: string;
}

export function newExchange(
  gateway: Gateway,
  request: Request,
  endpoint: ExchangeEndpoint,
  query: string,
  notes: readonly string[],
  peers: Peers | undefined,
): Exchange {
  const codec = codecOf(endpoint.protocol);
  return {
    id: newId(),
    region: gateway.region,
    endpoint,
    codec,
    dialect: codec.dialect,
    request,
    query,
    peers,
    at: gateway.clock.now(),
    startedMs: gateway.clock.monotonic(),
    notes: notes.length > 0 ? [...notes] : [],
    attempts: [],
    priceVersion: gateway.snapshot().priceVersion,
    principal: undefined,
    lossPolicy: "warn",
    bytes: EMPTY,
    head: undefined,
    model: undefined,
    permit: undefined,
    attempt: undefined,
    lost: undefined,
    limitHeaders: undefined,
    price: undefined,
    multiplier: undefined,
    outputTokensMax: undefined,
    reservation: undefined,
    queueMs: 0,
    firstByteMs: 0,
    recorded: false,
    generation: undefined,
    ownInput: undefined,
    storing: undefined,
    transcript: undefined,
    media: new Map(),
    upload: undefined,
    warnings: "",
  };
}

/** Whether a model is asked for text, rather than counted for, embedded with or spoken to. */
export function isGeneration({ codec, endpoint }: Exchange): boolean {
  return endpoint.operation === "generate" && !isSide(codec.id);
}

/** The protocol of a request for text: only those are translated, counted or kept. */
export function textProtocolOf({ codec }: Exchange): Protocol {
  if (isSide(codec.id)) throw new Error(`${codec.id} is no protocol of text`);
  return codec.id;
}

const EMPTY = new Uint8Array(0);
const NO_BODY = {};

/**
 * Lets the request's body go, in every form: a stream may be open for minutes and needs none. But for what is to be
 * spoken, which is counted at the end.
 */
export function forgetBody(exchange: Exchange): void {
  if (isSide(exchange.codec.id)) return;
  exchange.bytes = EMPTY;
  exchange.generation = undefined;
  exchange.media.clear();
  if (exchange.head) exchange.head = { ...exchange.head, body: NO_BODY };
}

/** What the client sees as the id of its request. */
export function requestIdOf(exchange: { readonly id: string }): string {
  return `req_${exchange.id}`;
}

/** What every answer tells of itself. */
export interface AnswerOrigin {
  readonly id: string;
  /** Of the node that answers; empty: it has none. */
  readonly region: string;
}

export function newOrigin({ region }: Pick<Gateway, "region">): AnswerOrigin {
  return { id: newId(), region };
}

/** The headers that every answer carries: each SDK looks for the id under another name. */
export function idHeaders(of: AnswerOrigin): Record<string, string> {
  const id = requestIdOf(of);
  const headers: Record<string, string> = { "x-request-id": id, "request-id": id };
  if (of.region !== "") headers["x-quoin-region"] = of.region;
  return headers;
}
