import { type Dump, type EndSeen, fail, type RequestSeen, type Units } from "./seen.ts";

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

export interface AuditSummary {
  readonly finished: number;
  readonly told: number;
  readonly cut: number;
  /** Told an error, and charged, because the node died before it could void (see `checkTold`). */
  readonly errorKept: number;
  /** Told an error although its upstream had ended well: its charge could not be written. */
  readonly voided: number;
}

/** What a cut answer is charged for: the input, and the output that was passed on. */
function relayedUnits({ input, tokensRelayed }: RequestSeen): Units {
  const { output = 0 } = input;
  return { ...input, output: output + tokensRelayed };
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
  return {
    rows: rows.length,
    posted,
    reversed,
    net: posted - reversed,
    full: atMost(price(request, request.usage), holdNanos),
    cut: atMost(price(request, relayedUnits(request)), holdNanos),
  };
}

/** What every client saw against what it was charged (I1 to I3, the sum bound; LEDGER.md 6). */
export function checkAnswers(seen: EndSeen): AuditSummary {
  const counts = { finished: 0, told: 0, cut: 0, errorKept: 0, voided: 0 };
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
        if (request.ending === "finished") counts.voided++;
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
 * of reach, said so to the client, and died before it could write the void; the charge may stand. What had no
 * answer may have been the write before its own.
 */
function checkTold(request: RequestSeen, reckoning: Reckoning): boolean {
  const expected = request.ending !== "finished" && request.refusal?.kind !== "unavailable";
  if (!expected && !request.crashed && request.nearFaults === 0) {
    fail(`told an error, and no fault was near: ${say(request, reckoning)} (liveness)`);
  }
  if (reckoning.net === 0n) return false;
  const kept = request.crashed && request.nearFaults > 0 && reckoning.net === reckoning.full;
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
      ? relayedUnits(request)
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
  const waitedMs = clientEndedMs - upstreamEndedMs - request.pausedMs;
  if (waitedMs > settleWaitMs + 1_000)
    fail(`${request.requestId} waited ${Math.round(waitedMs)} ms for its end`);
}
