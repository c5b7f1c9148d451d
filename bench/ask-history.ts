import type { HistoryQueries } from "../src/history/queries.ts";
import type { RequestFilter } from "../src/history/search.ts";
import type { UsageGroup } from "../src/history/usage.ts";

const DAY_MS = 86_400_000;
const ROUNDS = 20;
/** As the management API asks. */
const GROUPS_MAX = 100;

interface Span {
  readonly from: number;
  readonly to: number;
  /** The id of an account that has nothing. */
  readonly stranger: string;
}

type Question = readonly [name: string, ask: (round: number) => Promise<number>];

/** The accounts with the most and the least requests of the last week, and a key of the first. */
async function faces(queries: HistoryQueries, { from, to }: Span) {
  const week = { from: Math.max(from, to - 7 * DAY_MS), to, bucket: "day" } as const;
  const byAccount = new Map<string, number>();
  for (const { group, requests } of await queries.usageOver({ ...week, groupBy: "account" }))
    byAccount.set(group, (byAccount.get(group) ?? 0) + requests);
  const sorted = [...byAccount].sort(([, a], [, b]) => b - a);
  const large = sorted[0]?.[0] ?? "";
  const small = sorted.at(-1)?.[0] ?? "";
  const keys = await queries.usageOver({ ...week, accountId: large, groupBy: "key" });
  return { large, small, keyId: keys[0]?.group ?? "" };
}

async function questionsFor(queries: HistoryQueries, span: Span): Promise<Question[]> {
  const { large, small, keyId } = await faces(queries, span);
  const at = (round: number) => span.to - Math.floor(((span.to - span.from) * round) / ROUNDS);
  const search = (name: string, filter: RequestFilter): Question => [
    name,
    async (round) =>
      (await queries.searchRequests({ to: round === 0 ? undefined : at(round), ...filter, limit: 50 }))
        .records.length,
  ];
  const usage = (
    name: string,
    days: number,
    bucket: "hour" | "day",
    accountId?: string,
    groupBy?: UsageGroup,
  ): Question => [
    name,
    async () =>
      (
        await queries.usageOver({
          accountId,
          from: span.to - days * DAY_MS,
          to: span.to,
          bucket,
          groupBy,
          groupsMax: groupBy === "account" || groupBy === "key" ? GROUPS_MAX : undefined,
        })
      ).length,
  ];
  const some = (await queries.searchRequests({ limit: 50 })).records;
  return [
    search("list: all", {}),
    search("list: a large account", { accountId: large }),
    search("list: a small account", { accountId: small }),
    search("list: an account without requests", { accountId: span.stranger }),
    search("filter: a key", { keyId, accountId: large }),
    search("filter: a model, in a large account", { accountId: large, model: "model-3" }),
    search("filter: errors, in a large account", { accountId: large, statusClass: 5 }),
    search("filter: a program and a project, in a large account", {
      accountId: large,
      client: "codex",
      project: "web",
    }),
    search("filter: errors of all", { outcome: "failed" }),
    search("filter: 5xx of all", { statusClass: 5 }),
    search("filter: a model of one in 100,000, of all", { model: "model-rare" }),
    search("filter: that model in a large account", { accountId: large, model: "model-rare" }),
    search("filter: a model and cut by its client, of all", { model: "model-7", outcome: "cut_by_client" }),
    search("filter: a model that is not there", { model: "no such model" }),
    ["look-up: one request", async (round) => ((await queries.findRequest(some[round]?.id ?? "")) ? 1 : 0)],
    [
      "look-up: last use of 50 keys",
      async () => (await queries.lastUsed(some.map((record) => record.keyId))).size,
    ],
    usage("usage: 30 days of all, by day", 30, "day"),
    usage("usage: 30 days of all, by day and model", 30, "day", undefined, "model"),
    usage("usage: 7 days of all, by hour", 7, "hour"),
    usage("usage: 90 days of a large account, by day and key", 90, "day", large, "key"),
    usage("usage: 7 days of a large account, by hour and model", 7, "hour", large, "model"),
    usage("usage: 30 days of a small account, by day", 30, "day", small),
    usage("usage: 7 days of all, by day and account", 7, "day", undefined, "account"),
  ];
}

/** Prints how long each question takes, at times all over the history. */
export async function askHistory(queries: HistoryQueries, span: Span): Promise<void> {
  const { rows, bytes } = await queries.size();
  process.stdout.write(
    `${rows} requests, ${(bytes / 2 ** 30).toFixed(1)} GiB\n\n| question | p50 ms | p95 ms | rows |\n| --- | --- | --- | --- |\n`,
  );
  for (const [name, ask] of await questionsFor(queries, span)) {
    const took: number[] = [];
    let most = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const began = performance.now();
      most = Math.max(most, await ask(round));
      took.push(performance.now() - began);
    }
    took.sort((a, b) => a - b);
    const shown = (share: number) => (took[Math.ceil(share * ROUNDS) - 1] ?? 0).toFixed(1);
    process.stdout.write(`| ${name} | ${shown(0.5)} | ${shown(0.95)} | ${most} |\n`);
  }
}
