import { GatewayError } from "../core/errors.ts";
import type { Protocol } from "../core/protocol.ts";
import type { RequestHead } from "../core/request-head.ts";
import { NOT_ASKED } from "../core/request-record.ts";
import { classifyAnswer, classifyFault, type Refusal, refused } from "./classify-answer.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import type { UpstreamAnswer } from "./open-answer.ts";
import { openTranslated } from "./open-translated.ts";
import { resumptionOf } from "./resume-turns.ts";
import { sendTranslated } from "./send-translated.ts";
import { translateExchange } from "./translate-exchange.ts";
import type { Try } from "./try.ts";

/** In place of a body that nobody needs any more. */
const SENT = new Uint8Array(0);

/**
 * Waits for a translation; what the target cannot be asked is a refusal, for another may be able to. The
 * target's time begins behind it: what fetching media took is not the target's.
 * @throws GatewayError what is wrong with the request itself, or `client_closed`.
 */
export async function translated<Made>(
  attempt: Try,
  making: Promise<Made>,
): Promise<{ readonly kind: "translated"; readonly made: Made } | Refusal> {
  attempt.pause();
  try {
    const made = await making;
    attempt.extend();
    return { kind: "translated", made };
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) || thrown.kind !== "unsupported") throw thrown;
    return refused(thrown, NOT_ASKED);
  }
}

/** Asks a target in another protocol, or in the client's own where its bytes must not pass as they are. */
export async function translateTo(
  gateway: Gateway,
  exchange: Exchange,
  head: RequestHead,
  attempt: Try,
  protocol: Protocol,
): Promise<UpstreamAnswer | Refusal> {
  const way = { target: attempt.target, protocol };
  const ready = await translated(attempt, translateExchange(gateway, exchange, head, way));
  if (ready.kind === "refused") return ready;
  try {
    const response = await sendTranslated(gateway, exchange, attempt, ready.made, head.stream);
    const refusal = classifyAnswer(response);
    if (refusal) return refusal;
    const resumption = resumptionOf(gateway, exchange, attempt, ready.made);
    const sent = { ...ready.made, body: SENT };
    return await openTranslated(gateway, exchange, attempt, response, sent, resumption);
  } catch (fault) {
    return classifyFault(fault, attempt);
  }
}
