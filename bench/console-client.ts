/**
 * Asks the management API what the console's pages ask of the history, as an operator's browser does: a page's
 * questions together, a page every so often, and the live traffic beside them; or everything one after the other, as
 * fast as it is answered.
 *
 * Argument: a ConsolePlan as JSON. Prints a ConsoleResult as one line of JSON.
 */
import { createLatencies, type Latencies } from "./latencies.ts";

/** What the console's stand-in is told to do. */
export type ConsolePlan = {
  readonly port: number;
  /** An operator's management token. */
  readonly token: string;
  /** An account that is there. */
  readonly account: string;
  /** Milliseconds from one page to the next; 0: one question after the other. */
  readonly pageEveryMs: number;
  readonly forMs: number;
};

export type ConsoleResult = {
  readonly answers: number;
  readonly failures: number;
  readonly firstFailure: string | undefined;
  readonly questions: readonly {
    readonly question: string;
    readonly answers: number;
    readonly p50Ms: number;
    readonly p95Ms: number;
  }[];
};

const DAY_MS = 86_400_000;
const plan: ConsolePlan = JSON.parse(process.argv[2] ?? "{}");
const api = `http://127.0.0.1:${plan.port}/console/api/v1`;
const headers = { authorization: `Bearer ${plan.token}` };
const taken = new Map<string, Latencies>();
let answers = 0;
let failures = 0;
let firstFailure: string | undefined;

async function ask(name: string, path: string): Promise<unknown> {
  const beganMs = performance.now();
  const response = await fetch(`${api}${path}`, { headers });
  const told = await response.json();
  answers += 1;
  if (!response.ok) {
    failures += 1;
    firstFailure ??= `${name}: ${response.status} ${JSON.stringify(told)}`;
  }
  const latencies = taken.get(name) ?? createLatencies();
  taken.set(name, latencies);
  latencies.add((performance.now() - beganMs) * 1000);
  return told;
}

const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();

type Page = readonly (readonly [name: string, path: string])[];

function overview(range: string, days: number, bucket: "hour" | "day"): Page {
  const times = { from: daysAgo(days), bucket };
  const usage = (groupBy: string, more: Record<string, string> = {}): Page[number] => [
    `overview of ${range} by ${groupBy}`,
    `/operator/usage?${new URLSearchParams({ ...times, group_by: groupBy, ...more })}`,
  ];
  return [
    usage("none"),
    usage("model"),
    usage("account", { items: "none" }),
    [`overview of ${range}: active accounts`, `/operator/usage/accounts?${new URLSearchParams(times)}`],
  ];
}

/** Of the traffic, by its filters. */
function traffic(keyId: string, userId: string): Page[] {
  const filters: Record<string, string>[] = [
    {},
    { to: daysAgo(45) },
    { status: "5xx" },
    { outcome: "failed", to: daysAgo(30) },
    { model: "model-7", outcome: "cut_by_client", to: daysAgo(10) },
    { model: "no such model" },
    { upstream: "up-2", status: "5xx", to: daysAgo(20) },
    { client: "codex/9", to: daysAgo(1) },
    { key_id: keyId, to: daysAgo(5) },
    { user_id: userId, to: daysAgo(5) },
    { project: "no such project" },
  ];
  return filters.map((filter) => [
    [
      `traffic: ${Object.keys(filter).join(" and ") || "all"}`,
      `/operator/requests?${new URLSearchParams({ limit: "50", ...filter })}`,
    ],
  ]);
}

/** A request of some days ago, to have its key, its user and its id. */
async function oneRequest(): Promise<{ id: string; key_id: string; user_id: string | null }> {
  const query = new URLSearchParams({ to: daysAgo(3), limit: "1" });
  const told = (await ask("one request", `/operator/requests?${query}`)) as {
    items: { id: string; key_id: string; user_id: string | null }[];
  };
  const [item] = told.items;
  if (!item)
    throw new Error("The history has no request of three days ago: bench/seed-history.ts fills one.");
  return item;
}

async function pages(): Promise<Page[]> {
  const { id, key_id, user_id } = await oneRequest();
  const home = `/accounts/${plan.account}`;
  const month = new URLSearchParams({ from: daysAgo(30), bucket: "day", group_by: "key" });
  return [
    overview("24 hours", 1, "hour"),
    overview("30 days", 30, "day"),
    overview("90 days", 90, "day"),
    ...traffic(key_id, user_id ?? ""),
    [["look-up of a request", `/operator/requests/${id}`]],
    [
      ["an account's requests", `${home}/requests?limit=50`],
      ["an account's usage by key", `${home}/usage?${month}`],
      ["an account's keys", `${home}/keys?limit=50`],
    ],
  ];
}

/** Reads the live traffic, as the operator's list does from its start. */
async function follow(signal: AbortSignal): Promise<void> {
  const response = await fetch(`${api}/operator/requests/live`, { headers, signal });
  for await (const _ of response.body ?? []);
}

async function browse(all: readonly Page[], endMs: number): Promise<void> {
  const end = new AbortController();
  // Being ended is how it ends.
  const live = follow(end.signal).catch(() => undefined);
  const open: Promise<unknown>[] = [];
  for (let at = 0; performance.now() < endMs; at++) {
    for (const [name, path] of all[at % all.length] ?? []) open.push(ask(name, path));
    await Bun.sleep(plan.pageEveryMs);
  }
  await Promise.all(open);
  end.abort();
  await live;
}

async function press(all: readonly Page[], endMs: number): Promise<void> {
  const questions = all.flat();
  for (let at = 0; performance.now() < endMs; at++) {
    const [name, path] = questions[at % questions.length] ?? ["", ""];
    await ask(name, path);
  }
}

const all = await pages();
const endMs = performance.now() + plan.forMs;
if (plan.pageEveryMs > 0) await browse(all, endMs);
else await press(all, endMs);
const result: ConsoleResult = {
  ...{ answers, failures, firstFailure },
  questions: [...taken].map(([question, latencies]) => ({
    question,
    answers: latencies.count(),
    p50Ms: latencies.percentile(0.5) / 1000,
    p95Ms: latencies.percentile(0.95) / 1000,
  })),
};
console.log(JSON.stringify(result));
