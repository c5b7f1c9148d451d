import type { Deadline } from "../base/deadlines.ts";
import type { AnswerFilter } from "./answer-filter.ts";
import type { Exchange } from "./exchange.ts";
import type { Frame } from "./frame.ts";
import type { Gateway } from "./gateway.ts";
import type { HoldWatch } from "./grow-hold.ts";
import type { KeepAlive } from "./keep-alive.ts";
import type { UpstreamAnswer } from "./open-answer.ts";
import type { AnswerChunk, AnswerReader } from "./upstream-reader.ts";

/** relaying → charging → released, or out of relaying at once when either side leaves. */
type Phase = "relaying" | "charging" | "released" | "cut";

/** One stream on its way to its client. */
export interface Relay {
  readonly gateway: Gateway;
  readonly exchange: Exchange;
  readonly answer: UpstreamAnswer;
  readonly reader: AnswerReader;
  readonly filter: AnswerFilter;
  readonly frame: Frame;
  /** Of the request as text, for estimates: `textBytesOf`. */
  readonly bodyBytes: number;
  /** The first bytes, read before the head was sent; undefined once they are relayed. */
  opening: Uint8Array | undefined;
  readonly watch: HoldWatch;
  /** The read that is under way. */
  reading: Promise<AnswerChunk> | undefined;
  phase: Phase;
  /** Undefined where no keep-alives are sent. */
  keepAlive: KeepAlive | undefined;
  /** Runs once the client has all that it will get, while the upstream would go on. */
  stopping: Deadline | undefined;
}

export type Controller = ReadableStreamDefaultController<Uint8Array>;
