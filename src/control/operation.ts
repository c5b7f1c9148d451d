import { z } from "zod";
import type { AccountBrandStore } from "../accounts/account-brand.ts";
import type { AccountDirectory } from "../accounts/directory.ts";
import type { PeopleDeps } from "../accounts/people/deps.ts";
import type { MailQueue, MailStore } from "../accounts/people/mail-queue.ts";
import type { AccountIds, AccountStore } from "../accounts/store.ts";
import type { TokenStore } from "../accounts/tokens.ts";
import type { Awaitable } from "../base/awaitable.ts";
import type { BackgroundSteps } from "../base/background-steps.ts";
import type { Clock } from "../base/clock.ts";
import type { Secrets } from "../base/root-key.ts";
import type { MethodProvider } from "../billing/auto-top-up.ts";
import type { AutoTopUpStore } from "../billing/auto-top-up-store.ts";
import type { BudgetStanding } from "../billing/budgets.ts";
import type { CodeStore } from "../billing/codes.ts";
import type { CurrencyStore } from "../billing/currencies.ts";
import type { OpenLots } from "../billing/lots.ts";
import type { NoticeStore } from "../billing/low-balance.ts";
import type { PaymentProvider, PaymentStore } from "../billing/payments.ts";
import type { PriceListStore } from "../billing/price-lists.ts";
import type { QuarantineStore } from "../billing/quarantine.ts";
import type { Receipts } from "../billing/receipts.ts";
import type { SubscriptionProvider } from "../billing/subscription-provider.ts";
import type { Subscriptions } from "../billing/subscriptions.ts";
import type { WalletStore } from "../billing/wallets.ts";
import type { DeclaredView } from "../config/declared-rows.ts";
import type { Config } from "../config/types.ts";
import type { Transcripts } from "../conversations/transcripts.ts";
import type { Model, Plan, Snapshot, Target } from "../core/model.ts";
import { type Nanos, parseUsd } from "../core/money.ts";
import type { Principal } from "../core/principal.ts";
import type { TargetProbe } from "../core/target-probe.ts";
import type { LiveTail } from "../history/live-tail.ts";
import type { HistoryQueries } from "../history/queries.ts";
import type { RecentCalls } from "../history/recent-calls.ts";
import type { HistoryStore } from "../history/recorder.ts";
import type { RuleStanding } from "../limits/limiter.ts";

/** Who takes money of all kinds. */
export type Cashier = PaymentProvider & MethodProvider & SubscriptionProvider;

/** What the operations work with; the parts of a running server are absent beside a stopped one. */
export interface ControlDeps {
  readonly accounts: AccountStore;
  readonly people: PeopleDeps;
  readonly wallets: WalletStore;
  readonly tokens: TokenStore;
  readonly directory: AccountDirectory;
  readonly brands: AccountBrandStore;
  /** Whether a domain shows a proof, in its DNS or in a file. */
  readonly isProven: (host: string, proof: string) => Promise<boolean>;
  readonly codes: CodeStore;
  readonly prices: PriceListStore;
  readonly receipts: Receipts;
  readonly notices: NoticeStore;
  readonly payments: PaymentStore;
  readonly quarantine: QuarantineStore;
  /** Mails that their sender did not take. */
  readonly mails: Pick<MailQueue, "stuck"> & Pick<MailStore, "again" | "remove">;
  /** What opens `secret`. */
  readonly secrets: Secrets;
  /** Refunds a charge in full, once. */
  readonly payBack: (requestId: string) => Promise<void>;
  /** Undefined where no payment provider is set up. */
  readonly paymentProvider: Cashier | undefined;
  readonly subscriptions: Subscriptions;
  readonly currencies: CurrencyStore;
  readonly autoTopUps: AutoTopUpStore;
  readonly history: HistoryStore;
  /** Searches, usage over time, last uses; flush first. */
  readonly queries: HistoryQueries;
  /** Changes of data that go on in the background. */
  readonly steps: BackgroundSteps;
  /** Requests of this process as they end. */
  readonly tail: Pick<LiveTail, "subscribe">;
  readonly snapshot: () => Snapshot;
  /** What was declared in the console, in force or not. */
  readonly declaredViews: () => readonly DeclaredView[];
  /** What is declared, as it is in force now. */
  readonly config: () => Config;
  /** What keys asked to keep of their requests. */
  readonly transcripts: Pick<Transcripts, "find" | "delete" | "deleteAll">;
  readonly secret: string;
  readonly clock: Clock;
  /** Everything acknowledged is in the tables when it resolves. */
  readonly flush: () => Promise<void>;
  /** A key must not be served from memory any more. */
  readonly forgetKey: (keyId: string) => void;
  /** Money was added: what is leased is decided anew. */
  readonly recall: (walletId: string) => Promise<void>;
  readonly openLots: OpenLots;
  /** Whether a target failed a moment ago. */
  readonly isCooling: (target: Target) => boolean;
  /** How upstreams did in the last hour. */
  readonly recentCalls: RecentCalls;
  readonly heldNanos: (walletId: string) => Awaitable<Nanos>;
  /** Where a key stands: its limits, its budgets; counts and changes nothing. @throws what their stores throw */
  readonly limitsLeft: (principal: Principal, plan: Plan | undefined) => Promise<readonly RuleStanding[]>;
  readonly budgetsLeft: (principal: Principal, plan: Plan | undefined) => Promise<readonly BudgetStanding[]>;
  /** Whether a key may be used from an address. */
  readonly inNetworks: (networks: readonly string[], address: string) => boolean;
  /** Of this node; empty: it has none. */
  readonly region: string;
  /** A configuration as it would be in force. */
  readonly snapshotOf: (config: Config) => Snapshot;
  /** Asks each target of a model for a word, at the operator's cost. */
  readonly probeModel: (model: Model) => Promise<TargetProbe[]>;
  readonly status: () => Awaitable<object>;
}

/** What kind of refusal it is, where more than a sentence is wanted: the management API's error codes. */
export type RefusalKind = "not_found" | "conflict" | "invalid" | "unavailable";

/** A command that cannot be carried out; the message is all the operator sees. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly kind: RefusalKind;

  constructor(message: string, kind: RefusalKind = "invalid") {
    super(message);
    this.kind = kind;
  }
}

export const ACCOUNT = z
  .string()
  .regex(/^[\w.@+-]{1,100}$/, "must be 1 to 100 letters, digits, or any of _ . @ + -");
export const LIMIT = z.number().int().min(1).max(10_000).default(50);

export async function accountOf(deps: ControlDeps, name: string): Promise<AccountIds> {
  const account = await deps.accounts.findAccount(name);
  if (!account)
    throw new CommandError(`There is no account "${name}"; quoin keys create --account ${name} makes it.`);
  return account;
}

export interface Operation {
  readonly args: z.ZodType;
  readonly run: (deps: ControlDeps, args: never) => object | Promise<object>;
}

export function operation<Args extends z.ZodType>(
  args: Args,
  run: (deps: ControlDeps, args: z.infer<Args>) => object | Promise<object>,
): Operation {
  return { args, run };
}

export const NO_ARGS = z.strictObject({});

/** An amount of USD above zero. @throws CommandError naming the field. */
export function amountOf(text: string, field = "amount"): Nanos {
  let nanos: Nanos;
  try {
    nanos = parseUsd(text);
  } catch (cause) {
    throw new CommandError(`${field}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (nanos <= 0n) throw new CommandError(`${field}: must be more than zero.`);
  return nanos;
}
