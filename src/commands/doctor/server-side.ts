import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { RedisClient } from "bun";
import { countOf } from "../../base/count-of.ts";
import { compileSnapshot } from "../../catalog/compile-snapshot.ts";
import type { Settings } from "../../config/settings.ts";
import type { Config, ModelConfig } from "../../config/types.ts";
import { reasonOf } from "../../control/setup/probe.ts";
import { callControl } from "../../control/socket.ts";
import type { Upstream } from "../../core/model.ts";
import { readConfigText, resolveNow } from "../../home.ts";
import { firstRow, openPool } from "../../storage/postgres/connection.ts";
import type { WorkerState } from "../../workers/crew.ts";
import type { CommandContext } from "../command.ts";
import { declaredRows, leftOutLines } from "../declared-rows.ts";
import { notInForce } from "../not-in-force.ts";
import { clockFinding, type Finding, fail, guarded, ok, warn } from "./finding.ts";
import { diskFindings, homeFindings, limitFinding, portFinding } from "./machine.ts";

const PATIENCE_MS = 10_000;

function zeroPriced({ price }: ModelConfig): boolean {
  return Object.entries(price)
    .filter(([name]) => name !== "periods")
    .every(([, value]) => typeof value !== "bigint" || value === 0n);
}

/** Models that give away what upstreams charge for. */
export function priceFindings({ models, upstreams }: Config): Finding[] {
  const paid = new Set(upstreams.filter(({ apiKey }) => apiKey !== "").map(({ id }) => id));
  const free = models.filter(
    (model) => zeroPriced(model) && model.targets.some(({ upstream }) => paid.has(upstream)),
  );
  if (free.length === 0)
    return [ok("prices", `${countOf(models.length, "model")} with a price or without a paid upstream`)];
  const names = free
    .slice(0, 5)
    .map(({ id }) => id)
    .join(", ");
  return [
    warn(
      "prices",
      `${countOf(free.length, "model")} at paid upstreams cost nothing here: ${names}`,
      "give them a price in quoin.yaml, or take list prices: quoin prices import",
    ),
  ];
}

/** Clouds that tell what they serve only at other addresses, to other credentials. */
const WITHOUT_LIST: readonly string[] = ["bedrock", "vertex"];

/** Where the credential goes in a header of its own. */
const KEY_HEADERS: Partial<Record<Upstream["provider"], string>> = {
  azure: "api-key",
  google: "x-goog-api-key",
};

function modelsRequest({ provider, baseUrl, apiKey, headers }: Upstream): {
  url: string;
  headers: Record<string, string>;
} {
  const own = { ...headers, "user-agent": "quoin" };
  if (provider === "anthropic") {
    const url = baseUrl.endsWith("/v1") ? `${baseUrl}/models` : `${baseUrl}/v1/models`;
    return {
      url,
      headers: { "anthropic-version": "2023-06-01", ...(apiKey ? { "x-api-key": apiKey } : {}), ...own },
    };
  }
  const header = KEY_HEADERS[provider];
  const credential = header ? { [header]: apiKey } : { authorization: `Bearer ${apiKey}` };
  return { url: `${baseUrl}/models`, headers: { ...(apiKey ? credential : {}), ...own } };
}

/** An upstream's list of models: it costs nothing and needs the credential. */
export async function upstreamFindings(upstream: Upstream): Promise<Finding[]> {
  const check = `upstream ${upstream.id}`;
  if (upstream.provider === "demo") return [ok(check, "the built-in demo")];
  if (WITHOUT_LIST.includes(upstream.provider))
    return [
      ok(check, `${upstream.baseUrl} has no list of models to ask for: quoin models test MODEL asks one`),
    ];
  const { url, headers } = modelsRequest(upstream);
  let response: Response;
  try {
    response = await fetch(url, { headers, redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (thrown) {
    return [
      fail(
        check,
        `${url} cannot be reached: ${reasonOf(thrown)}`,
        "check base_url, the network, and whether it runs",
      ),
    ];
  }
  void response.body?.cancel().catch(() => undefined);
  const clock = clockFinding(response.headers.get("date"), `${upstream.id}'s`);
  return [judge(check, url, response.status), ...(clock && clock.level !== "ok" ? [clock] : [])];
}

function judge(check: string, url: string, status: number): Finding {
  if (status >= 200 && status < 300) return ok(check, `${url} answers, and takes the credential`);
  if (status === 401 || status === 403)
    return fail(
      check,
      `${url} refuses the credential (${status})`,
      "set another api_key, or the variable that it comes from",
    );
  if (status === 404 || status === 405)
    return warn(
      check,
      `it answers, but has no list of models (${status})`,
      "see whether base_url is right: quoin models test MODEL",
    );
  if (status === 429)
    return warn(check, "its limits are reached (429)", "wait, or raise them with the vendor");
  if (status >= 300 && status < 400)
    return fail(check, `${url} redirects (${status})`, "write the address that it redirects to as base_url");
  return fail(check, `${url} answers ${status}`, "see the vendor's status page, or the server's log");
}

async function databaseFindings(url: string): Promise<Finding[]> {
  const pool = openPool(url, 1);
  try {
    const begin = performance.now();
    const row = await firstRow<{ now_ms: number; version: string }>(
      pool,
      "select (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms, current_setting('server_version') as version",
    );
    const tookMs = performance.now() - begin;
    const clock = clockFinding(new Date(Number(row?.now_ms)).toUTCString(), "PostgreSQL's");
    return [
      ok("postgresql", `version ${row?.version ?? "?"} answers in ${Math.round(tookMs)} ms`),
      ...(clock && clock.level !== "ok" ? [clock] : []),
    ];
  } finally {
    await pool.close({ timeout: 1 });
  }
}

async function redisFindings(url: string): Promise<Finding[]> {
  const client = new RedisClient(url, { connectionTimeout: PATIENCE_MS, autoReconnect: false });
  try {
    await client.connect();
    const begin = performance.now();
    const [seconds] = (await client.send("TIME", [])) as [string, string];
    const tookMs = performance.now() - begin;
    const clock = clockFinding(new Date(Number(seconds) * 1000).toUTCString(), "Redis'");
    const found = `answers in ${tookMs.toFixed(1)} ms`;
    const speed =
      tookMs < 20
        ? ok("redis", found)
        : warn("redis", `${found}, and every request asks it`, "put it nearer to the nodes");
    return [speed, ...(clock && clock.level !== "ok" ? [clock] : [])];
  } finally {
    client.close();
  }
}

/** One of the processes that serve requests, where there are several. */
function workerFinding({ id, pid, running, restarts, last_end, rss_bytes }: WorkerState): Finding {
  const check = `worker ${id}`;
  if (rss_bytes === 0)
    return warn(
      check,
      `process ${pid} does not answer`,
      "look again; if it stays so, it is killed after QUOIN_WORKER_SILENCE_MS, and another takes its place",
    );
  const found = `process ${pid} runs, with ${countOf(running, "request")} at this moment`;
  if (restarts === 0) return ok(check, found);
  return warn(
    check,
    `${found}; it was replaced ${countOf(restarts, "time")}, the last ended so: ${last_end}`,
    "the server's log says how each ended",
  );
}

interface Status {
  readonly running?: number;
  readonly models?: number;
  readonly workers?: readonly WorkerState[];
}

async function runningFindings(home: string, settings: Settings): Promise<Finding[]> {
  const status = (await callControl(home, "status", {})) as Status | undefined;
  if (!status) return [ok("server", "none runs on this home"), await portFinding(settings)];
  return [
    ok(
      "server",
      `runs, with ${countOf(Number(status.models ?? 0), "model")} and ${countOf(Number(status.running ?? 0), "request")} at this moment`,
    ),
    ...(status.workers ?? []).map(workerFinding),
  ];
}

async function configFindings(
  context: CommandContext,
): Promise<{ config: Config | undefined; findings: Finding[] }> {
  const { settings, env } = context;
  const text = readConfigText(settings);
  const { config, found } = await resolveNow(settings, env, text);
  const where = text === undefined ? "no quoin.yaml; what was found around it" : settings.configFile;
  const summary = ok(
    "config",
    `${where}: ${countOf(config.upstreams.length, "upstream")}, ${countOf(config.models.length, "model")}, ${countOf(config.plans.length, "plan")}`,
  );
  const snapshot = compileSnapshot(config, 1, "doctor");
  const notes = notInForce(config, snapshot).map((note) =>
    warn("config", `not in force: ${note}`, "change quoin.yaml"),
  );
  const demo = (found?.notes ?? []).map((note) => ok("config", note));
  return { config, findings: [summary, ...notes, ...demo] };
}

/** What was declared in the console: what of it is not in force, and what is not asked from here. */
async function declaredFindings(context: CommandContext): Promise<Finding[]> {
  const rows = await declaredRows(context);
  if (rows === undefined || rows.length === 0) return [];
  const left = leftOutLines(rows).map((line) =>
    fail("console", `not in force: ${line}`, "change it in the console"),
  );
  const upstreams = rows.filter(({ kind }) => kind === "upstream").map(({ id }) => id);
  const asked =
    upstreams.length === 0 ? "" : `; ask its upstreams by quoin models test: ${upstreams.join(", ")}`;
  return [ok("console", `${countOf(rows.length, "row")} declared there${asked}`), ...left];
}

/** This machine as a server: configuration, stores, disk, port, upstreams, prices, clock. */
export async function examineServer(context: CommandContext): Promise<Finding[]> {
  const { settings } = context;
  const home = resolve(settings.home);
  let config: Config | undefined;
  const findings = [
    ...(await guarded(
      "config",
      async () => {
        const read = await configFindings(context);
        config = read.config;
        return read.findings;
      },
      "quoin config check says the line",
    )),
    ...(await guarded("console", () => declaredFindings(context), "see the findings of the stores below")),
    ...(await guarded("home", () => homeFindings(home), "see QUOIN_HOME")),
    ...(existsSync(home) ? await guarded("disk", () => diskFindings(home), "see QUOIN_HOME") : []),
    ...(await guarded("server", () => runningFindings(home, settings), "see the server's log")),
    ...limitFinding(),
  ];
  const { databaseUrl, redisUrl } = settings;
  if (databaseUrl !== undefined)
    findings.push(
      ...(await guarded(
        "postgresql",
        () => databaseFindings(databaseUrl),
        "check QUOIN_DATABASE_URL, and whether it runs",
      )),
    );
  if (redisUrl !== undefined)
    findings.push(
      ...(await guarded(
        "redis",
        () => redisFindings(redisUrl),
        "check QUOIN_REDIS_URL, and whether it runs: without it requests are 503",
      )),
    );
  if (!config) return findings;
  const upstreams = await Promise.all(config.upstreams.map(upstreamFindings));
  return [...findings, ...upstreams.flat(), ...priceFindings(config)];
}
