import type { KeyVerifier } from "../accounts/key-verifier.ts";
import type { Awaitable } from "../base/awaitable.ts";
import type { Clock } from "../base/clock.ts";
import type { Deadlines } from "../base/deadlines.ts";
import type { Budgets } from "../billing/budgets.ts";
import type { Ledger } from "../billing/ledger.ts";
import type { MonthlyCredits } from "../billing/monthly-credits.ts";
import type { Receipts } from "../billing/receipts.ts";
import type { KeptResponses } from "../conversations/kept-responses.ts";
import type { KeptSignatures } from "../conversations/kept-signatures.ts";
import type { Transcripts } from "../conversations/transcripts.ts";
import type { Log } from "../core/log.ts";
import type { Snapshot } from "../core/model.ts";
import type { Nanos } from "../core/money.ts";
import type { Recorder } from "../history/recorder.ts";
import type { Limiter } from "../limits/limiter.ts";
import type { Cooldowns } from "../routing/cooldowns.ts";
import type { Envelope } from "../translation/envelope.ts";
import type { AnswerOwners } from "./answer-owners.ts";
import type { FetchMediaOptions } from "./guarded-fetch.ts";
import type { UploadLimits } from "./upload.ts";
import type { UpstreamSender } from "./upstream-send.ts";

/** What the data plane works with, built once by app.ts. */
export interface Gateway {
  readonly snapshot: () => Snapshot;
  readonly keys: KeyVerifier;
  readonly ledger: Ledger;
  readonly limiter: Limiter;
  readonly credits: MonthlyCredits;
  /** What a wallet owes after refunds and disputes; asked where nothing could be reserved of it. */
  readonly debtOf: (walletId: string) => Awaitable<Nanos>;
  /** What keys, members, accounts and models may spend. */
  readonly budgets: Budgets;
  readonly receipts: Receipts;
  readonly cooldowns: Cooldowns;
  readonly recorder: Recorder;
  /** Answers that later requests of the same account may build on. */
  readonly answers: AnswerOwners;
  /** Opaque state for clients that drop it. */
  readonly signatures: KeptSignatures;
  readonly responses: KeptResponses;
  /** What keys ask to keep of their requests. */
  readonly transcripts: Transcripts;
  readonly send: UpstreamSender;
  /** Wraps opaque state for clients of other protocols. */
  readonly envelope: Envelope;
  /** How media behind URLs may be fetched. */
  readonly fetching: Pick<FetchMediaOptions, "privateNetworks">;
  readonly deadlines: Deadlines;
  readonly clock: Clock;
  readonly log: Log;
  readonly region: string;
  readonly bodyBytesMax: number;
  readonly bodyDeadlineMs: number;
  /** After so much silence a streaming client gets a sign of life; 0: never. */
  readonly keepAliveMs: number;
  readonly answerBytesMax: number;
  /** Of forms with a file. */
  readonly uploads: UploadLimits;
  /** Ids of running exchanges, for a clean shutdown. */
  readonly running: Set<string>;
}
