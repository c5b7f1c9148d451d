import { cutPrices, fullPrice, holdOf, price } from "./price.ts";
import type { ChargeSeen, RequestSeen, Units } from "./seen.ts";

/** How many requests ended so, and what the audit made of their charges. */
export interface AuditCounts {
  readonly finished: number;
  readonly told: number;
  readonly cut: number;
  readonly left: number;
  /** Cut by a crash, and charged in full because the charge was durable. */
  readonly cutCharged: number;
  /** Left by their clients, and charged what was relayed. */
  readonly leftCharged: number;
  /** Finished with a charge over several lots. */
  readonly split: number;
  /** Finished with a usage beyond the hold. */
  readonly capped: number;
  /** Held for less than the bound, since the wallet was short, and charged that at most. */
  readonly lowered: number;
}

const FAULTS_SHOWN = 20;

interface Audit {
  readonly faults: string[];
  readonly counts: { -readonly [Name in keyof AuditCounts]: AuditCounts[Name] };
  readonly unclaimed: Map<string, ChargeSeen>;
  net: bigint;
  finished: bigint;
  cuts: bigint;
  atRisk: bigint;
}

function sameUnits(left: Units, right: Units): boolean {
  const kinds = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...kinds].every((kind) => (left[kind] ?? 0) === (right[kind] ?? 0));
}

/** The charge by its id, or, where the client never got one, by its usage, which no other request has. */
function claim(audit: Audit, request: RequestSeen): ChargeSeen | undefined {
  const found =
    request.id === undefined
      ? [...audit.unclaimed.values()].find(({ usage }) => sameUnits(usage, request.usage))
      : audit.unclaimed.get(request.id);
  if (found) audit.unclaimed.delete(found.id);
  return found;
}

function say(request: RequestSeen, charge: ChargeSeen | undefined): string {
  const { number, id, end, stream, reported } = request;
  const paid = charge ? `charged ${charge.amount} (${charge.states.join(", ")})` : "not charged";
  return `request ${number} (${id ?? "no id"}, ${stream ? "stream" : "whole"}, ${end}, usage ${reported ? "" : "not "}reported) is ${paid}; F is ${fullPrice(request)}`;
}

function checkRows(audit: Audit, request: RequestSeen, charge: ChargeSeen): void {
  const legs = charge.legs.toSorted((left, right) => left - right);
  if (charge.states.some((state) => state !== "posted"))
    audit.faults.push(`not posted: ${say(request, charge)}`);
  if (legs[0] !== 0 || new Set(legs).size !== legs.length) {
    audit.faults.push(`legs ${legs.join(", ")}: ${say(request, charge)}`);
  }
  if (charge.amount > holdOf(request)) audit.faults.push(`above its hold: ${say(request, charge)}`);
}

/**
 * Whether a charge is F, or less because a wallet that was short held less than the bound (promise 2: the limit
 * is lowered to what the balance pays for): the usage is priced in full, and the charge stops at the hold.
 */
function isDue(audit: Audit, request: RequestSeen, charge: ChargeSeen): boolean {
  const full = fullPrice(request);
  if (charge.amount === full) return true;
  const capped = charge.amount < full && charge.priced === price(request.price, request.usage);
  if (capped) audit.counts.lowered++;
  return capped;
}

/** I1: exactly one posted charge of F, for the usage that the upstream reported. */
function checkFinished(audit: Audit, request: RequestSeen, charge: ChargeSeen | undefined): void {
  audit.counts.finished++;
  audit.finished += charge?.amount ?? fullPrice(request);
  if (!charge || !isDue(audit, request, charge)) {
    audit.faults.push(`I1: ${say(request, charge)}`);
    return;
  }
  if (!request.reported) audit.faults.push(`finished before its upstream was: ${say(request, charge)}`);
  if (charge.priced !== price(request.price, request.usage) || !sameUnits(charge.usage, request.usage)) {
    audit.faults.push(`its charge tells another usage: ${say(request, charge)}`);
  }
  if (charge.legs.length > 1) audit.counts.split++;
  if (charge.amount < charge.priced) audit.counts.capped++;
}

/** I2: what we told the client had failed costs nothing. */
function checkTold(audit: Audit, request: RequestSeen, charge: ChargeSeen | undefined): void {
  audit.counts.told++;
  if (charge) audit.faults.push(`I2: ${say(request, charge)}`);
}

/** I3, the connection died: nothing, or F where the charge had committed; and only a crash does that. */
function checkCut(audit: Audit, request: RequestSeen, charge: ChargeSeen | undefined): void {
  audit.counts.cut++;
  if (!request.nearCrash && request.arrivals > 0)
    audit.faults.push(`cut without a crash: ${say(request, charge)}`);
  if (request.reported) audit.atRisk += fullPrice(request);
  if (!charge) return;
  audit.counts.cutCharged++;
  if (!request.reported || !isDue(audit, request, charge)) audit.faults.push(`I3: ${say(request, charge)}`);
}

/** I3, the client closed: what was relayed, F where it came too late, nothing where nothing was relayed. */
function checkLeft(audit: Audit, request: RequestSeen, charge: ChargeSeen | undefined): void {
  audit.counts.left++;
  if (!charge) {
    const mustPay = request.stream && request.well && !request.nearCrash;
    if (mustPay) audit.faults.push(`free, though it was relayed: ${say(request, charge)}`);
    return;
  }
  if (request.reported && isDue(audit, request, charge)) {
    audit.atRisk += charge.amount;
    return;
  }
  audit.counts.leftCharged++;
  audit.cuts += charge.amount;
  if (!request.stream || !cutPrices(request).has(charge.amount))
    audit.faults.push(`I3: ${say(request, charge)}`);
}

const CHECKS = { finished: checkFinished, told: checkTold, cut: checkCut, left: checkLeft } as const;

/**
 * Holds what the clients saw and the upstream reported against the charges (LEDGER.md 6: I1 to I3 and the
 * sum bound). Shares no code with the product.
 * @throws Error naming what does not hold.
 */
export function audit(requests: readonly RequestSeen[], charges: readonly ChargeSeen[]): AuditCounts {
  const running: Audit = {
    faults: [],
    counts: {
      finished: 0,
      told: 0,
      cut: 0,
      left: 0,
      cutCharged: 0,
      leftCharged: 0,
      split: 0,
      capped: 0,
      lowered: 0,
    },
    unclaimed: new Map(charges.map((charge) => [charge.id, charge])),
    net: charges.reduce((sum, { amount }) => sum + amount, 0n),
    finished: 0n,
    cuts: 0n,
    atRisk: 0n,
  };
  for (const request of requests.toSorted(
    (left, right) => Number(right.id !== undefined) - Number(left.id !== undefined),
  )) {
    const charge = claim(running, request);
    if (charge) checkRows(running, request, charge);
    if (request.arrivals > 1)
      running.faults.push(`sent upstream ${request.arrivals} times: ${say(request, charge)}`);
    CHECKS[request.end](running, request, charge);
  }
  const { faults, unclaimed, net, finished, cuts, atRisk } = running;
  for (const { id, amount } of unclaimed.values())
    faults.push(`${id} is charged ${amount}, and nobody made it`);
  const { lowered, finished: ended } = running.counts;
  if (lowered > 3 + ended / 20) faults.push(`${lowered} of ${ended} were held for less than their bound`);
  const over = net - finished - cuts;
  if (over < 0n || over > atRisk) faults.push(`sum bound: ${over} beyond what was seen, ${atRisk} in flight`);
  if (faults.length > 0)
    throw new Error(`${faults.length} faults:\n${faults.slice(0, FAULTS_SHOWN).join("\n")}`);
  return running.counts;
}
