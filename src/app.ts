import { join } from "node:path";
import { type KeyVerifier, keyVerifier } from "./accounts/key-verifier.ts";
import { workInBackground } from "./base/background-steps.ts";
import { systemClock } from "./base/clock.ts";
import { countOf } from "./base/count-of.ts";
import { Deadlines } from "./base/deadlines.ts";
import { spendBudgets } from "./billing/budgets.ts";
import { drainWithin } from "./billing/drain-within.ts";
import { Ledger } from "./billing/ledger.ts";
import { type Receipts, signedReceipts } from "./billing/receipts.ts";
import { buildControl } from "./build-control.ts";
import { buildLimits } from "./build-limits.ts";
import type { Declarations } from "./config/declarations.ts";
import type { Discovered, FileLines } from "./config/resolve.ts";
import type { Settings } from "./config/settings.ts";
import type { Config } from "./config/types.ts";
import type { HttpDeps } from "./control/http/deps.ts";
import type { ControlDeps } from "./control/operation.ts";
import { consolePages } from "./control/pages/console-pages.ts";
import { stripeProvider } from "./control/stripe.ts";
import { keptResponses } from "./conversations/kept-responses.ts";
import { keptSignatures } from "./conversations/kept-signatures.ts";
import { sweepExpired } from "./conversations/sweep.ts";
import { keptTranscripts } from "./conversations/transcripts.ts";
import type { Log } from "./core/log.ts";
import type { Snapshot } from "./core/model.ts";
import { answerOwners } from "./gateway/answer-owners.ts";
import type { Gateway } from "./gateway/gateway.ts";
import { sendUpstream } from "./gateway/send-upstream.ts";
import { liveTail } from "./history/live-tail.ts";
import { batchedRecorder } from "./history/recorder.ts";
import { keepHistory } from "./history/upkeep.ts";
import type { Home } from "./home.ts";
import { configurationInForce } from "./in-force.ts";
import { buildPeople, type People } from "./people.ts";
import { memoryCooldowns } from "./routing/cooldowns.ts";
import { buildSubscriptions } from "./subscriptions.ts";
import { sweepMoney } from "./sweep-money.ts";
import { newEnvelope } from "./translation/envelope.ts";

/** How long a finished answer waits for its charge before its client is told an error. */
const SETTLE_WAIT_MS = 30_000;
/** Each synced write costs a few hundred microseconds of a core; under load this bounds how many there are. */
const GROUP_MS = 2;
const LEASE_IDLE_MS = 10_000;
const RETRY_MS = 200;
const SWEEP_CONVERSATIONS_EVERY_MS = 60_000;
const DAY_MS = 86_400_000;
/** Changes of data in the background take a fifth of the time at most. */
const STEPS_THROTTLE = { workMs: 10, pauseMs: 50 };
/** How long the end of the process waits for charges that the store does not take. */
const LEDGER_DRAIN_MS = 5_000;

/** The running product: every object built once, here, and nowhere else. */
export interface App {
  readonly gateway: Gateway;
  readonly control: ControlDeps;
  /** What the console and the management API are made of. */
  readonly http: Omit<HttpDeps, "closing">;
  /** The console's pages and files: everything below `/console` but the API. */
  readonly pages: ReturnType<typeof consolePages>;
  readonly people: People;
  /** What was declared in the console. */
  readonly declarations: Declarations;
  /**
   * Swaps in another configuration below what was declared in the console; requests that run keep the one they
   * began with.
   */
  configure(config: Config, discovered?: Discovered, lines?: FileLines): Promise<Snapshot>;
  /** Resolves when no request runs, or after `ms`. */
  idle(ms: number): Promise<void>;
  /** Waits for running requests, at most `ms`, and writes everything down. */
  close(ms: number): Promise<void>;
}

export interface AppOptions {
  readonly home: Home;
  readonly settings: Settings;
  /** Of quoin.yaml, or of what was discovered; what was declared in the console is laid over it. */
  readonly config: Config;
  readonly discovered?: Discovered;
  /** Where quoin.yaml declares what it does; absent: it declares nothing. */
  readonly lines?: FileLines;
  readonly log: Log;
}

function buildLedger({ home, log }: AppOptions): Ledger {
  return new Ledger({
    store: home.ledgerStore,
    clock: systemClock,
    settleWaitMs: SETTLE_WAIT_MS,
    groupMs: GROUP_MS,
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

function buildConversations({ home, settings, log }: AppOptions, config: () => Config) {
  const { conversations: store } = home;
  const clock = systemClock;
  const signatures = keptSignatures({ store, clock, log, retentionMs: settings.signatureDays * DAY_MS });
  const responses = keptResponses({ store, clock, log, retentionMs: settings.responseDays * DAY_MS });
  const transcripts = keptTranscripts({
    ...{ store, clock, log },
    operator: () => config().prompts,
    ruleOf: (accountId) => home.directory.promptRule(accountId),
  });
  const sweeper = setInterval(() => void sweepExpired(store, log), SWEEP_CONVERSATIONS_EVERY_MS);
  sweeper.unref();
  return { signatures, responses, transcripts, stop: () => clearInterval(sweeper) };
}

function buildReceipts(home: Home, flush: () => Promise<void>): Receipts {
  return signedReceipts({
    store: home.receipts,
    findRecord: (id) => home.history.find(id),
    accountName: (id) => home.accounts.accountName(id),
    flush,
    secret: home.secret,
    clock: systemClock,
  });
}

/** What other nodes tell: keys that changed, wallets whose money they need or that have new money, declarations. */
function hearOthers({ shared }: Home, keys: KeyVerifier, ledger: Ledger, readDeclared: () => void): void {
  shared?.hear({
    onNotice({ kind, ref }) {
      if (kind === "key") keys.forgetKey(ref);
      else if (kind === "wallet") void ledger.recall(ref);
      else readDeclared();
    },
    onDeaf() {
      keys.forgetAll();
      readDeclared();
    },
  });
}

/** What is done to the history, and to data of earlier versions, beside the requests. */
function buildUpkeep({ home, settings, log }: AppOptions) {
  const retentionMs = settings.historyDays * DAY_MS;
  const history = keepHistory({ upkeep: home.upkeep, clock: systemClock, log, retentionMs });
  const steps = workInBackground(home.steps, {
    ...STEPS_THROTTLE,
    onFault: (cause) =>
      log("error", "a change of data in the background failed; it is tried again", { cause: String(cause) }),
  });
  return {
    async stop(): Promise<void> {
      history.stop();
      await steps.stop();
    },
  };
}

/** What the gateway is given besides the parts that run. */
function gatewayTerms({ home, settings, log }: AppOptions) {
  const { region = "", bodyBytesMax, bodyDeadlineMs, answerBytesMax } = settings;
  return {
    cooldowns: memoryCooldowns(systemClock),
    answers: answerOwners(home.history),
    send: sendUpstream,
    envelope: newEnvelope(new TextEncoder().encode(home.secret)),
    fetching: { privateNetworks: settings.fetchPrivate },
    deadlines: new Deadlines(),
    clock: systemClock,
    log,
    ...{ region, bodyBytesMax, bodyDeadlineMs, answerBytesMax },
    uploads: uploadLimits(settings),
  };
}

function uploadLimits({
  uploadBytesMax: bytesMax,
  uploadDeadlineMs: deadlineMs,
  home,
}: AppOptions["settings"]) {
  return { bytesMax, deadlineMs, folder: join(home, "uploads") };
}

/** Builds the product over an opened home; the ledger is registered when it resolves. */
export async function buildApp(options: AppOptions): Promise<App> {
  const { home, settings, log } = options;
  const { snapshot, declarations, readDeclared, configure } = await configurationInForce(options);
  const ledger = buildLedger(options);
  await ledger.register();
  const keys = keyVerifier(home.accounts, home.secret, settings.keyCacheSize);
  hearOthers(home, keys, ledger, readDeclared);
  const tail = liveTail();
  const recorder = batchedRecorder(home.history, log, tail);
  const upkeep = buildUpkeep(options);
  const { stop: stopSweeping, ...kept } = buildConversations(options, declarations.config);
  const { limiter, ...limits } = buildLimits({ ...options, flush: () => recorder.flush() });
  const running: Gateway["running"] = new Set();
  const recall = (walletId: string) => ledger.recall(walletId);
  const people = buildPeople({ ...options, config: declarations.config, recall });
  const { mail } = people.deps.senders;
  const paymentProvider = settings.stripe && stripeProvider(settings.stripe);
  const subscriptions = buildSubscriptions({ home, log, snapshot, paymentProvider, recall, keys });
  const { credits, ...sweeps } = sweepMoney({
    ...options,
    paymentProvider,
    subscriptions,
    ledger,
    mail,
    plans: () => snapshot().plans.values(),
  });

  async function flush(): Promise<void> {
    home.ledgerStore.flush();
    await Promise.all([recorder.flush(), ...Object.values(kept).map((one) => one.flush())]);
  }

  const gateway: Gateway = {
    snapshot,
    keys,
    ledger,
    limiter,
    credits,
    debtOf: (walletId) => home.payments.debt(walletId),
    budgets: spendBudgets({ store: home.budgets, clock: systemClock, recall }),
    receipts: buildReceipts(home, flush),
    recorder,
    ...kept,
    ...gatewayTerms(options),
    running,
  };
  const selling = { paymentProvider, subscriptions };
  const parts = { home, settings, log, gateway, tail, people, declarations, flush, ...selling };
  return {
    gateway,
    pages: consolePages({ home: settings.home, log }),
    ...buildControl(parts),
    people,
    declarations,
    configure,
    idle: (ms) => untilIdle(running, ms),
    async close(ms) {
      sweeps.stop();
      await upkeep.stop();
      people.stop();
      stopSweeping();
      await untilIdle(running, ms);
      limits.stop();
      await drainOrSay(ledger, log);
      await flush();
      await home.close();
    },
  };
}
