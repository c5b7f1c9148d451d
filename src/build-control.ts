import packageJson from "../package.json" with { type: "json" };
import { buildMetrics } from "./build-metrics.ts";
import { compileSnapshot } from "./catalog/compile-snapshot.ts";
import type { Declarations } from "./config/declarations.ts";
import type { Settings } from "./config/settings.ts";
import type { HttpDeps } from "./control/http/deps.ts";
import { sessionIdentity } from "./control/http/session-identity.ts";
import { tokenIdentity } from "./control/http/token-identity.ts";
import type { ControlDeps } from "./control/operation.ts";
import type { Log } from "./core/log.ts";
import type { Model } from "./core/model.ts";
import type { Nanos } from "./core/money.ts";
import type { TargetProbe } from "./core/target-probe.ts";
import type { Gateway } from "./gateway/gateway.ts";
import { probeTarget } from "./gateway/probe-target.ts";
import { isProven, lookAtDomain } from "./gateway/prove-domain.ts";
import { inNetworks } from "./gateway/public-address.ts";
import type { LiveTail } from "./history/live-tail.ts";
import { recentCalls } from "./history/recent-calls.ts";
import type { Home } from "./home.ts";
import type { People } from "./people.ts";
import type { Crew } from "./workers/crew.ts";

/** What the management of a running product is built over. */
export interface ControlParts {
  readonly home: Home;
  readonly settings: Settings;
  readonly log: Log;
  readonly gateway: Gateway;
  readonly tail: LiveTail;
  readonly people: People;
  readonly declarations: Declarations;
  readonly flush: () => Promise<void>;
  readonly recall: (walletId: string) => Promise<void>;
  /** Undefined where this process serves the requests itself. */
  readonly crew: Crew | undefined;
  /** Undefined where nobody takes payments. */
  readonly paymentProvider: ControlDeps["paymentProvider"];
  readonly subscriptions: ControlDeps["subscriptions"];
}

function probeModel(model: Model): Promise<TargetProbe[]> {
  return Promise.all(model.targets.map((target) => probeTarget(model, target)));
}

async function statusOf({ gateway, home, crew }: ControlParts): Promise<object> {
  const { running, snapshot } = gateway;
  const workers = await crew?.states();
  return {
    running: workers?.reduce((sum, worker) => sum + worker.running, 0) ?? running.size,
    models: snapshot().models.length,
    price_version: snapshot().priceVersion,
    syncs: home.ledgerStore.syncs(),
    rss_bytes: process.memoryUsage.rss(),
    ...(workers ? { workers } : {}),
  };
}

async function heldNanos({ gateway, crew }: ControlParts, walletId: string): Promise<Nanos> {
  return gateway.ledger.heldNanos(walletId) + ((await crew?.heldNanos(walletId)) ?? 0n);
}

function controlOf(parts: ControlParts): ControlDeps {
  const { home, log, gateway, tail, people, declarations, flush, recall, paymentProvider, subscriptions } =
    parts;
  const { snapshot, clock, keys } = gateway;
  return {
    accounts: home.accounts,
    people: people.deps,
    wallets: home.wallets,
    tokens: home.tokens,
    directory: home.directory,
    brands: home.brands,
    isProven: (host, proof) => isProven(lookAtDomain, host, proof),
    codes: home.codes,
    prices: home.prices,
    receipts: gateway.receipts,
    notices: home.notices,
    payments: home.payments,
    quarantine: home.quarantine,
    mails: { stuck: people.mails.stuck, again: home.mails.again, remove: home.mails.remove },
    payBack: (requestId) => home.ledgerStore.reverse(requestId),
    paymentProvider,
    subscriptions,
    currencies: home.currencies,
    autoTopUps: home.autoTopUps,
    history: home.history,
    queries: home.queries,
    steps: home.steps,
    tail,
    snapshot,
    declaredViews: declarations.views,
    config: declarations.config,
    transcripts: gateway.transcripts,
    secret: home.secret,
    secrets: home.secrets,
    clock,
    flush,
    forgetKey: (keyId) => keys.forgetKey(keyId),
    recall,
    openLots: home.openLots,
    recentCalls: recentCalls({ clock, tail, queries: home.queries, log, board: home.shared?.calls }),
    isCooling: (target) => gateway.cooldowns.isCooling(target),
    heldNanos: (walletId) => heldNanos(parts, walletId),
    limitsLeft: (principal, plan) => gateway.limiter.peek({ principal, plan }),
    budgetsLeft: (principal, plan) => gateway.budgets.standings(principal, plan),
    inNetworks,
    region: gateway.region,
    snapshotOf: (config) => compileSnapshot(config, snapshot().priceVersion, home.secret),
    probeModel,
    status: () => statusOf(parts),
  };
}

function outboxOf({ people: { mail, text, openOutbox } }: Settings, { outbox }: People): HttpDeps["outbox"] {
  return mail && text ? undefined : { open: openOutbox && !mail && !text, list: () => outbox.list() };
}

/** The operations of commands, and what the console and the management API are made of. */
export function buildControl(parts: ControlParts): {
  readonly control: ControlDeps;
  readonly http: Omit<HttpDeps, "closing">;
} {
  const { home, settings, log, people, declarations } = parts;
  const control = controlOf(parts);
  const { version } = packageJson;
  const http = {
    control,
    metrics: buildMetrics({ ...parts, version }),
    audit: home.audit,
    identify: [tokenIdentity(control), sessionIdentity(people.deps)],
    outbox: outboxOf(settings, people),
    config: declarations.config,
    declarations,
    environment: settings.told,
    version,
    log,
  };
  return { control, http };
}
