import type { JsonObject } from "../json.ts";
import type { Protocol } from "../protocol.ts";

/** The source text of one JSON value: never parsed and written again, so that numbers, escapes and order stay. */
export type RawJson = string;

/**
 * Fields that only one protocol has, by protocol: written again only by that protocol's codec, dropped
 * with a loss by the others. A key that starts with `$` is a codec's note to itself of how something was
 * written (`$content: "string"`); it is never a loss.
 */
export type Extensions = { readonly [Name in Protocol]?: JsonObject };

/** What every part and turn may carry. */
export interface Node {
  /** Where it stood in the client's request (`messages[3].content[0]`), for errors and losses. */
  readonly at?: string;
  /** The protocol's own id of the item (Responses `rs_…`, `msg_…`), where it has one. */
  readonly id?: string;
  readonly cache?: CacheMark;
  readonly signature?: Signature;
  readonly extensions?: Extensions;
}

/** "Up to here" of a prompt cache (Anthropic `cache_control`, OpenAI `prompt_cache_breakpoint`). */
export interface CacheMark {
  readonly ttl?: "5m" | "30m" | "1h";
}

/** Who can read a piece of opaque state. */
export type Vendor = string;

/**
 * Opaque state of a vendor's model: an Anthropic thinking signature, OpenAI's encrypted reasoning,
 * a Gemini thought signature, or (by `gateway`) nothing but our own word that the text is the model's.
 */
export interface Signature {
  readonly value: string;
  /** Vendor that made it (`anthropic`, `openai`, `google`) or `gateway`: text without a vendor's signature. */
  readonly by: Vendor;
  /** The upstream's model that made it. */
  readonly model?: string;
  /** The account it is bound to (OpenAI's is); undefined: any account of the vendor. */
  readonly scope?: string;
  /** The item id it is bound to (OpenAI `rs_…`). */
  readonly itemId?: string;
  /** The call it belongs to where it travels in another part's place (Gemini's, carried in a thinking block). */
  readonly callId?: string;
  /** Anthropic `redacted_thinking`: the value is the whole block. */
  readonly redacted?: boolean;
  /** The thinking that it signs, where it travels apart from its part: for clients that drop thoughts. */
  readonly text?: string;
}
