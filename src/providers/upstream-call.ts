import type { Target } from "../core/model.ts";
import type { Operation, WireProtocol } from "../core/protocol.ts";

/** What is asked of an upstream, but for its body. */
export interface UpstreamCall {
  readonly target: Target;
  readonly protocol: WireProtocol;
  readonly operation: Operation;
  readonly stream: boolean;
  /** Gemini: a list of requests in one. */
  readonly batch?: boolean;
  /** Of the body; absent: JSON. */
  readonly contentType?: string;
  /** Bytes of a body that is sent as it comes. */
  readonly contentLength?: number | undefined;
  /** The client's headers; only those that its protocol knows travel on. */
  readonly clientHeaders: Headers;
  /** Anthropic's names of the features that a translated body uses. */
  readonly betas?: readonly string[];
}
