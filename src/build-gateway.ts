import { join } from "node:path";
import { keyVerifier } from "./accounts/key-verifier.ts";
import { systemClock } from "./base/clock.ts";
import { countOf } from "./base/count-of.ts";
import { Deadlines } from "./base/deadlines.ts";
import { spendBudgets } from "./billing/budgets.ts";
import { drainWithin } from "./billing/drain-within.ts";
import { Ledger } from "./billing/ledger.ts";
import { monthlyCredits } from "./billing/monthly-credits.ts";
import { type Receipts, signedReceipts } from "./billing/receipts.ts";
import { buildLimits } from "./build-limits.ts";
import type { Declarations } from "./config/declarations.ts";
import type { Discovered, FileLines } from "./config/resolve.ts";
import type { Settings } from "./config/settings.ts";
import { readStoredPrices } from "./config/stored-prices.ts";
import type { Config } from "./config/types.ts";
import { keptResponses } from "./conversations/kept-responses.ts";
import { keptSignatures } from "./conversations/kept-signatures.ts";
import { keptTranscripts } from "./conversations/transcripts.ts";
import { rateAt } from "./core/currency.ts";
import type { Log } from "./core/log.ts";
import type { Snapshot } from "./core/model.ts";
import { answerOwners } from "./gateway/answer-owners.ts";
import type { Gateway } from "./gateway/gateway.ts";
import { sendUpstream } from "./gateway/send-upstream.ts";
import type { LiveTail } from "./history/live-tail.ts";
import { batchedRecorder } from "./history/recorder.ts";
import type { GatewayHome } from "./home.ts";
import { configurationInForce } from "./in-force.ts";
import type { LimitStore } from "./limits/store.ts";
import { type Cooldowns, memoryCooldowns } from "./routing/cooldowns.ts";
import type { Notice } from "./storage/postgres/notices.ts";
import { newEnvelope } from "./translation/envelope.ts";

/** How long a finished answer waits for its charge before its client is told an error. */
const SETTLE_WAIT_MS = 30_000;
/** Each synced write costs a few hundred microseconds of a core; under load this bounds how many there are. */
const GROUP_MS = 5;
/** A database's own cores write the group; what counts is how long answers wait for it. */
const SHARED_GROUP_MS = 3;
const LEASE_IDLE_MS = 10_000;
const RETRY_MS = 200;
const DAY_MS = 86_400_000;
/** How long the end of the process waits for charges that the store does not take. */
const LEDGER_DRAIN_MS = 5_000;

export interface GatewayOptions {
  readonly home: GatewayHome;
  readonly settings: Settings;
  /** Of quoin.yaml, or of what was discovered; what was declared in the console is laid over it. */
  readonly config: Config;
  readonly discovered?: Discovered;
  /** Where quoin.yaml declares what it does; absent: it declares nothing. */
  readonly lines?: FileLines;
  readonly log: Log;
  /** Hears every record once it is stored. */
  readonly tail?: LiveTail;
  /** Where limits are counted when no Redis counts them; this process's memory otherwise. */
  readonly limitStore?: LimitStore;
  /** Where targets that failed are remembered, this process's memory otherwise. */
  readonly cooldowns?: Cooldowns;
  /** Tells other processes of this machine; resolves when they have done what follows from it. */
  readonly tell?: (notice: Notice) => Promise<void>;
}

/** The hot path of one process, with what keeps it going. */
export interface RunningGateway {
  readonly gateway: Gateway;
  readonly limitStore: LimitStore;
  readonly declarations: Declarations;
  /**
   * Swaps in another configuration below what was declared in the console; requests that run keep the one they
   * began with.
   */
  configure(config: Config, discovered?: Discovered, lines?: FileLines): Promise<Snapshot>;
  /** What another process tells; resolves when what follows from it is done. */
  onNotice(notice: Notice): Promise<void>;
  /** Everything acknowledged is in the tables when it resolves. */
  flush(): Promise<void>;
  /** What is leased of a wallet and not held goes back, here and in other processes of this machine. */
  recall(walletId: string): Promise<void>;
  /** Resolves when no request runs, or after `ms`. */
  idle(ms: number): Promise<void>;
  /** Writes everything down; no request must run any more. */
  finish(): Promise<void>;
}

function buildLedger({ home, log }: GatewayOptions): Ledger {
  return new Ledger({
    store: home.ledgerStore,
    clock: systemClock,
    settleWaitMs: SETTLE_WAIT_MS,
    groupMs: home.shared ? SHARED_GROUP_MS : GROUP_MS,
    idleMs: LEASE_IDLE_MS,
    retryMs: RETRY_MS,
    liveMs: home.shared?.liveMs,
    delay: Bun.sleep,
    onFault: (message, cause) => log("error", message, { cause: String(cause) }),
  });
}

async function untilIdle(running: Gateway["running"], ms: number): Promise<void> {
  const end = systemClock.monotonic() + ms;
  while (running.size > 0 && systemClock.monotonic() < end) await Bun.sleep(20);
}

async function drainOrSay(ledger: Ledger, log: Log): Promise<void> {
  if (await drainWithin(ledger, LEDGER_DRAIN_MS, Bun.sleep)) return;
  const left = `the ledger's store did not answer within ${LEDGER_DRAIN_MS / 1000} s of the end: ${countOf(ledger.running, "request")} left without a known charge, whose answers were withheld; what had not reached the disk costs nothing, and leases are returned at the next start`;
  log("error", left);
}

function buildConversations({ home, settings, log }: GatewayOptions, config: () => Config) {
  const { conversations: store } = home;
  const clock = systemClock;
  return {
    signatures: keptSignatures({ store, clock, log, retentionMs: settings.signatureDays * DAY_MS }),
    responses: keptResponses({ store, clock, log, retentionMs: settings.responseDays * DAY_MS }),
    transcripts: keptTranscripts({
      ...{ store, clock, log },
      operator: () => config().prompts,
      ruleOf: (accountId) => home.directory.promptRule(accountId),
    }),
  };
}

function buildReceipts(home: GatewayHome, flush: () => Promise<void>, config: () => Config): Receipts {
  return signedReceipts({
    store: home.receipts,
    findRecord: (id) => home.history.find(id),
    readPrices: readStoredPrices,
    accountName: (id) => home.accounts.accountName(id),
    async shownTo(accountId, at) {
      const code = await home.currencies.shownTo(accountId);
      const currency = config().currencies.find((one) => one.code === code);
      const ppm = currency && rateAt(currency, at);
      return code === undefined || ppm === undefined ? undefined : { code, ppm };
    },
    flush,
    secret: home.secret,
    clock: systemClock,
  });
}

/** Keys in memory; one that was changed here is forgotten in other processes of this machine, too. */
function buildKeys({ home, settings, tell }: GatewayOptions): Gateway["keys"] {
  const keys = keyVerifier(home.accounts, home.secret, settings.keyCacheSize);
  return {
    ...keys,
    forgetKey(keyId) {
      keys.forgetKey(keyId);
      void tell?.({ kind: "key", ref: keyId });
    },
  };
}

function buildCredits({ home, log }: GatewayOptions, recall: RunningGateway["recall"]): Gateway["credits"] {
  return monthlyCredits({
    wallets: home.wallets,
    clock: systemClock,
    recall,
    delay: Bun.sleep,
    onFault: (message, cause) => log("error", message, { cause: String(cause) }),
  });
}

/** What other processes tell: keys that changed, wallets whose money they need or that have new money, declarations. */
function hearOthers(
  { shared }: GatewayHome,
  keys: Gateway["keys"],
  ledger: Ledger,
  readDeclared: () => void,
): RunningGateway["onNotice"] {
  async function onNotice({ kind, ref }: Notice): Promise<void> {
    if (kind === "key") keys.forgetKey(ref);
    else if (kind === "declared") readDeclared();
    else await ledger.recall(ref);
  }
  shared?.hear({
    onNotice,
    onDeaf() {
      keys.forgetAll();
      readDeclared();
    },
  });
  return onNotice;
}

/** What the gateway is given besides the parts that run. */
function gatewayTerms({ home, settings, log, cooldowns }: GatewayOptions) {
  const { region = "", bodyBytesMax, bodyDeadlineMs, keepAliveMs, answerBytesMax } = settings;
  return {
    cooldowns: cooldowns ?? memoryCooldowns(systemClock),
    answers: answerOwners(home.history),
    send: sendUpstream,
    envelope: newEnvelope(new TextEncoder().encode(home.secret)),
    fetching: { privateNetworks: settings.fetchPrivate },
    deadlines: new Deadlines(),
    clock: systemClock,
    log,
    ...{ region, bodyBytesMax, bodyDeadlineMs, keepAliveMs, answerBytesMax },
    uploads: uploadLimits(settings),
  };
}

function uploadLimits({ uploadBytesMax: bytesMax, uploadDeadlineMs: deadlineMs, home }: Settings) {
  return { bytesMax, deadlineMs, folder: join(home, "uploads") };
}

/** Builds the hot path over an opened home; the ledger is registered when it resolves. */
export async function buildGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { home, log, tail, tell } = options;
  const { snapshot, declarations, readDeclared, configure } = await configurationInForce(options);
  const ledger = buildLedger(options);
  await ledger.register();
  const keys = buildKeys(options);
  const onNotice = hearOthers(home, keys, ledger, readDeclared);
  const recorder = batchedRecorder(home.history, log, tail);
  const kept = buildConversations(options, declarations.config);
  const { limiter, limitStore, ...limits } = buildLimits({ ...options, flush: () => recorder.flush() });
  const running: Gateway["running"] = new Set();

  async function recall(walletId: string): Promise<void> {
    await Promise.all([ledger.recall(walletId), tell?.({ kind: "wallet", ref: walletId })]);
  }

  async function flush(): Promise<void> {
    await home.ledgerStore.flush();
    await Promise.all([recorder.flush(), ...Object.values(kept).map((one) => one.flush())]);
  }

  const gateway: Gateway = {
    snapshot,
    keys,
    ledger,
    limiter,
    credits: buildCredits(options, recall),
    debtOf: (walletId) => home.payments.debt(walletId),
    budgets: spendBudgets({ store: home.budgets, clock: systemClock, recall }),
    receipts: buildReceipts(home, flush, declarations.config),
    recorder,
    ...kept,
    ...gatewayTerms(options),
    running,
  };
  return {
    gateway,
    limitStore,
    declarations,
    configure,
    onNotice,
    flush,
    recall,
    idle: (ms) => untilIdle(running, ms),
    async finish() {
      limits.stop();
      await drainOrSay(ledger, log);
      await flush();
    },
  };
}
