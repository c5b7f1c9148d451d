import type { ErrorKind } from "../../../../src/core/errors.ts";
import type { Bodies } from "../bodies.ts";
import type { RequestMeaning } from "../meaning.ts";
import type { ClientProtocol, TargetName, UpstreamProtocol } from "../targets.ts";

/** Members that differ from another meaning's; undefined: the member is not there. */
export type Changed = { readonly [Name in keyof RequestMeaning]?: RequestMeaning[Name] | undefined };

/**
 * What becomes of a request at an upstream of another protocol than its client's. Whatever is changed must
 * be told to the client, unless it is `quiet`: a hint, or something that the gateway does itself.
 */
export type Outcome = {
  readonly becomes?: Changed;
  readonly quiet?: true | readonly (keyof RequestMeaning)[];
  /** What is told besides, of fields that the meaning does not have. */
  readonly also?: RegExp;
  readonly refused?: ErrorKind;
  /** The field that the refusal names. */
  readonly param?: RegExp;
};

/** One feature of requests: how each protocol's clients say it, what it means, and what becomes of it. */
export interface RequestCase {
  readonly name: string;
  /** Of every protocol whose clients can say it. */
  readonly bodies: Bodies;
  /** Over a user's "Hi" with 1,024 tokens for the answer. */
  readonly meaning: Changed;
  /** Where a protocol's clients cannot say all of it. */
  readonly from?: { readonly [Name in ClientProtocol]?: Changed };
  /**
   * In its own protocol, where the body leaves the byte path: refused, since only the vendor's own account could
   * serve it · unsealed: our own envelopes in it are opened. Otherwise it is written again as it was.
   */
  readonly self?: "refused" | "unsealed";
  readonly targets?: { readonly [Name in UpstreamProtocol]?: TargetName };
  readonly at?: { readonly [Name in UpstreamProtocol]?: Outcome };
  /** For one pair of client and upstream, over `at`: `openai-chat>gemini`. */
  readonly pairs?: { readonly [Pair in `${ClientProtocol}>${UpstreamProtocol}`]?: Outcome };
}

export const PLAIN: RequestMeaning = {
  system: "",
  turns: [{ role: "user", parts: [{ text: "Hi" }] }],
  tools: [],
  outputMax: 1024,
};

export function changed(meaning: RequestMeaning, by: Changed | undefined): RequestMeaning {
  const members = Object.entries({ ...meaning, ...by }).filter(([, member]) => member !== undefined);
  return { ...EMPTY, ...Object.fromEntries(members) };
}

const EMPTY: RequestMeaning = { system: "", turns: [], tools: [] };
