import { multiplierFor } from "../core/multiplier.ts";
import { multiplyPrice, PPM_OF_ONE, priceAt } from "../core/price.ts";
import { resolveRoute } from "../routing/router.ts";
import { acquirePermit } from "./acquire-permit.ts";
import { authenticate } from "./authenticate.ts";
import { countInput } from "./count-input.ts";
import { dispatch } from "./dispatch.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { within } from "./keep-alive.ts";
import { openCapture } from "./keep-transcript.ts";
import { buildsOnEarlier, continueEarlier, storingOf } from "./kept-responses.ts";
import { lossPolicyOf } from "./loss-policy.ts";
import { readRequest } from "./read-request.ts";
import { refuse } from "./refuse.ts";
import { mayGreet, relayLate } from "./relay-late.ts";
import { relayStream } from "./relay-stream.ts";
import { relayWhole } from "./relay-whole.ts";
import { reserveFunds } from "./reserve-funds.ts";

/**
 * One request, top to bottom. Each `await` of the hot path is a line of this function; what can be
 * answered from memory is not awaited.
 */
export async function handleExchange(gateway: Gateway, exchange: Exchange): Promise<Response> {
  const { request, codec, endpoint } = exchange;
  gateway.running.add(exchange.id);
  try {
    const known = authenticate(gateway, request, exchange.query, exchange.peers);
    const principal = known instanceof Promise ? await known : known;
    exchange.principal = principal;
    exchange.lossPolicy = lossPolicyOf(request.headers, principal);

    const read = await readRequest(gateway, exchange);
    exchange.transcript = openCapture(gateway, exchange, principal);
    exchange.head = read;
    const { head, keptBy } = buildsOnEarlier(read)
      ? await continueEarlier(gateway, exchange, principal, read)
      : { head: read, keptBy: undefined };
    exchange.head = head;
    exchange.storing = storingOf(exchange, head);

    const snapshot = gateway.snapshot();
    const query = { snapshot, name: head.model, protocol: codec.id, principal, keptBy };
    const route = resolveRoute(query, gateway.cooldowns);
    exchange.model = route.model;
    const multiplier = multiplierFor(snapshot, principal.accountName, principal.planId);
    exchange.multiplier = multiplier;
    exchange.price = multiplyPrice(priceAt(route.model.price, exchange.at), multiplier?.ppm ?? PPM_OF_ONE);
    // The configuration may have been reloaded while the body came in.
    exchange.priceVersion = snapshot.priceVersion;

    const admitted = acquirePermit(gateway, exchange, snapshot, principal, route.model, head);
    if (admitted) await admitted;
    if (endpoint.operation === "count-tokens") return await countInput(gateway, exchange, head, route);
    const { walletId, planId, keyId } = principal;
    const credit = gateway.credits.due(walletId, snapshot.plans.get(planId), keyId);
    if (credit) await credit;
    const reserved = reserveFunds(gateway, exchange, principal, head);
    exchange.reservation = reserved instanceof Promise ? await reserved : reserved;
    exchange.queueMs = gateway.clock.monotonic() - exchange.startedMs;

    const dispatched = dispatch(gateway, exchange, head, route);
    const answer = mayGreet(gateway, exchange, head)
      ? await within(gateway.deadlines, gateway.keepAliveMs, dispatched)
      : await dispatched;
    if (!answer) return relayLate(gateway, exchange, dispatched);
    return answer.whole
      ? await relayWhole(gateway, exchange, answer)
      : relayStream(gateway, exchange, answer);
  } catch (thrown) {
    return refuse(gateway, exchange, thrown);
  }
}
