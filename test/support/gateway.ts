import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, buildApp } from "../../src/app.ts";
import { keepLoopbackDirect } from "../../src/base/direct-loopback.ts";
import { resolveConfig } from "../../src/config/resolve.ts";
import { readSettings } from "../../src/config/settings.ts";
import { runOperation } from "../../src/control/operations.ts";
import { type Home, lockAndOpenHome } from "../../src/home.ts";
import { startServer } from "../../src/server.ts";
import { until } from "./until.ts";

export interface GatewayOptions {
  /** quoin.yaml as text or as an object. */
  readonly config: string | object;
  /** Settings besides QUOIN_HOME, which is a new folder unless given here. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Customer {
  readonly account: string;
  readonly key: string;
  readonly keyId: string;
  readonly accountId: string;
  readonly walletId: string;
}

export interface RequestView {
  readonly id: string;
  readonly status: number;
  readonly outcome: string;
  readonly error: string | null;
  readonly charge_nanos: string;
  readonly usage: Readonly<Record<string, number>>;
  readonly usage_source: string;
  readonly notes: readonly string[];
  readonly attempts: readonly {
    upstream: string;
    model: string;
    status: number;
    outcome: string;
    reason: string | null;
  }[];
  readonly [field: string]: unknown;
}

type SqliteBacked = Home & { readonly db: NonNullable<Home["db"]> };

export interface TestGateway {
  readonly app: App;
  readonly home: SqliteBacked;
  readonly url: string;
  readonly port: number;
  readonly log: readonly LogLine[];
  /** A new account with a key and money. */
  customer(options?: { usd?: string; plan?: string; account?: string }): Promise<Customer>;
  /** A control operation. */
  operate(name: string, args: object): Promise<Record<string, unknown>>;
  balanceNanos(customer: Customer): bigint;
  /** The customer's requests, newest first, when none runs any more. */
  requests(customer: Customer): Promise<readonly RequestView[]>;
  /** Takes every target for well, whatever a test has made of it. */
  forgiveTargets(): void;
  /** Nothing runs, nothing is held. @throws Error saying what is left. */
  settled(): Promise<void>;
  /** @throws Error when something was left behind or failed inside. */
  close(): Promise<void>;
}

let accounts = 0;

async function makeCustomer(
  app: App,
  home: Home,
  {
    usd = "10",
    plan = "default",
    account = `account-${++accounts}`,
  }: Parameters<TestGateway["customer"]>[0] = {},
): Promise<Customer> {
  const made = (await runOperation(app.control, "keys.create", { account, plan })) as Record<string, string>;
  if (usd !== "0") await runOperation(app.control, "wallet.top-up", { account, amount: usd });
  const ids = await home.accounts.findAccount(account);
  if (!ids) throw new Error(`the account ${account} was not made`);
  return { account, key: made.key ?? "", keyId: made.id ?? "", ...ids };
}

/** Faults of our own are never part of a test unless it says so. */
function faultsIn(log: readonly LogLine[]): string[] {
  return log
    .filter(({ level }) => level === "error")
    .map(({ message, fields }) => `${message} ${JSON.stringify(fields)}`);
}

/** The product in this process on a port of its own, over a new home. */
export async function startGateway(options: GatewayOptions): Promise<TestGateway> {
  keepLoopbackDirect(process.env);
  const made = options.env?.QUOIN_HOME === undefined ? mkdtempSync(join(tmpdir(), "quoin-test-")) : undefined;
  const env = { QUOIN_HOME: made ?? "", QUOIN_DISCOVER: "off", QUOIN_PORT: "0", ...options.env };
  const settings = readSettings(env);
  const log: LogLine[] = [];
  const home = await lockAndOpenHome(settings, (cause) => {
    throw cause;
  });
  if (!home) throw new Error(`${settings.home} is locked`);
  const { db } = home;
  if (!db) throw new Error("these tests look into SQLite");
  const text = typeof options.config === "string" ? options.config : JSON.stringify(options.config);
  const { config } = await resolveConfig(text, { file: "quoin.yaml", env, settings });
  const app = await buildApp({
    home,
    settings,
    config,
    log: (level, message, fields = {}) => void log.push({ level, message, fields }),
  });
  const server = startServer(app, { host: "127.0.0.1", port: 0 });
  const { port } = server.address;

  async function settled(): Promise<void> {
    const { gateway } = app;
    await until(
      "the end of every request",
      () => gateway.running.size + gateway.ledger.running + gateway.limiter.held === 0,
    );
  }

  return {
    app,
    home: { ...home, db },
    url: `http://127.0.0.1:${port}`,
    port,
    log,
    forgiveTargets() {
      const { snapshot, cooldowns } = app.gateway;
      for (const { targets } of snapshot().models) for (const target of targets) cooldowns.served(target);
    },
    customer: (wanted) => makeCustomer(app, home, wanted),
    operate: async (name, args) => (await runOperation(app.control, name, args)) as Record<string, unknown>,
    balanceNanos({ walletId }) {
      const balance = home.wallets.balance(walletId, Date.now());
      if (typeof balance === "bigint") return balance;
      throw new Error("this gateway's store answers later; ask it by wallet.show");
    },
    async requests({ account }) {
      await settled();
      const listed = await runOperation(app.control, "requests.list", { account, limit: 1_000 });
      return (listed as { requests: RequestView[] }).requests;
    },
    settled,
    async close() {
      await settled();
      server.stopAccepting();
      await app.close(1_000);
      if (made !== undefined) rmSync(made, { recursive: true, force: true });
      const faults = faultsIn(log);
      if (faults.length > 0) throw new Error(`Quoin logged errors:\n${faults.join("\n")}`);
    },
  };
}
