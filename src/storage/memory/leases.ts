import { lesser } from "../../billing/reservation.ts";
import {
  EpochOver,
  type LeaseAnswer,
  type LeaseGrant,
  type LeaseStep,
  type ReturnStep,
  type Step,
} from "../../billing/store.ts";
import type { Nanos } from "../../core/money.ts";
import type { LeaseRow, LotRow, Tables, TurnRow } from "./tables.ts";

export function isLive(tables: Tables, epoch: number): boolean {
  return tables.epochs.get(String(epoch))?.live ?? false;
}

export function requireEpoch(tables: Tables, epoch: number): void {
  if (!isLive(tables, epoch)) throw new EpochOver(epoch);
}

/** A lease that was made already is answered as it was then; one that comes too late is refused. */
export function leaseOnce(tables: Tables, step: LeaseStep, now: number): LeaseAnswer {
  const before = earlierTurn(tables, step);
  if (before?.answer) return aged(before.answer, now - before.at);
  const answer = lease(tables, step, now);
  tables.turns.put(turnKey(step), { turn: step.turn, answer, at: now });
  return answer;
}

/** Gives back, unless that was done already; one that comes too late is refused. */
export function giveBackOnce(tables: Tables, step: ReturnStep, now: number): void {
  if (earlierTurn(tables, step)) return;
  for (const grant of step.grants) giveBack(tables, step.epoch, grant);
  tables.turns.put(turnKey(step), { turn: step.turn, answer: undefined, at: now });
}

function turnKey({ walletId, epoch }: Step): string {
  return `${walletId}:${epoch}`;
}

/** This very step, done before. @throws when a later one was. */
function earlierTurn(tables: Tables, step: Step): TurnRow | undefined {
  const before = tables.turns.get(turnKey(step));
  if (!before || before.turn < step.turn) return undefined;
  if (before.turn === step.turn) return before;
  throw new Error(`turn ${step.turn} of a wallet came after turn ${before.turn}`);
}

/** An answer of some milliseconds ago: its lots expire that much sooner. */
function aged(answer: LeaseAnswer, ms: number): LeaseAnswer {
  const grants = answer.grants.map(({ expiresInMs, ...grant }) => ({
    ...grant,
    expiresInMs: expiresInMs === undefined ? undefined : expiresInMs - ms,
  }));
  return { ...answer, grants };
}

export function requireLot(tables: Tables, lotId: string): LotRow {
  const lot = tables.lots.get(lotId);
  if (!lot) throw new Error(`there is no lot ${lotId}`);
  return lot;
}

export function take(tables: Tables, lotId: string, nanos: Nanos): void {
  const lot = requireLot(tables, lotId);
  tables.lots.put(lotId, { ...lot, takenNanos: lot.takenNanos + nanos });
}

export function startEpoch(tables: Tables, nodeId: number, expiresAt: number): number {
  for (const [epoch, row] of tables.epochs.rows)
    if (row.nodeId === nodeId && row.live) endEpoch(tables, epoch);
  tables.epoch++;
  tables.epochs.put(String(tables.epoch), { nodeId, live: true, expiresAt });
  return tables.epoch;
}

function endEpoch(tables: Tables, epoch: string): void {
  const life = tables.epochs.get(epoch);
  if (life) tables.epochs.put(epoch, { ...life, live: false });
  for (const [key, row] of tables.leases.rows) {
    const rest = openOf(row);
    if (String(row.epoch) !== epoch || rest === 0n) continue;
    tables.leases.put(key, { ...row, returnedNanos: row.returnedNanos + rest });
    take(tables, row.lotId, -rest);
  }
}

/** Ends the epochs of nodes that have not renewed in time. */
export function endSilent(tables: Tables, now: number): void {
  for (const [epoch, row] of tables.epochs.rows) if (row.live && row.expiresAt < now) endEpoch(tables, epoch);
}

function openOf({ grantedNanos, spentNanos, returnedNanos }: LeaseRow): Nanos {
  return grantedNanos - spentNanos - returnedNanos;
}

export function isExpired(lot: LotRow, now: number): boolean {
  return lot.expiresAt !== null && lot.expiresAt <= now;
}

/** Earliest expiry, then rank (free before bought), then oldest. */
function spendOrder(a: LotRow, b: LotRow): number {
  const expiry = (a.expiresAt ?? Number.POSITIVE_INFINITY) - (b.expiresAt ?? Number.POSITIVE_INFINITY);
  // Infinity minus infinity is NaN: neither expires.
  return expiry || a.spendRank - b.spendRank || (a.lotId < b.lotId ? -1 : 1);
}

function openLots(tables: Tables, walletId: string, now: number): LotRow[] {
  if (tables.wallets.get(walletId)?.frozen) return [];
  return [...tables.lots.rows.values()]
    .filter((lot) => lot.walletId === walletId && lot.takenNanos < lot.grantedNanos && !isExpired(lot, now))
    .sort(spendOrder);
}

function lease(
  tables: Tables,
  { walletId, epoch, needNanos, wantNanos }: LeaseStep,
  now: number,
): LeaseAnswer {
  const lots = openLots(tables, walletId, now);
  const nodes = [...tables.epochs.rows.values()].filter(({ live }) => live).length;
  const freeNanos = lots.reduce((sum, lot) => sum + lot.grantedNanos - lot.takenNanos, 0n);
  if (freeNanos < needNanos) {
    return { grants: [], freeNanos, elsewhereNanos: leasedElsewhere(tables, walletId, epoch, now), nodes };
  }
  const grants: LeaseGrant[] = [];
  let missing = wantNanos;
  for (const lot of lots) {
    if (missing <= 0n) break;
    const free = lot.grantedNanos - lot.takenNanos;
    const nanos = lesser(free, missing);
    take(tables, lot.lotId, nanos);
    growLease(tables, epoch, lot.lotId, nanos);
    const expiresInMs = lot.expiresAt === null ? undefined : lot.expiresAt - now;
    grants.push({ lotId: lot.lotId, nanos, expiresInMs });
    missing -= nanos;
  }
  return { grants, freeNanos, elsewhereNanos: 0n, nodes };
}

function leasedElsewhere(tables: Tables, walletId: string, epoch: number, now: number): Nanos {
  if (tables.wallets.get(walletId)?.frozen) return 0n;
  let total = 0n;
  for (const row of tables.leases.rows.values()) {
    const lot = requireLot(tables, row.lotId);
    if (row.epoch !== epoch && lot.walletId === walletId && !isExpired(lot, now)) total += openOf(row);
  }
  return total;
}

function growLease(tables: Tables, epoch: number, lotId: string, nanos: Nanos): void {
  const key = `${lotId}:${epoch}`;
  const row = tables.leases.get(key) ?? {
    lotId,
    epoch,
    grantedNanos: 0n,
    spentNanos: 0n,
    returnedNanos: 0n,
  };
  tables.leases.put(key, { ...row, grantedNanos: row.grantedNanos + nanos });
}

function giveBack(tables: Tables, epoch: number, { lotId, nanos }: LeaseGrant): void {
  const key = `${lotId}:${epoch}`;
  const row = tables.leases.get(key);
  if (!row) throw new Error(`lot ${lotId} is not leased in epoch ${epoch}`);
  tables.leases.put(key, { ...row, returnedNanos: row.returnedNanos + nanos });
  take(tables, lotId, -nanos);
}
