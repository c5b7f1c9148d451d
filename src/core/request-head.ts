import type { JsonObject } from "./json.ts";
import type { RequestedModel } from "./protocol.ts";

/** The most that a request beside text may use, as far as the request itself tells. */
export interface MostUsed {
  readonly inputTokens: number;
  /** Unicode characters to be spoken: as many as are charged. */
  readonly characters: number;
  /** Seconds of audio to be heard. */
  readonly seconds: number;
  /** Searches that are billed apart; absent: none. */
  readonly searches?: number;
}

/** What the gateway must know of a request before it chooses an upstream. */
export interface RequestHead {
  readonly model: RequestedModel;
  readonly stream: boolean;
  /** The client's own limit for one choice; undefined: the model's. */
  readonly outputTokensMax: number | undefined;
  /** The least that the output limit can be lowered to; absent: what any request can. */
  readonly outputTokensLeast?: number;
  /** How many answers are asked for: n × prompts. */
  readonly choices: number;
  /** Whether the client asked for the usage chunk of a chat stream (always true elsewhere). */
  readonly wantsUsage: boolean;
  /** An id of an earlier answer that this request builds on (Responses). */
  readonly previousId: string | undefined;
  /** Places in `input` that name an item of an earlier answer, and its id there (Responses); absent: none. */
  readonly references?: ReadonlyMap<number, string>;
  /** Of requests beside text. */
  readonly most?: MostUsed;
  /** The parsed body; the bytes are what is sent on. */
  readonly body: JsonObject;
}
