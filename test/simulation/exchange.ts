import type { Settlement } from "../../src/billing/charge-rows.ts";
import type { ReserveResult, SettleOutcome } from "../../src/billing/outcomes.ts";
import { priceUsage } from "../../src/billing/price-usage.ts";
import type { Reservation } from "../../src/billing/reservation.ts";
import type { Usage } from "../../src/core/usage.ts";
import type { RequestScript } from "./scenario.ts";

/** What the gateway uses of the ledger, so that a flawed one can stand in for it. */
export interface ExchangeLedger {
  reserve(
    walletId: string,
    requestId: string,
    holdNanos: bigint,
    leastNanos?: bigint,
  ): ReserveResult | Promise<ReserveResult>;
  extend(reservation: Reservation, moreNanos: bigint): boolean | Promise<boolean>;
  release(reservation: Reservation): void;
  settle(reservation: Reservation, settlement: Settlement): Promise<SettleOutcome>;
}

/** What reaches the gateway while it relays an answer. */
export type Arrival =
  | { readonly kind: "piece"; readonly tokens: number }
  | { readonly kind: "end"; readonly usage: Usage }
  | { readonly kind: "failed" }
  | { readonly kind: "client-left" };

/** One client's connection and one upstream's, seen from the gateway. */
export interface Connection {
  readonly clientLeft: boolean;
  send(message: "piece" | "terminator" | "error", tokens?: number): void;
  openUpstream(): void;
  closeUpstream(): void;
  next(): Promise<Arrival>;
  /** For the auditor. */
  logReserved(result: ReserveResult): void;
  /** The hold has grown. */
  logHold(nanos: bigint): void;
  logEnding(ending: "refused" | "released" | "cut" | "finished"): void;
}

/** Mistakes that a gateway can make of its own. */
export interface ExchangeFlaws {
  readonly terminatorFirst?: boolean;
  readonly cutIsFree?: boolean;
  readonly errorsIgnored?: boolean;
}

/**
 * What src/gateway does with money, without its wire formats: reserve, relay, charge, and only then
 * show the end.
 */
export async function runExchange(
  ledger: ExchangeLedger,
  connection: Connection,
  script: RequestScript,
  flaws: ExchangeFlaws,
): Promise<void> {
  const { requestId, walletId, holdNanos, leastNanos } = script;
  const reserving = ledger.reserve(walletId, requestId, holdNanos, leastNanos);
  const result = reserving instanceof Promise ? await reserving : reserving;
  connection.logReserved(result);
  if (result.kind !== "reserved") {
    connection.logEnding("refused");
    connection.send("error");
    return;
  }
  const { reservation } = result;
  if (connection.clientLeft) {
    connection.logEnding("released");
    ledger.release(reservation);
    return;
  }
  connection.openUpstream();
  await relay(ledger, connection, script, reservation, flaws);
}

async function relay(
  ledger: ExchangeLedger,
  connection: Connection,
  script: RequestScript,
  reservation: Reservation,
  flaws: ExchangeFlaws,
): Promise<void> {
  let relayed: number | undefined;
  const grow = script.grows ? holdGrower(ledger, connection, script, reservation) : () => undefined;
  for (;;) {
    const arrival = await connection.next();
    if (arrival.kind === "piece") {
      relayed = (relayed ?? 0) + arrival.tokens;
      grow(relayed);
      connection.send("piece", arrival.tokens);
      continue;
    }
    if (arrival.kind === "end") {
      connection.logEnding("finished");
      await finish(ledger, connection, reservation, settlementOf(script, arrival.usage), flaws);
      return;
    }
    connection.closeUpstream();
    if (arrival.kind === "client-left" && relayed !== undefined && !flaws.cutIsFree) {
      connection.logEnding("cut");
      const output = script.input.output + relayed;
      await ledger.settle(reservation, settlementOf(script, { ...script.input, output }));
      return;
    }
    connection.logEnding(arrival.kind === "client-left" && relayed !== undefined ? "cut" : "released");
    ledger.release(reservation);
    if (arrival.kind === "failed") connection.send("error");
    return;
  }
}

/** Takes more for an answer that has used four fifths of its hold; the answer does not wait for it. */
function holdGrower(
  ledger: ExchangeLedger,
  connection: Connection,
  { price, input }: RequestScript,
  reservation: Reservation,
): (relayed: number) => void {
  let resting = false;
  const heard = (grown: boolean) => {
    resting = !grown;
    if (grown) connection.logHold(reservation.holdNanos);
  };
  return (relayed) => {
    const usedNanos = priceUsage(price, { ...input, output: input.output + relayed });
    if (resting || usedNanos * 5n < reservation.holdNanos * 4n) return;
    resting = true;
    const extended = ledger.extend(reservation, usedNanos + usedNanos / 2n + 1n - reservation.holdNanos);
    if (extended instanceof Promise) void extended.then(heard);
    else heard(extended);
  };
}

function settlementOf(script: RequestScript, usage: Usage): Settlement {
  return { pricedNanos: priceUsage(script.price, usage), priceVersion: 1, usage };
}

async function finish(
  ledger: ExchangeLedger,
  connection: Connection,
  reservation: Reservation,
  settlement: Settlement,
  flaws: ExchangeFlaws,
): Promise<void> {
  if (flaws.terminatorFirst) connection.send("terminator");
  const outcome = await ledger.settle(reservation, settlement);
  connection.send(outcome.kind === "posted" || flaws.errorsIgnored ? "terminator" : "error");
}
