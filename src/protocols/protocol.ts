import type { Splice } from "../base/splice.ts";
import type { SseEvent } from "../base/sse.ts";
import type { JsonObject } from "../core/json.ts";
import type { Dialect, Operation, Protocol, SideProtocol, WireProtocol } from "../core/protocol.ts";
import type { RequestHead } from "../core/request-head.ts";
import type { Usage, UsageSource } from "../core/usage.ts";

/** What a path says of a request (Gemini names model and streaming there). */
export interface PathFacts {
  readonly operation: Operation;
  readonly model?: string;
  readonly stream?: boolean;
  /** Gemini: a list of requests in one (`:batchEmbedContents`). */
  readonly batch?: boolean;
}

/**
 * What an event means to the relay:
 * relay: pass it on · drop: asked for by us, not by the client · last: may be the last one,
 * decided by what follows (Gemini) · hold: belongs to the end, wait for the terminal event ·
 * terminal: ends the answer, waits for its charge · failed: the upstream says that it failed.
 */
export type Verdict = "relay" | "drop" | "last" | "hold" | "terminal" | "failed";

/** All that a tap knows of one answer so far. One explicit object, changed only by its protocol. */
export interface TapState {
  usage: Usage;
  source: UsageSource;
  /** Bytes of visible output relayed so far, for answers that end without a report. */
  textBytes: number;
  /** Whether the client asked for the chat usage chunk. */
  readonly wantsUsage: boolean;
  answerId: string;
  /** Anthropic: the usage fields merged over events. Responses: the response as created. */
  raw: JsonObject;
  /** Responses: the last sequence number relayed. */
  sequence: number;
  /** Responses: the upstream ended the answer with `response.failed` itself. */
  saidFailed: boolean;
  /** The finish reason went by (Gemini), with the last report of usage (the others). */
  finished: boolean;
}

export function newTapState(wantsUsage: boolean, usage: Usage): TapState {
  return {
    usage,
    source: "none",
    textBytes: 0,
    wantsUsage,
    answerId: "",
    raw: {},
    sequence: -1,
    saidFailed: false,
    finished: false,
  };
}

/** Reads usage out of an answer while its bytes pass. */
export interface UsageTap {
  /** An event with none of these bytes in it is relayed unread. */
  readonly markers: readonly Uint8Array[];
  /** Looks at relayed events without parsing them: counts visible output. */
  glance(state: TapState, events: Uint8Array): void;
  /** Reads one event that carries a marker. */
  readEvent(state: TapState, event: SseEvent): Verdict;
  /** Whether an answer that ends here, without a terminal event, is whole all the same. */
  endsWell(state: TapState): boolean;
  /** Reads a whole answer. */
  readWhole(state: TapState, answer: JsonObject): void;
}

/** What a request on its way in its own protocol must say otherwise than it does. */
export interface RequestEdits {
  /** The upstream's own name of the model. */
  readonly model: string;
  /** The output limit that the balance pays for, below what the client or the model allows. */
  readonly outputTokensMax?: number | undefined;
  /** Chat: a limit that stands nowhere yet is written as `max_completion_tokens`. */
  readonly completionTokensField?: boolean;
}

/** One wire protocol, as the gateway needs it. Pure: no I/O, no clock. */
export interface WireCodec {
  readonly id: WireProtocol;
  readonly dialect: Dialect;
  readonly tap: UsageTap;
  /** Where the model's name stands in answers and events: paths of keys. */
  readonly modelPaths: readonly (readonly string[])[];
  /** @throws GatewayError `bad_request` and its kin, naming the field. */
  readHead(body: JsonObject, bytes: Uint8Array, path: PathFacts): RequestHead;
  /** What must change in the request's bytes for its upstream. */
  editRequest(head: RequestHead, bytes: Uint8Array, edits: RequestEdits): Splice[];
}

/** A protocol of generation. */
export interface ProtocolCodec extends WireCodec {
  readonly id: Protocol;
}

/** A protocol of what models do beside text. Its head says the most that a request may use (`RequestHead.most`). */
export interface SideCodec extends WireCodec {
  readonly id: SideProtocol;
  /** The texts that the model reads, for a count where the upstream does not report one. */
  texts(body: JsonObject): readonly string[];
}
