import type { HistoryQueries } from "../src/history/queries.ts";
import type { RequestFilter } from "../src/history/search.ts";
import { groupsMaxOf, type UsageGroup, type UsageQuery } from "../src/history/usage.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const PAGE = 50;
/** The longest page, and how many requests an upstream's page looks through for its errors. */
const LONG_PAGE = 200;

export interface Span {
  readonly from: number;
  readonly to: number;
  /** The id of an account, a key, a user and a request that are not there. */
  readonly stranger: string;
}

/** How many questions ask about another time, of the history's newest day backwards. */
export const ROUNDS = 20;

/** @returns how many rows it was told */
export type Question = readonly [name: string, ask: (round: number) => Promise<number>];

interface Faces {
  /** The accounts with the most and the least requests of the last week. */
  readonly large: string;
  readonly small: string;
  readonly keyId: string;
  readonly userId: string;
  readonly smallUserId: string;
}

async function facesOf(queries: HistoryQueries, { from, to }: Span): Promise<Faces> {
  const week = { from: Math.max(from, to - 7 * DAY_MS), to, bucket: "day" } as const;
  const first = async (asked: Pick<UsageQuery, "accountId" | "groupBy">) =>
    (await queries.usageOver({ ...week, ...asked }))[0]?.group ?? "";
  const byAccount = new Map<string, number>();
  for (const { group, requests } of await queries.usageOver({ ...week, groupBy: "account" }))
    byAccount.set(group, (byAccount.get(group) ?? 0) + requests);
  const sorted = [...byAccount].sort(([, a], [, b]) => b - a);
  const large = sorted[0]?.[0] ?? "";
  const small = sorted.at(-1)?.[0] ?? "";
  return {
    ...{ large, small },
    keyId: await first({ accountId: large, groupBy: "key" }),
    userId: await first({ accountId: large, groupBy: "user" }),
    smallUserId: await first({ accountId: small, groupBy: "user" }),
  };
}

/** What the console's lists ask, by the filters that can be set there. */
function filtersOf(
  { large, small, keyId, userId, smallUserId }: Faces,
  { stranger }: Span,
): [string, RequestFilter][] {
  const inLarge: [string, RequestFilter][] = [
    ["a model", { model: "model-3" }],
    ["a key", { keyId }],
    ["a user", { userId }],
    ["a project", { project: "batch" }],
    ["2xx", { statusClass: 2 }],
    ["4xx", { statusClass: 4 }],
    ["5xx", { statusClass: 5 }],
    ["failed", { outcome: "failed" }],
    ["cut by its client", { outcome: "cut_by_client" }],
    ["a program and a project", { client: "codex", project: "web" }],
    ["a version of a program that is not there", { client: "codex/9" }],
    ["a model of one in 100,000", { model: "model-rare" }],
    ["an upstream and 5xx", { upstream: "up-2", statusClass: 5 }],
    ["a project that is not there", { project: "no such project" }],
  ];
  const ofAll: [string, RequestFilter][] = [
    ["2xx", { statusClass: 2 }],
    ["4xx", { statusClass: 4 }],
    ["5xx", { statusClass: 5 }],
    ["failed", { outcome: "failed" }],
    ["cut by the upstream, of which there is none", { outcome: "cut_by_upstream" }],
    ["a protocol", { protocol: "openai-chat" }],
    ["a protocol that nobody speaks", { protocol: "gemini" }],
    ["a program", { client: "curl" }],
    ["a version of a program that is not there", { client: "codex/9" }],
    ["an upstream", { upstream: "up-2" }],
    ["an upstream and 5xx", { upstream: "up-2", statusClass: 5 }],
    ["a model of one in 100,000", { model: "model-rare" }],
    ["a model and cut by its client", { model: "model-7", outcome: "cut_by_client" }],
    ["that model and 5xx", { model: "model-rare", statusClass: 5 }],
    ["a model that is not there", { model: "no such model" }],
    ["a key", { keyId }],
    ["a key that is not there", { keyId: stranger }],
    ["a user of a large account", { userId }],
    ["a user of a small account", { userId: smallUserId }],
    ["a user that is not there", { userId: stranger }],
    ["a project", { project: "batch" }],
    ["a project that is not there", { project: "no such project" }],
    ["2xx and a program", { statusClass: 2, client: "curl" }],
    ["a user and 5xx", { userId, statusClass: 5 }],
  ];
  return [
    ["list: all", {}],
    ["list: a large account", { accountId: large }],
    ["list: a small account", { accountId: small }],
    ["list: an account without requests", { accountId: stranger }],
    ...inLarge.map(([name, filter]): [string, RequestFilter] => [
      `a large account: ${name}`,
      { accountId: large, ...filter },
    ]),
    ["a small account: 5xx", { accountId: small, statusClass: 5 }],
    ["a small account: a program", { accountId: small, client: "curl" }],
    ...ofAll.map(([name, filter]): [string, RequestFilter] => [`all: ${name}`, filter]),
  ];
}

function searches(queries: HistoryQueries, faces: Faces, span: Span): Question[] {
  const at = (round: number) => span.to - Math.floor(((span.to - span.from) * round) / ROUNDS);
  const rows = async (filter: RequestFilter, limit = PAGE) =>
    (await queries.searchRequests({ ...filter, limit })).records.length;
  const before = (round: number) => (round === 0 ? {} : { to: at(round) });
  const hourBefore = (round: number) => ({ from: at(round) - HOUR_MS, to: at(round) });
  return [
    ...filtersOf(faces, span).map(
      ([name, filter]): Question => [name, (round) => rows({ ...before(round), ...filter })],
    ),
    ["an hour of all", (round) => rows(hourBefore(round))],
    ["an hour of all: 5xx", (round) => rows({ ...hourBefore(round), statusClass: 5 })],
    ["an hour of a large account", (round) => rows({ ...hourBefore(round), accountId: faces.large })],
    ["a page of 200 of all", (round) => rows(before(round), LONG_PAGE)],
    ["a page of 200 of an upstream", (round) => rows({ ...before(round), upstream: "up-1" }, LONG_PAGE)],
    ["a key's newest 50 (the probe)", () => rows({ accountId: faces.large, keyId: faces.keyId })],
  ];
}

async function lookUps(queries: HistoryQueries, span: Span): Promise<Question[]> {
  const some = (await queries.searchRequests({ limit: PAGE })).records;
  const old = (await queries.searchRequests({ limit: PAGE, to: span.from + DAY_MS })).records;
  const find = async (id = "") => ((await queries.findRequest(id)) ? 1 : 0);
  return [
    ["look-up: a new request", (round) => find(some[round]?.id)],
    ["look-up: an old request", (round) => find(old[round]?.id)],
    ["look-up: a request that is not there", () => find(span.stranger)],
    [
      "look-up: last use of 50 keys",
      async () => (await queries.lastUsed(some.map(({ keyId }) => keyId))).size,
    ],
    ["look-up: size of the history", async () => ((await queries.size()).rows > 0 ? 1 : 0)],
  ];
}

type Sums = readonly [name: string, days: number, bucket: "hour" | "day", groupBy?: UsageGroup];

const SUMS_OF_ALL: readonly Sums[] = [
  ["24 hours", 1, "hour"],
  ["7 days by hour", 7, "hour"],
  ["32 days by hour", 32, "hour"],
  ["90 days", 90, "day"],
  ["24 hours by model", 1, "hour", "model"],
  ["90 days by model", 90, "day", "model"],
  ["90 days by upstream", 90, "day", "upstream"],
  ["90 days by program", 90, "day", "client"],
  ["24 hours by account", 1, "hour", "account"],
  ["7 days by account", 7, "day", "account"],
  ["90 days by account", 90, "day", "account"],
];

const SUMS_OF_ONE: readonly Sums[] = [
  ["24 hours", 1, "hour"],
  ["90 days", 90, "day"],
  ["7 days by hour and model", 7, "hour", "model"],
  ["90 days by model", 90, "day", "model"],
  ["90 days by key", 90, "day", "key"],
  ["90 days by user", 90, "day", "user"],
  ["90 days by project", 90, "day", "project"],
];

const ACTIVE: readonly Sums[] = [
  ["24 hours", 1, "hour"],
  ["90 days", 90, "day"],
];

function usage(queries: HistoryQueries, { large, small }: Faces, span: Span): Question[] {
  const question = (
    whose: string,
    accountId: string | undefined,
    [name, days, bucket, groupBy]: Sums,
  ): Question => [
    `usage of ${whose}: ${name}`,
    async () => {
      const asked = { accountId, from: span.to - days * DAY_MS, to: span.to, bucket, groupBy };
      return (await queries.usageOver({ ...asked, groupsMax: groupsMaxOf(asked) })).length;
    },
  ];
  return [
    ...SUMS_OF_ALL.map((sums) => question("all", undefined, sums)),
    ...SUMS_OF_ONE.map((sums) => question("a large account", large, sums)),
    ...ACTIVE.map(
      ([name, days, bucket]): Question => [
        `active accounts: ${name}`,
        async () =>
          (await queries.activeAccounts({ from: span.to - days * DAY_MS, to: span.to, bucket })).total,
      ],
    ),
    question("a small account", small, ["90 days by key", 90, "day", "key"]),
  ];
}

/** Everything that pages of the console ask of the history. */
export async function questionsFor(queries: HistoryQueries, span: Span): Promise<Question[]> {
  const faces = await facesOf(queries, span);
  return [
    ...searches(queries, faces, span),
    ...(await lookUps(queries, span)),
    ...usage(queries, faces, span),
  ];
}
