import type { Awaitable } from "../base/awaitable.ts";
import type { RawJson, Signature } from "../core/generation/node.ts";
import type { Transcript } from "../core/transcript.ts";

/** Opaque state of one tool call, for clients whose protocol has no place for it. */
export interface CallSignatures {
  readonly accountId: string;
  readonly callId: string;
  /** All that belongs to the call, in the order in which it came. */
  readonly signatures: readonly Signature[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** An answer of the Responses protocol, as a later request may build on it. */
export interface ResponseRecord {
  /** As the client knows it (`resp_…`). */
  readonly id: string;
  readonly accountId: string;
  readonly keyId: string;
  /** As the client wrote it. */
  readonly model: string;
  /** Milliseconds since the epoch, like `expiresAt`. */
  readonly createdAt: number;
  readonly expiresAt: number;
  /** The target that answered. */
  readonly upstreamId: string;
  readonly upstreamModel: string;
  /** The request's own input as a list of items, without what came before it. */
  readonly input: RawJson;
  /** JSON of the request's `instructions`; they do not carry over to the next request. */
  readonly instructions: RawJson | undefined;
  /** The answer's items, as a list. */
  readonly output: RawJson;
  /** The whole response object, as `GET /v1/responses/{id}` gives it. */
  readonly response: RawJson;
  /** The response that this one continues. */
  readonly previousId: string | undefined;
}

/** An item of a kept answer, as a later request may name it. */
export interface KeptItem {
  /** The item itself. */
  readonly text: RawJson;
  /** The response that it is of. */
  readonly responseId: string;
}

/**
 * Where opaque state is kept. Everything is found by its account: another account's is not there. What has
 * expired is not there either, whether it was deleted already or not.
 */
export interface SignatureStore {
  /** All of the rows or none; a row replaces an earlier one of the same call. */
  putSignatures(rows: readonly CallSignatures[]): Awaitable<void>;
  /** Of the calls that have any. */
  findSignatures(
    accountId: string,
    callIds: readonly string[],
  ): Awaitable<ReadonlyMap<string, CallSignatures>>;
  /** Deletes at most `limit` expired rows, and says how many it were. */
  deleteExpiredSignatures(limit: number): Awaitable<number>;
}

/** Where responses are kept; the same holds. The items of an answer come and go with it. */
export interface ResponseStore {
  putResponses(records: readonly ResponseRecord[]): Awaitable<void>;
  findResponse(accountId: string, id: string): Awaitable<ResponseRecord | undefined>;
  /** Of the items that there are, by their ids; of an id that stands in several answers the last one's. */
  findItems(accountId: string, itemIds: readonly string[]): Awaitable<ReadonlyMap<string, KeptItem>>;
  /** False where there is none. */
  deleteResponse(accountId: string, id: string): Awaitable<boolean>;
  /** Deletes at most `limit` expired responses and as many items, and says how many it were of the more. */
  deleteExpiredResponses(limit: number): Awaitable<number>;
}

/** Where transcripts are kept; the same holds. Each account's lie under a key of their own. */
export interface TranscriptStore {
  putTranscripts(transcripts: readonly Transcript[]): Awaitable<void>;
  findTranscript(accountId: string, requestId: string): Awaitable<Transcript | undefined>;
  /** False where there is none. */
  deleteTranscript(accountId: string, requestId: string): Awaitable<boolean>;
  /** All of an account, or of one key of it. Answers how many. */
  deleteTranscripts(accountId: string, keyId: string | undefined): Awaitable<number>;
  deleteExpiredTranscripts(limit: number): Awaitable<number>;
}

export type ConversationStore = SignatureStore & ResponseStore & TranscriptStore;
