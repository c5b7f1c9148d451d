import type { AccountBrandStore } from "./accounts/account-brand.ts";
import { workInBackground } from "./base/background-steps.ts";
import { systemClock } from "./base/clock.ts";
import { buildControl } from "./build-control.ts";
import { buildGateway, type RunningGateway } from "./build-gateway.ts";
import type { DeclaredStore } from "./config/declared.ts";
import { type Discovered, type FileLines, NO_LINES, NOTHING_DISCOVERED } from "./config/resolve.ts";
import type { Settings } from "./config/settings.ts";
import type { Config } from "./config/types.ts";
import type { HttpDeps } from "./control/http/deps.ts";
import type { ControlDeps } from "./control/operation.ts";
import { consolePages } from "./control/pages/console-pages.ts";
import { stripeProvider } from "./control/stripe.ts";
import { sweepExpired } from "./conversations/sweep.ts";
import type { Log } from "./core/log.ts";
import { type LiveTail, liveTail } from "./history/live-tail.ts";
import { keepHistory } from "./history/upkeep.ts";
import type { Home } from "./home.ts";
import { buildPeople, type People } from "./people.ts";
import { buildSubscriptions } from "./subscriptions.ts";
import { sweepMoney } from "./sweep-money.ts";
import type { Crew } from "./workers/crew.ts";

const SWEEP_CONVERSATIONS_EVERY_MS = 60_000;
const DAY_MS = 86_400_000;
/** Changes of data in the background take a fifth of the time at most. */
const STEPS_THROTTLE = { workMs: 10, pauseMs: 50 };

/** The running product: every object built once, here and in `buildGateway`, and nowhere else. */
export interface App
  extends Pick<
    RunningGateway,
    "gateway" | "declarations" | "configure" | "onNotice" | "idle" | "limitStore"
  > {
  readonly settings: Settings;
  readonly control: ControlDeps;
  /** What the console and the management API are made of. */
  readonly http: Omit<HttpDeps, "closing">;
  /** The console's pages and files: everything below `/console` but the API. */
  readonly pages: ReturnType<typeof consolePages>;
  readonly people: People;
  readonly tail: LiveTail;
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
  /** Other processes of this machine, which serve the requests. */
  readonly crew?: Crew;
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

/** What was kept of answers is deleted when it has expired. */
function sweepConversations({ home: { conversations }, log }: AppOptions) {
  const sweeper = setInterval(() => void sweepExpired(conversations, log), SWEEP_CONVERSATIONS_EVERY_MS);
  sweeper.unref();
  return { stop: () => clearInterval(sweeper) };
}

/** The same of domains of accounts, which are in force with what is declared. */
function tellingBrands(store: AccountBrandStore, { tell }: Crew): AccountBrandStore {
  async function told(work: ReturnType<AccountBrandStore["remove"]>): Promise<boolean> {
    const done = await work;
    if (done) void tell({ kind: "declared", ref: "" });
    return done;
  }
  return {
    ...store,
    put: (brand) => told(store.put(brand)),
    remove: (accountId) => told(store.remove(accountId)),
  };
}

/** Whoever stores a declaration tells the other processes to read them anew. */
function tellingDeclared(store: DeclaredStore, { tell }: Crew): DeclaredStore {
  async function told(work: ReturnType<DeclaredStore["add"]>): Promise<boolean> {
    const done = await work;
    if (done) void tell({ kind: "declared", ref: "" });
    return done;
  }
  return {
    list: () => store.list(),
    add: (...row) => told(store.add(...row)),
    change: (...changed) => told(store.change(...changed)),
    remove: (...which) => told(store.remove(...which)),
  };
}

/** The hot path of this process; beside a crew it only keeps the books for the processes that serve. */
async function buildHotPath(options: AppOptions, tail: LiveTail): Promise<RunningGateway> {
  const { crew, home } = options;
  if (!crew) return buildGateway({ ...options, tail });
  const declared = tellingDeclared(home.declared, crew);
  const running = await buildGateway({ ...options, home: { ...home, declared }, tail, tell: crew.tell });
  return {
    ...running,
    async configure(config, discovered = NOTHING_DISCOVERED, lines = NO_LINES) {
      const snapshot = await running.configure(config, discovered, lines);
      await crew.configure({ config, discovered, lines });
      return snapshot;
    },
    async flush() {
      await crew.flush();
      await running.flush();
    },
  };
}

/** Builds the product over an opened home; the ledger is registered when it resolves. */
export async function buildApp(options: AppOptions): Promise<App> {
  const { home, settings, log, crew } = options;
  const tail = liveTail();
  const running = await buildHotPath(options, tail);
  const { gateway, declarations, flush, recall } = running;
  const upkeep = buildUpkeep(options);
  const conversations = sweepConversations(options);
  const people = buildPeople({ ...options, config: declarations.config, recall });
  const { mail } = people.deps.senders;
  const paymentProvider = settings.stripe && stripeProvider(settings.stripe);
  const { snapshot, keys } = gateway;
  const subscriptions = buildSubscriptions({ home, log, snapshot, paymentProvider, recall, keys });
  const sweeps = sweepMoney({
    ...options,
    paymentProvider,
    subscriptions,
    ...{ ledger: gateway.ledger, credits: gateway.credits, recall, mail },
    plans: () => snapshot().plans.values(),
  });
  const parts = {
    home: crew ? { ...home, brands: tellingBrands(home.brands, crew) } : home,
    settings,
    log,
    gateway,
    tail,
    people,
    declarations,
    flush,
    recall,
    paymentProvider,
    subscriptions,
    crew,
  };
  const built = buildControl(parts);
  return {
    ...running,
    settings,
    pages: consolePages({ home: settings.home, log }),
    ...built,
    people,
    tail,
    async close(ms) {
      sweeps.stop();
      await upkeep.stop();
      people.stop();
      conversations.stop();
      await running.idle(ms);
      await running.finish();
      await built.control.recentCalls.stop();
      await home.close();
    },
  };
}
