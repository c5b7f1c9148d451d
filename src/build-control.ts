import packageJson from "../package.json" with { type: "json" };
import { compileSnapshot } from "./catalog/compile-snapshot.ts";
import type { Declarations } from "./config/declarations.ts";
import type { Settings } from "./config/settings.ts";
import type { HttpDeps } from "./control/http/deps.ts";
import { sessionIdentity } from "./control/http/session-identity.ts";
import { tokenIdentity } from "./control/http/token-identity.ts";
import type { ControlDeps } from "./control/operation.ts";
import type { Log } from "./core/log.ts";
import type { Model } from "./core/model.ts";
import type { TargetProbe } from "./core/target-probe.ts";
import type { Gateway } from "./gateway/gateway.ts";
import { probeTarget } from "./gateway/probe-target.ts";
import { inNetworks } from "./gateway/public-address.ts";
import type { LiveTail } from "./history/live-tail.ts";
import type { Home } from "./home.ts";
import type { People } from "./people.ts";

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
  /** Undefined where nobody takes payments. */
  readonly paymentProvider: ControlDeps["paymentProvider"];
  readonly subscriptions: ControlDeps["subscriptions"];
}

function probeModel(model: Model): Promise<TargetProbe[]> {
  return Promise.all(model.targets.map((target) => probeTarget(model, target)));
}

function statusOf({ running, snapshot }: Gateway, home: Home): object {
  return {
    running: running.size,
    models: snapshot().models.length,
    price_version: snapshot().priceVersion,
    syncs: home.ledgerStore.syncs(),
    rss_bytes: process.memoryUsage.rss(),
  };
}

function controlOf({
  home,
  gateway,
  tail,
  people,
  declarations,
  flush,
  paymentProvider,
  subscriptions,
}: ControlParts): ControlDeps {
  const { snapshot, clock, keys, ledger } = gateway;
  return {
    accounts: home.accounts,
    people: people.deps,
    wallets: home.wallets,
    tokens: home.tokens,
    directory: home.directory,
    codes: home.codes,
    prices: home.prices,
    receipts: gateway.receipts,
    notices: home.notices,
    payments: home.payments,
    quarantine: home.quarantine,
    payBack: (requestId) => home.ledgerStore.reverse(requestId),
    paymentProvider,
    subscriptions,
    autoTopUps: home.autoTopUps,
    history: home.history,
    queries: home.queries,
    steps: home.steps,
    tail,
    snapshot,
    config: declarations.config,
    transcripts: gateway.transcripts,
    secret: home.secret,
    clock,
    flush,
    forgetKey: (keyId) => keys.forgetKey(keyId),
    recall: (walletId) => ledger.recall(walletId),
    openLots: home.openLots,
    isCooling: (target) => gateway.cooldowns.isCooling(target),
    heldNanos: (walletId) => ledger.heldNanos(walletId),
    limitsLeft: (principal, plan) => gateway.limiter.peek({ principal, plan }),
    budgetsLeft: (principal, plan) => gateway.budgets.standings(principal, plan),
    inNetworks,
    region: gateway.region,
    snapshotOf: (config) => compileSnapshot(config, snapshot().priceVersion, home.secret),
    probeModel,
    status: () => statusOf(gateway, home),
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
  const http = {
    control,
    audit: home.audit,
    identify: [tokenIdentity(control), sessionIdentity(people.deps)],
    outbox: outboxOf(settings, people),
    config: declarations.config,
    declarations,
    version: packageJson.version,
    log,
  };
  return { control, http };
}
