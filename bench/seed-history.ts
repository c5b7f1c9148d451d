/**
 * Fills a history with requests of the last ninety days, and measures how long questions to it take. Run as
 * `node bin/run.js bench/seed-history.ts COUNT FOLDER` for SQLite, or with `postgres://…` in place of FOLDER; both
 * must be empty. `--ask` asks a history that was filled before.
 */
import { mkdirSync } from "node:fs";
import { newId } from "../src/base/id.ts";
import type { RequestRecord } from "../src/core/request-record.ts";
import { NO_USAGE } from "../src/core/usage.ts";
import type { HistoryQueries } from "../src/history/queries.ts";
import type { HistoryStore } from "../src/history/recorder.ts";
import { openPool } from "../src/storage/postgres/connection.ts";
import { postgresHistoryQueries } from "../src/storage/postgres/history-queries.ts";
import { postgresHistoryStore } from "../src/storage/postgres/history-store.ts";
import { migrate } from "../src/storage/postgres/migrate.ts";
import { ensurePartitions } from "../src/storage/postgres/partitions.ts";
import { historyFolder, openSqliteHistory } from "../src/storage/sqlite/history-store.ts";
import { historyThread } from "../src/storage/sqlite/history-thread.ts";
import { askHistory } from "./ask-history.ts";

const DAYS = 90;
const DAY_MS = 86_400_000;
const BATCH = 5_000;
const MERGE_EVERY = 20;
const ACCOUNTS = 2_000;
const MODELS = 30;
const CLIENTS = [
  "claude-code/2.0.1",
  "codex/0.9",
  "openai-sdk/6.1",
  "anthropic-sdk/1.2",
  "curl/8",
  "opencode/1.0",
];

/** A generator of numbers from 0 to 1 that gives the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = seeded(7);
const hex = (digits: number): string =>
  Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join("");
const idAt = (at: number, low: string): string => `${at.toString(16).padStart(12, "0")}7${low}`;

/** Few are asked for most: the first of a thousand a hundred times more than the hundredth. */
const ranked = (count: number): number => Math.min(count - 1, Math.floor((count + 1) ** random() - 1));

type Template = Pick<
  RequestRecord,
  "accountId" | "keyId" | "userId" | "project" | "model" | "client" | "attempts"
>;

function templatesOf(account: number): Template[] {
  const accountId = idAt(1_700_000_000_000 + account, `000${hex(16)}`);
  return Array.from({ length: 1 + Math.floor(random() * 8) }, (_, key) => {
    const model = ranked(MODELS);
    return {
      accountId,
      keyId: idAt(1_700_000_000_000 + key, `000${hex(16)}`),
      userId: idAt(1_600_000_000_000 + (key % 3), `000${accountId.slice(-16)}`),
      project: key % 2 === 0 ? "web" : "batch",
      model: `model-${model}`,
      client: CLIENTS[ranked(CLIENTS.length)] ?? "curl/8",
      attempts: [
        { upstream: `up-${model % 5}`, model: "m", status: 200, outcome: "served", startMs: 1, tookMs: 400 },
      ],
    };
  });
}

const ENDS = [
  { status: 200, outcome: "finished" },
  { status: 429, outcome: "failed", error: "the limit of 60 requests a minute is reached" },
  { status: 502, outcome: "failed", error: "no upstream answered" },
  { status: 200, outcome: "cut_by_client" },
] as const;

function endOf(): (typeof ENDS)[number] {
  const draw = random();
  return ENDS[draw < 0.97 ? 0 : draw < 0.985 ? 1 : draw < 0.9852 ? 2 : 3];
}

/** A record at a time; one model in a hundred thousand requests is one that hardly anybody asks for. */
function recordAt(at: number, templates: readonly Template[][]): RequestRecord {
  const mine = templates[ranked(ACCOUNTS)] ?? [];
  const template = mine[Math.floor(random() * mine.length)];
  if (!template) throw new Error("every account has a key");
  const latency = Math.round(200 * 20 ** random());
  const output = Math.floor(random() * 900);
  return {
    id: idAt(
      at,
      `${hex(3)}b${Math.floor(random() * 2 ** 48)
        .toString(16)
        .padStart(15, "0")}`,
    ),
    at,
    ...template,
    ...(random() < 1e-5 ? { model: "model-rare" } : {}),
    protocol: "openai-chat",
    operation: "generate",
    stream: true,
    ...endOf(),
    usage: { ...NO_USAGE, input: 800, cacheRead: output % 2 === 0 ? 4_000 : 0, output },
    usageSource: "reported",
    chargeNanos: BigInt(1_000 * output),
    priceVersion: 1,
    queueMs: 0,
    firstByteMs: Math.round(latency / 3),
    lastByteMs: latency,
    region: "",
    notes: [],
    answerId: `chatcmpl-${output}`,
  };
}

interface Target {
  readonly history: HistoryStore;
  readonly queries: HistoryQueries;
  merge(): Promise<void>;
  close(): Promise<void>;
}

async function openTarget(where: string, from: number): Promise<Target> {
  if (!where.startsWith("postgres://")) {
    mkdirSync(where, { recursive: true });
    const history = openSqliteHistory(where);
    const queries = historyThread(historyFolder(where));
    const merge = async () => history.noteMerged(await queries.merge());
    const close = async () => {
      await queries.close();
      history.close();
    };
    return { history, queries, merge, close };
  }
  const sql = openPool(where);
  await migrate(sql);
  // The months of the past too: a node makes those of the future.
  await ensurePartitions(sql, from);
  const queries = postgresHistoryQueries(sql);
  const merge = async () => void (await queries.lastUsed([]));
  return { history: postgresHistoryStore(sql), queries, merge, close: () => sql.close() };
}

async function fill({ history, merge }: Target, count: number, from: number, to: number): Promise<void> {
  const templates = Array.from({ length: ACCOUNTS }, (_, account) => templatesOf(account));
  const began = performance.now();
  let merging = Promise.resolve();
  for (let made = 0; made < count; made += BATCH) {
    const size = Math.min(BATCH, count - made);
    const batch = Array.from({ length: size }, (_, at) =>
      recordAt(Math.floor(from + ((to - from) * (made + at)) / count), templates),
    );
    await history.insert(batch);
    if ((made / BATCH) % MERGE_EVERY !== 0) continue;
    await merging;
    merging = merge();
    const seconds = Math.round((performance.now() - began) / 1000);
    process.stderr.write(`\r${made + size} of ${count} requests, ${seconds} s `);
  }
  await merging;
  await merge();
  process.stderr.write("\n");
}

if (import.meta.main) {
  const [count = "10000000", where = "", ...flags] = process.argv.slice(2);
  const to = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const from = to - DAYS * DAY_MS;
  const target = await openTarget(where, from);
  if (!flags.includes("--ask")) await fill(target, Number(count), from, to);
  await askHistory(target.queries, { from, to, stranger: newId() });
  await target.close();
}
