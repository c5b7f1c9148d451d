import type { SQL } from "bun";
import { newId } from "../../base/id.ts";
import {
  type ChargeEntry,
  type ChargeRow,
  type ChargeState,
  EpochOver,
  type LeaseAnswer,
  type LeaseStep,
  type LedgerStore,
  type ReturnStep,
  type SettleResult,
} from "../../billing/store.ts";
import { usageText } from "../usage-text.ts";
import { answeredWithin, firstRow, idOf, type Queries, rowsOf } from "./connection.ts";
import { tellNodes } from "./notices.ts";

/** Others end the epoch of a node that has been silent for so long. */
const TTL_MS = 15_000;
/** A request waits for its lease at most so long: then it is told that the store is away. */
const LEASE_WAIT_MS = 1_000;
const CALL_WAIT_MS = 10_000;
/** More lots than any charge is spread over. */
const LEGS_MAX = 64;

export interface PostgresLedgerOptions {
  readonly sql: SQL;
  /** How operators know this node. */
  readonly nodeName: string;
  /** Of what the operator declares; nodes that differ in it do not serve together. */
  readonly configHash: () => string;
  /** A node's epoch was ended, its own charges' records may be lost. */
  readonly onReaped?: (nodeId: number, epoch: number) => Promise<void>;
}

export interface PostgresLedgerStore extends LedgerStore {
  /** Ends this node's epoch at once, so that nobody has to wait for it. */
  retire(): Promise<void>;
}

interface Answer {
  readonly grants: readonly {
    readonly lot: string;
    readonly nanos: string;
    readonly expires: number | null;
  }[];
  readonly free: string;
  readonly elsewhere: string;
  readonly nodes: number;
  /** The store's clock, as `expires`. */
  readonly now: number;
}

function leaseAnswer({ grants, free, elsewhere, nodes, now }: Answer): LeaseAnswer {
  return {
    grants: grants.map(({ lot, nanos, expires }) => ({
      lotId: idOf(lot),
      nanos: BigInt(nanos),
      ...(expires === null ? {} : { expiresInMs: expires - now }),
    })),
    freeNanos: BigInt(free),
    elsewhereNanos: BigInt(elsewhere),
    nodes,
  };
}

/** A charge as the function `quoin_settle` reads it; money as text, which JSON's numbers would round. */
function entryOf(row: ChargeRow): object {
  return {
    request_id: row.requestId,
    leg: row.leg,
    state: row.state,
    wallet_id: row.walletId,
    lot_id: row.lotId,
    amount: row.amountNanos.toString(),
    priced: row.pricedNanos.toString(),
    price_version: row.priceVersion,
    usage: usageText(row.usage),
    at: row.at,
    answer: row.answer ? JSON.stringify([row.answer.id, row.answer.upstream]) : null,
  };
}

type Standing = { readonly request_id: string } & (
  | { readonly written: true }
  | { readonly written: false; readonly state: ChargeState; readonly amount: bigint }
);

/** What stands of each request of these entries, which are all of one epoch. */
async function settleEpoch(
  sql: SQL,
  nodeId: number,
  epoch: number,
  entries: readonly ChargeEntry[],
): Promise<Map<string, Standing>> {
  const rows = JSON.stringify(entries.flatMap((entry) => entry.rows.map(entryOf)));
  const standing = await rowsOf<Standing>(
    sql,
    "SELECT * FROM quoin_settle($1::int, $2::bigint, $3::text::jsonb)",
    [nodeId, epoch, rows],
  );
  return new Map(standing.map((row) => [idOf(row.request_id), row]));
}

function resultOf(standing: Standing | undefined): SettleResult {
  if (!standing) return { kind: "fenced" };
  if (standing.written) return { kind: "applied" };
  return { kind: "duplicate", state: standing.state, amountNanos: standing.amount };
}

function firstOf(entry: ChargeEntry): ChargeRow {
  const [first] = entry.rows;
  if (!first) throw new Error("a charge without rows");
  return first;
}

/** This process among the nodes; undefined until it registers. */
interface Self {
  nodeId: number | undefined;
}

function nodeOf({ nodeId }: Self, epoch: number): number {
  if (nodeId === undefined) throw new EpochOver(epoch);
  return nodeId;
}

async function giveBackOne(queries: Queries, self: Self, step: ReturnStep): Promise<void> {
  const { walletId, epoch, turn, grants } = step;
  const lots = JSON.stringify(grants.map(({ lotId, nanos }) => ({ lot: lotId, nanos: nanos.toString() })));
  const row = await firstRow<{ done: boolean }>(
    queries,
    "SELECT quoin_give_back($1::int, $2::bigint, $3::uuid, $4::bigint, $5::text::jsonb) AS done",
    [nodeOf(self, epoch), epoch, walletId, turn, lots],
  );
  if (!row?.done) throw new EpochOver(epoch);
}

async function giveBackAll(sql: SQL, self: Self, steps: readonly ReturnStep[]): Promise<void> {
  const [only] = steps;
  if (steps.length === 1 && only) {
    await giveBackOne(sql, self, only);
    return;
  }
  // Wallets are locked in the order of their ids, as everywhere.
  const ordered = steps.toSorted((a, b) => (a.walletId < b.walletId ? -1 : 1));
  await sql.begin(async (transaction) => {
    for (const step of ordered) await giveBackOne(transaction, self, step);
  });
}

async function leaseOf(sql: SQL, self: Self, step: LeaseStep): Promise<LeaseAnswer> {
  const { walletId, epoch, turn, needNanos, wantNanos } = step;
  const row = await firstRow<{ answer: Answer | null }>(
    sql,
    "SELECT quoin_lease($1::int, $2::bigint, $3::uuid, $4::bigint, $5::bigint, $6::bigint) AS answer",
    [nodeOf(self, epoch), epoch, walletId, turn, needNanos, wantNanos],
  );
  if (!row?.answer) throw new EpochOver(epoch);
  return leaseAnswer(row.answer);
}

async function settleAll(
  sql: SQL,
  self: Self,
  entries: readonly ChargeEntry[],
): Promise<readonly SettleResult[]> {
  const standing = new Map<string, Standing>();
  for (const [epoch, group] of Map.groupBy(entries, (entry) => firstOf(entry).epoch)) {
    for (const [id, row] of await settleEpoch(sql, self.nodeId ?? 0, epoch, group)) standing.set(id, row);
  }
  return entries.map((entry) => resultOf(standing.get(firstOf(entry).requestId)));
}

async function reverseCharge(sql: SQL, requestId: string): Promise<void> {
  const lots = Array.from({ length: LEGS_MAX }, newId);
  await sql.unsafe("SELECT quoin_reverse($1::uuid, $2::uuid[])", [requestId, sql.array(lots, "UUID")]);
}

/** Starts an epoch, of a new node where this process was none yet. */
async function registerNode(options: PostgresLedgerOptions, self: Self): Promise<number> {
  const row = await firstRow<{ node_id: number; epoch: bigint }>(
    options.sql,
    "SELECT * FROM quoin_register($1::int, $2, $3, $4::bigint)",
    [self.nodeId ?? null, options.nodeName, options.configHash(), TTL_MS],
  );
  if (!row) throw new Error("the node was not registered");
  self.nodeId = row.node_id;
  return Number(row.epoch);
}

async function reapSilent({ sql, onReaped }: PostgresLedgerOptions): Promise<void> {
  for (;;) {
    const reaped = await firstRow<{ node_id: number; epoch: bigint }>(sql, "SELECT * FROM quoin_reap()");
    if (!reaped) return;
    await onReaped?.(reaped.node_id, Number(reaped.epoch));
  }
}

async function renewNode(options: PostgresLedgerOptions, self: Self, epoch: number): Promise<boolean> {
  const renewed = await rowsOf(
    options.sql,
    `UPDATE node SET expires_at = quoin_now() + $3::bigint, config_hash = $4
     WHERE node_id = $1::int AND epoch = $2::bigint AND state = 'live' RETURNING 1`,
    [nodeOf(self, epoch), epoch, TTL_MS, options.configHash()],
  );
  await reapSilent(options);
  return renewed.length === 1;
}

/** The ledger of several nodes: each step is one function in the database, and one transaction. */
export function postgresLedgerStore(options: PostgresLedgerOptions): PostgresLedgerStore {
  const { sql } = options;
  const self: Self = { nodeId: undefined };
  return {
    register: () => answeredWithin(CALL_WAIT_MS, "a node that registers", registerNode(options, self)),
    lease: (step) => answeredWithin(LEASE_WAIT_MS, "a lease", leaseOf(sql, self, step)),
    giveBack: (steps) => answeredWithin(CALL_WAIT_MS, "a return", giveBackAll(sql, self, steps)),
    renew: (epoch) => answeredWithin(CALL_WAIT_MS, "a node's sign of life", renewNode(options, self, epoch)),
    askBack: (walletId) => answeredWithin(LEASE_WAIT_MS, "a recall", tellNodes(sql, "wallet", walletId)),
    settle: (entries) => answeredWithin(CALL_WAIT_MS, "charges", settleAll(sql, self, entries)),
    reverse: (requestId) => answeredWithin(CALL_WAIT_MS, "a reversal", reverseCharge(sql, requestId)),
    async retire() {
      const { nodeId } = self;
      if (nodeId === undefined) return;
      const ending = rowsOf(sql, "SELECT quoin_end_node($1::int)", [nodeId]);
      await answeredWithin(CALL_WAIT_MS, "a node that ends", ending);
      self.nodeId = undefined;
    },
  };
}
