import { toGatewayError } from "../core/errors.ts";
import type { AnswerFilter } from "./answer-filter.ts";
import { chargeOf } from "./charge-of.ts";
import type { Exchange } from "./exchange.ts";
import type { FairCharge } from "./fair-charge.ts";
import { chargeExchange, recordExchange } from "./finish-exchange.ts";
import type { Gateway } from "./gateway.ts";
import type { UpstreamAnswer } from "./open-answer.ts";
import { readOn } from "./read-on.ts";
import type { AnswerChunk, AnswerReader } from "./upstream-reader.ts";

/** A stream whose client has left. */
interface CutStream {
  readonly gateway: Gateway;
  readonly exchange: Exchange;
  readonly answer: UpstreamAnswer;
  readonly reader: AnswerReader;
  readonly filter: AnswerFilter;
  /** First bytes that were not relayed yet. */
  readonly opening: Uint8Array | undefined;
  /** The read that is under way. */
  readonly reading: Promise<AnswerChunk> | undefined;
}

/** Charges a stream that its client cut. Never throws. */
export async function chargeCut(
  { gateway, exchange, answer }: CutStream,
  charge: FairCharge | Promise<FairCharge>,
): Promise<void> {
  const ending = { outcome: "cut_by_client" as const, status: answer.status };
  try {
    const fair = await charge;
    const chargeNanos = await chargeExchange(gateway, exchange, fair);
    recordExchange(gateway, exchange, { ...ending, metered: fair.metered, chargeNanos });
  } catch (fault) {
    const { message } = toGatewayError(fault);
    recordExchange(gateway, exchange, { ...ending, error: message });
  }
}

/** Charges what the upstream reports at its end, or what was relayed where that does not come. Never throws. */
export async function chargeReadOn(
  cut: CutStream,
  relayed: FairCharge | Promise<FairCharge>,
  bodyBytes: number,
): Promise<void> {
  const { gateway, exchange, filter, reader, answer, opening, reading } = cut;
  gateway.log("debug", "an answer whose client has left is read on", { request: exchange.id });
  const next = opening ? Promise.resolve({ done: false as const, value: opening }) : reading;
  const whole = await readOn(gateway, { reader, filter, attempt: answer.attempt, next });
  await chargeCut(cut, whole ? chargeOf(exchange, filter.tap, () => bodyBytes) : relayed);
}
