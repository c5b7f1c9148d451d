/**
 * Checks a run of the ledger against the promises of LEDGER.md 6 and 9, for one node. It imports
 * nothing: it has its own arithmetic, and sees only what clients, upstream, gateway and network
 * logged, and what the tables hold.
 */

export interface Dump {
  readonly nowMs: number;
  /** The node's epoch; everything of an earlier one is over. */
  readonly epoch: number;
  readonly lots: readonly LotSeen[];
  readonly leases: readonly LeaseSeen[];
  readonly charges: readonly ChargeSeen[];
  readonly transfers: readonly TransferSeen[];
}

export interface LotSeen {
  readonly lotId: string;
  readonly walletId: string;
  readonly granted: bigint;
  readonly taken: bigint;
  readonly expiresAtMs: number | null;
  readonly spendRank: number;
  readonly grantKey: string;
}

export interface LeaseSeen {
  readonly lotId: string;
  readonly epoch: number;
  readonly granted: bigint;
  readonly spent: bigint;
  readonly returned: bigint;
}

export interface ChargeSeen {
  readonly requestId: string;
  readonly leg: number;
  readonly state: string;
  readonly walletId: string;
  readonly epoch: number;
  readonly lotId: string | null;
  readonly amount: bigint;
  readonly priced: bigint;
}

export interface TransferSeen {
  readonly key: string;
  readonly kind: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount: bigint;
  readonly ref: string | null;
}

/** A hold that the gateway says it has, per lot. */
export interface HoldSeen {
  readonly requestId: string;
  readonly epoch: number;
  readonly legs: readonly { readonly lotId: string; readonly nanos: bigint }[];
}

type Rates = Readonly<Record<string, bigint>>;

/** Nanos for a million of each kind; a tier's rates hold for the whole request once its input is larger. */
interface PriceSeen {
  readonly rates: Rates;
  readonly tiers: readonly { readonly aboveInputTokens: number; readonly rates: Rates }[];
  readonly perRequest: bigint;
}

type Units = Readonly<Record<string, number>>;

export interface RequestSeen {
  readonly requestId: string;
  readonly walletId: string;
  readonly price: PriceSeen;
  /** Undefined while nothing was reserved for it. */
  readonly holdNanos: bigint | undefined;
  /** Input as the upstream counted it. */
  readonly input: Units;
  /** What the upstream reported at its end, whether or not it came to that. */
  readonly usage: Units;
  /** Output tokens of every piece that the gateway passed on. */
  readonly tokensRelayed: number;
  /** What the gateway did in the end; undefined when a crash ended it. */
  readonly ending: "refused" | "released" | "cut" | "finished" | undefined;
  readonly client: "terminator" | "error" | "left" | "cut" | "waiting";
  readonly arrivedMs: number;
  /** When the upstream's last event reached the gateway. */
  readonly upstreamEndedMs: number | undefined;
  readonly clientEndedMs: number | undefined;
  /** Faults that hit its path. */
  readonly crashed: boolean;
  readonly storeFaults: number;
  /** Faults of the store that hit anything while this request was on its way. */
  readonly nearFaults: number;
  readonly refusal: { readonly kind: string; readonly atMs: number } | undefined;
}

export interface GrantSeen {
  readonly grantKey: string;
  readonly walletId: string;
  readonly nanos: bigint;
}

export interface EndSeen {
  readonly requests: readonly RequestSeen[];
  readonly grants: readonly GrantSeen[];
  readonly dump: Dump;
  /** What the node still holds, long after the last request. */
  readonly heldNanos: bigint;
  readonly running: number;
  /** How long a finished answer may wait for its charge. */
  readonly settleWaitMs: number;
}

export class AuditFailure extends Error {
  override readonly name = "AuditFailure";
}

function fail(sentence: string): never {
  throw new AuditFailure(sentence);
}

export interface Auditor {
  /** Call it after every commit, and whenever the gateway refuses for want of money. */
  moment(dump: Dump, holds: readonly HoldSeen[]): void;
  /** Call it once, long after the last fault and the last request. */
  end(seen: EndSeen): AuditSummary;
}

export interface AuditSummary {
  readonly finished: number;
  readonly told: number;
  readonly cut: number;
  /** Told an error, and charged, because the node died before it could void (see `errorKept`). */
  readonly errorKept: number;
}

export function newAuditor(): Auditor {
  let before: Dump | undefined;
  const balances: { readonly atMs: number; readonly of: ReadonlyMap<string, bigint> }[] = [];
  return {
    moment(dump, holds) {
      checkTables(dump);
      checkHolds(dump, holds);
      if (before) {
        checkNewCharges(before, dump);
        checkNewLeases(before, dump);
      }
      balances.push({ atMs: dump.nowMs, of: spendable(dump) });
      before = dump;
    },
    end(seen) {
      checkTables(seen.dump);
      checkGrants(seen);
      checkQuiet(seen);
      for (const request of seen.requests) checkRefusal(request, balances);
      return checkAnswers(seen);
    },
  };
}

/* ---- the tables alone: invariants 2, 3, 4, 6 ---- */

function checkTables(dump: Dump): void {
  checkLots(dump);
  checkLeases(dump);
  checkChargeStates(dump);
  checkOnce(dump);
}

function checkLots(dump: Dump): void {
  for (const lot of dump.lots) {
    const name = `lot ${lot.lotId} of wallet ${lot.walletId}`;
    if (lot.taken < 0n || lot.taken > lot.granted)
      fail(`${name} has ${lot.granted} and ${lot.taken} taken (4)`);
    let out = 0n;
    for (const lease of dump.leases) if (lease.lotId === lot.lotId) out += lease.granted - lease.returned;
    for (const transfer of dump.transfers) if (transfer.debit === lot.lotId) out += transfer.amount;
    if (out !== lot.taken) fail(`${name}: taken is ${lot.taken}, leases and transfers say ${out} (3)`);
    let funded = 0n;
    for (const transfer of dump.transfers) if (transfer.credit === lot.lotId) funded += transfer.amount;
    if (funded !== lot.granted) fail(`${name}: granted ${lot.granted}, transfers into it ${funded} (3)`);
  }
}

function checkLeases(dump: Dump): void {
  for (const lease of dump.leases) {
    const name = `lease of lot ${lease.lotId} in epoch ${lease.epoch}`;
    if (lease.granted - lease.spent - lease.returned < 0n) fail(`${name} is below zero (4)`);
    if (lease.spent < 0n || lease.returned < 0n) fail(`${name} spent or returned below zero (4)`);
    let charged = 0n;
    for (const charge of dump.charges) {
      if (charge.lotId === lease.lotId && charge.epoch === lease.epoch) charged += charge.amount;
    }
    if (charged !== lease.spent) fail(`${name}: spent is ${lease.spent}, its charges are ${charged} (3)`);
  }
  for (const charge of dump.charges) {
    if (charge.amount === 0n) continue;
    const leased = dump.leases.some((lease) => lease.lotId === charge.lotId && lease.epoch === charge.epoch);
    if (!leased) fail(`charge ${charge.requestId}:${charge.leg} has no lease (3)`);
  }
}

function checkChargeStates(dump: Dump): void {
  const states = new Map<string, string>();
  for (const charge of dump.charges) {
    const { requestId, leg, state, amount, priced } = charge;
    const known = states.get(requestId);
    if (known !== undefined && known !== state)
      fail(`request ${requestId} is both ${known} and ${state} (2)`);
    states.set(requestId, state);
    if (state === "void" && (leg !== 0 || amount !== 0n))
      fail(`the void of ${requestId} has a leg or an amount (2)`);
    if (amount < 0n || priced < amount)
      fail(`charge ${requestId}:${leg} has amount ${amount}, priced ${priced} (2)`);
  }
  for (const requestId of states.keys()) {
    const first = dump.charges.some((charge) => charge.requestId === requestId && charge.leg === 0);
    if (!first) fail(`request ${requestId} has legs but not the deciding one (2)`);
  }
}

function requireUnique(keys: readonly string[], what: string): void {
  const seen = new Set<string>();
  for (const key of keys) {
    if (seen.has(key)) fail(`${what} ${key} is there twice (6)`);
    seen.add(key);
  }
}

function checkOnce(dump: Dump): void {
  requireUnique(
    dump.charges.map(({ requestId, leg }) => `${requestId}:${leg}`),
    "charge",
  );
  requireUnique(
    dump.lots.map((lot) => lot.grantKey),
    "grant",
  );
  requireUnique(
    dump.transfers.map((transfer) => transfer.key),
    "transfer",
  );
}

/* ---- from one commit to the next: invariants 4, 5, 8 ---- */

/** Reservations lie inside the node's own open leases; what is posted already is no longer held. */
function checkHolds(dump: Dump, holds: readonly HoldSeen[]): void {
  const posted = new Set(dump.charges.map((charge) => charge.requestId));
  const held = new Map<string, bigint>();
  for (const hold of holds) {
    if (hold.epoch !== dump.epoch || posted.has(hold.requestId)) continue;
    for (const { lotId, nanos } of hold.legs) held.set(lotId, (held.get(lotId) ?? 0n) + nanos);
  }
  for (const [lotId, nanos] of held) {
    const lease = dump.leases.find((row) => row.lotId === lotId && row.epoch === dump.epoch);
    const open = lease ? lease.granted - lease.spent - lease.returned : 0n;
    if (nanos > open) fail(`running requests hold ${nanos} of lot ${lotId}, its open lease is ${open} (4)`);
  }
}

function checkNewCharges(before: Dump, dump: Dump): void {
  const known = new Set(before.charges.map(({ requestId, leg }) => `${requestId}:${leg}`));
  for (const { requestId, leg, epoch } of dump.charges) {
    if (known.has(`${requestId}:${leg}`) || epoch === dump.epoch) continue;
    fail(`charge ${requestId}:${leg} of epoch ${epoch} was written in epoch ${dump.epoch} (5)`);
  }
}

function isExpired(lot: LotSeen, nowMs: number): boolean {
  return lot.expiresAtMs !== null && lot.expiresAtMs <= nowMs;
}

function spentBefore(a: LotSeen, b: LotSeen): boolean {
  const [x, y] = [a.expiresAtMs ?? Number.MAX_VALUE, b.expiresAtMs ?? Number.MAX_VALUE];
  if (x !== y) return x < y;
  return a.spendRank !== b.spendRank ? a.spendRank < b.spendRank : a.lotId < b.lotId;
}

function checkNewLeases(before: Dump, dump: Dump): void {
  const grantedBefore = new Map(
    before.leases.map((lease) => [`${lease.lotId}:${lease.epoch}`, lease.granted]),
  );
  for (const lease of dump.leases) {
    if (lease.granted <= (grantedBefore.get(`${lease.lotId}:${lease.epoch}`) ?? 0n)) continue;
    const lot = dump.lots.find((row) => row.lotId === lease.lotId);
    if (!lot) fail(`a lease of a lot that is not there: ${lease.lotId} (8)`);
    if (isExpired(lot, dump.nowMs)) fail(`lot ${lot.lotId} was leased after it had expired (8)`);
    if (lease.epoch !== dump.epoch) fail(`epoch ${lease.epoch} leased in epoch ${dump.epoch} (5)`);
    for (const other of dump.lots) {
      const open = other.walletId === lot.walletId && other.taken < other.granted;
      if (!open || isExpired(other, dump.nowMs) || !spentBefore(other, lot)) continue;
      fail(`lot ${lot.lotId} was leased while ${other.lotId}, which goes first, had money (8)`);
    }
  }
}

/** What each wallet can surely pay with: not expired, and free or leased to the living node. */
function spendable(dump: Dump): Map<string, bigint> {
  const balances = new Map<string, bigint>();
  for (const lot of dump.lots) {
    if (isExpired(lot, dump.nowMs)) continue;
    let nanos = lot.granted - lot.taken;
    for (const lease of dump.leases) {
      if (lease.lotId === lot.lotId && lease.epoch === dump.epoch)
        nanos += lease.granted - lease.spent - lease.returned;
    }
    balances.set(lot.walletId, (balances.get(lot.walletId) ?? 0n) + nanos);
  }
  return balances;
}

/** 402 only when the balance itself could not pay, at some moment while the request was asking. */
function checkRefusal(
  request: RequestSeen,
  balances: readonly { readonly atMs: number; readonly of: ReadonlyMap<string, bigint> }[],
): void {
  const { refusal, holdNanos, walletId, arrivedMs } = request;
  if (refusal?.kind !== "insufficient" || holdNanos === undefined) return;
  let last = 0n;
  for (const { atMs, of } of balances) {
    const nanos = of.get(walletId) ?? 0n;
    if (atMs >= arrivedMs && atMs <= refusal.atMs && nanos < holdNanos) return;
    if (atMs <= arrivedMs) last = nanos;
  }
  if (last < holdNanos) return;
  fail(`${request.requestId} was refused ${holdNanos} for want of money; wallet ${walletId} always had more`);
}

/* ---- long after the faults: invariants 6, 10 ---- */

function checkGrants({ grants, dump }: EndSeen): void {
  for (const { grantKey, walletId, nanos } of grants) {
    const lots = dump.lots.filter((lot) => lot.grantKey === grantKey);
    const [lot] = lots;
    if (lots.length !== 1 || !lot) fail(`grant ${grantKey} made ${lots.length} lots (6)`);
    if (lot.walletId !== walletId || lot.granted !== nanos)
      fail(`grant ${grantKey} is not what was asked (6)`);
  }
  for (const lot of dump.lots) {
    const asked = grants.some((grant) => grant.grantKey === lot.grantKey);
    const reversal = dump.transfers.some((row) => row.kind === "reversal" && row.credit === lot.lotId);
    if (!asked && !reversal) fail(`lot ${lot.lotId} (${lot.grantKey}) came from nowhere (6)`);
  }
}

function checkQuiet({ dump, heldNanos, running }: EndSeen): void {
  if (heldNanos !== 0n) fail(`the node still holds ${heldNanos} when nothing runs (10)`);
  if (running !== 0) fail(`the node counts ${running} running requests when nothing runs (10)`);
  for (const lease of dump.leases) {
    const open = lease.granted - lease.spent - lease.returned;
    if (open === 0n) continue;
    const whose = lease.epoch === dump.epoch ? "the idle node" : "a dead epoch";
    fail(`${whose} still leases ${open} of lot ${lease.lotId} (epoch ${lease.epoch}) (10)`);
  }
}

/* ---- what clients saw: I1 to I3, the sum bound, invariant 1 ---- */

const INPUT_KINDS = ["input", "cacheRead", "cacheWrite5m", "cacheWrite1h", "audioInput"];

/** Nanos: one exact sum over the kinds at one tier's rates, one division, half up. */
function price({ price: { rates, tiers, perRequest } }: RequestSeen, units: Units): bigint {
  let input = 0;
  for (const kind of INPUT_KINDS) input += units[kind] ?? 0;
  const tier = tiers.findLast(({ aboveInputTokens }) => input > aboveInputTokens);
  let millionths = perRequest * 1_000_000n;
  for (const [kind, count] of Object.entries(units)) {
    millionths += BigInt(count) * ((tier?.rates ?? rates)[kind] ?? 0n);
  }
  const whole = millionths / 1_000_000n;
  return (millionths % 1_000_000n) * 2n >= 1_000_000n ? whole + 1n : whole;
}

function atMost(nanos: bigint, bound: bigint): bigint {
  return nanos > bound ? bound : nanos;
}

interface Reckoning {
  readonly rows: number;
  readonly posted: bigint;
  readonly reversed: bigint;
  readonly net: bigint;
  readonly full: bigint;
  readonly cut: bigint;
}

function reckon(request: RequestSeen, dump: Dump): Reckoning {
  const { requestId, holdNanos = 0n } = request;
  const rows = dump.charges.filter((charge) => charge.requestId === requestId && charge.state === "posted");
  let posted = 0n;
  for (const row of rows) posted += row.amount;
  let reversed = 0n;
  for (const transfer of dump.transfers) {
    if (transfer.kind === "reversal" && transfer.ref === requestId) reversed += transfer.amount;
  }
  const relayed = { ...request.input, output: (request.input["output"] ?? 0) + request.tokensRelayed };
  return {
    rows: rows.length,
    posted,
    reversed,
    net: posted - reversed,
    full: atMost(price(request, request.usage), holdNanos),
    cut: atMost(price(request, relayed), holdNanos),
  };
}

function checkAnswers(seen: EndSeen): AuditSummary {
  const counts = { finished: 0, told: 0, cut: 0, errorKept: 0 };
  const sums = { net: 0n, finished: 0n, cuts: 0n, atRisk: 0n };
  for (const request of seen.requests) {
    const reckoning = reckon(request, seen.dump);
    sums.net += reckoning.net;
    if (wasInFlightAtFault(request)) sums.atRisk += reckoning.full;
    checkShortfall(request, reckoning, seen.dump);
    checkDelay(request, seen);
    switch (request.client) {
      case "terminator":
        counts.finished++;
        sums.finished += reckoning.full;
        checkFinished(request, reckoning);
        break;
      case "error":
        counts.told++;
        if (checkTold(request, reckoning)) counts.errorKept++;
        break;
      case "left":
      case "cut":
        counts.cut++;
        if (reckoning.net === reckoning.cut && reckoning.net !== reckoning.full) sums.cuts += reckoning.net;
        checkCut(request, reckoning);
        break;
      case "waiting":
        fail(`the client of ${request.requestId} still waits (liveness)`);
    }
  }
  const known = new Set(seen.requests.map((request) => request.requestId));
  for (const { requestId } of seen.dump.charges) {
    if (!known.has(requestId)) fail(`a charge of a request that nobody made: ${requestId}`);
  }
  const over = sums.net - sums.finished - sums.cuts;
  if (over < 0n || over > sums.atRisk) {
    fail(`charges exceed what was served by ${over}; in flight at faults: ${sums.atRisk} (sum bound)`);
  }
  return counts;
}

function wasInFlightAtFault(request: RequestSeen): boolean {
  return request.client === "left" || request.crashed || request.storeFaults > 0;
}

function say(request: RequestSeen, { net, posted, reversed, full, cut }: Reckoning): string {
  const path = `${request.crashed ? "crash, " : ""}${request.storeFaults} store faults`;
  return (
    `${request.requestId} (client: ${request.client}, gateway: ${request.ending ?? "crashed"}, ${path}) ` +
    `is charged ${net} (posted ${posted}, reversed ${reversed}); full price ${full}, cut price ${cut}`
  );
}

function checkFinished(request: RequestSeen, reckoning: Reckoning): void {
  if (reckoning.rows === 0 || reckoning.reversed !== 0n || reckoning.posted !== reckoning.full) {
    fail(`I1: ${say(request, reckoning)}`);
  }
}

/**
 * Told an error: costs nothing. One exception, answered as true: a node that gave up on a store out
 * of reach, said so to the client, and died before it could write the void; the charge may stand.
 */
function checkTold(request: RequestSeen, reckoning: Reckoning): boolean {
  const expected = request.ending !== "finished" && request.refusal?.kind !== "unavailable";
  if (!expected && !request.crashed && request.nearFaults === 0) {
    fail(`told an error, and no fault was near: ${say(request, reckoning)} (liveness)`);
  }
  if (reckoning.net === 0n) return false;
  const kept = request.crashed && request.storeFaults > 0 && reckoning.net === reckoning.full;
  if (!kept) fail(`I2: ${say(request, reckoning)}`);
  return true;
}

function checkCut(request: RequestSeen, reckoning: Reckoning): void {
  const { net, cut, full } = reckoning;
  if (net !== 0n && net !== cut && net !== full) fail(`I3: ${say(request, reckoning)}`);
  if (request.client === "cut" && !request.crashed) fail(`${request.requestId} was cut without a crash (I3)`);
  if (request.crashed || request.nearFaults > 0) return;
  const due = { refused: 0n, released: 0n, cut, finished: full }[request.ending ?? "refused"];
  if (net !== due) fail(`I3, no fault but the client's leaving: ${say(request, reckoning)}`);
}

/** What the hold did not cover is kept in `priced`, and never charged. */
function checkShortfall(request: RequestSeen, reckoning: Reckoning, dump: Dump): void {
  const rows = dump.charges.filter(
    (charge) => charge.requestId === request.requestId && charge.state === "posted",
  );
  if (rows.length === 0) return;
  let priced = 0n;
  for (const row of rows) priced += row.priced;
  const units =
    request.ending === "cut" || (request.ending === undefined && reckoning.posted !== reckoning.full)
      ? { ...request.input, output: (request.input["output"] ?? 0) + request.tokensRelayed }
      : request.usage;
  const want = price(request, units);
  if (priced !== want && priced !== price(request, request.usage)) {
    fail(`${request.requestId} is priced ${priced} in the tables; its usage costs ${want}`);
  }
  if (reckoning.posted > (request.holdNanos ?? 0n)) fail(`${say(request, reckoning)}: above its hold`);
}

/** The end of an answer waits for its charge so long, and then the client is told. */
function checkDelay(request: RequestSeen, { settleWaitMs }: EndSeen): void {
  const { upstreamEndedMs, clientEndedMs, client } = request;
  if (upstreamEndedMs === undefined || clientEndedMs === undefined) return;
  if (client !== "terminator" && client !== "error") return;
  const waitedMs = clientEndedMs - upstreamEndedMs;
  if (waitedMs > settleWaitMs + 1_000)
    fail(`${request.requestId} waited ${Math.round(waitedMs)} ms for its end`);
}
