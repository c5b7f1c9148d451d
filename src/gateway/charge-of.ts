import { isSide } from "../core/protocol.ts";
import type { TapState } from "../protocols/protocol.ts";
import { meterBeside } from "./beside-text/meter-beside.ts";
import type { Exchange } from "./exchange.ts";
import { type FairCharge, fairCharge, fairCutCharge } from "./fair-charge.ts";

/** What an answer that ended well is charged for. @param textBytes of the request, asked for where it is estimated */
export function chargeOf(
  exchange: Exchange,
  tap: TapState,
  textBytes: () => number,
): FairCharge | Promise<FairCharge> {
  return isSide(exchange.codec.id) ? meterBeside(exchange, tap) : fairCharge(exchange, tap, textBytes);
}

/** The same for one that its client cut: what was relayed; beside text all, since it was asked for as a whole. */
export function chargeOfCut(
  exchange: Exchange,
  tap: TapState,
  bodyBytes: number,
): FairCharge | Promise<FairCharge> {
  if (isSide(exchange.codec.id)) return meterBeside(exchange, tap);
  return fairCutCharge(exchange, tap, bodyBytes);
}
