import type { SQL } from "bun";
import type { Awaitable } from "../../base/awaitable.ts";
import type { TellNodes } from "../subscription-store.ts";
import { type Queries, rowsOf } from "./connection.ts";

/**
 * key: a key was revoked or changed · wallet: another node needs this wallet's money, or it has new money ·
 * declared: something was declared, changed or removed in the console.
 */
export type NoticeKind = "key" | "wallet" | "declared";

export interface Notice {
  readonly kind: NoticeKind;
  /** The key's or wallet's id; empty for what is declared. */
  readonly ref: string;
}

const CHANNEL = "quoin_notice";
const POLL_MS = 250;
/** No answer to a question this small for so long: its connection is given up. */
const SILENT_MS = 4_000;
/** After so long without an answer what is remembered of keys can no longer be trusted. */
const DEAF_AFTER_MS = 900;
/** Notices are looked for so far back: longer than any transaction that writes one takes. */
const WINDOW_MS = 10_000;
const KEPT_MS = 60_000;
const CLEAN_EVERY = 120;

/** Tells all nodes, this one too, once the transaction is committed. */
export async function tellNodes(sql: Queries, kind: NoticeKind, ref: string): Promise<void> {
  await sql.unsafe("INSERT INTO node_notice (kind, ref) VALUES ($1, $2)", [kind, ref]);
  await sql.unsafe(`SELECT pg_notify('${CHANNEL}', '')`);
}

/** The same within steps that know no database. */
export const TELL_DECLARED: readonly string[] = [
  "INSERT INTO node_notice (kind, ref) VALUES ('declared', '')",
  `SELECT pg_notify('${CHANNEL}', '')`,
];

/** The same of a key or a wallet. */
export const tellSteps: TellNodes = (kind, ref) => [
  { text: "INSERT INTO node_notice (kind, ref) VALUES ($1, $2)", values: [kind, ref] },
  { text: `SELECT pg_notify('${CHANNEL}', '')`, values: [] },
];

export interface Listener {
  readonly onNotice: (notice: Notice) => Awaitable<void>;
  /** Nothing was heard for so long that the connections may be dead. */
  readonly onSilent?: () => void;
  /** Notices may have been missed: whatever they would have changed must be asked for anew. */
  readonly onDeaf: () => void;
}

/**
 * Hears what nodes tell each other: asks every 250 ms, and at once when PostgreSQL says that there is news.
 * @returns how to stop
 */
export function hearNotices(sql: SQL, { onNotice, onDeaf, onSilent }: Listener): () => Promise<void> {
  const seen = new Map<bigint, number>();
  let stopped = false;
  let asking = false;
  let askAgain = false;
  let heardMs = performance.now();
  let renewedMs = heardMs;
  let asked = 0;

  async function ask(): Promise<void> {
    const rows = await rowsOf<{ notice_id: bigint; kind: NoticeKind; ref: string }>(
      sql,
      `SELECT notice_id, kind, ref FROM node_notice WHERE at > quoin_now() - ${WINDOW_MS} ORDER BY notice_id`,
    );
    const nowMs = performance.now();
    for (const { notice_id, kind, ref } of rows) {
      if (!seen.has(notice_id)) void onNotice({ kind, ref });
      seen.set(notice_id, nowMs);
    }
    for (const [id, ms] of seen) if (ms < nowMs - WINDOW_MS) seen.delete(id);
    heardMs = nowMs;
    if (++asked % CLEAN_EVERY === 0)
      await sql.unsafe(`DELETE FROM node_notice WHERE at < quoin_now() - ${KEPT_MS}`);
  }

  async function askNow(): Promise<void> {
    askAgain = true;
    if (asking) return;
    asking = true;
    while (askAgain && !stopped) {
      askAgain = false;
      // What failed is asked again at the next turn of the clock; the silence itself is what is acted on.
      await ask().catch(() => undefined);
    }
    asking = false;
  }

  const timer = setInterval(() => {
    const nowMs = performance.now();
    if (nowMs - heardMs > DEAF_AFTER_MS) onDeaf();
    if (nowMs - Math.max(heardMs, renewedMs) > SILENT_MS) {
      renewedMs = nowMs;
      onSilent?.();
    }
    void askNow();
  }, POLL_MS);
  timer.unref();
  const listening = sql.listen(CHANNEL, () => void askNow()).catch(() => undefined);
  return async () => {
    stopped = true;
    clearInterval(timer);
    await (await listening)?.unlisten().catch(() => undefined);
  };
}
