import { applySplices } from "../base/splice.ts";
import { GatewayError } from "../core/errors.ts";
import type { Target } from "../core/model.ts";
import { isSide } from "../core/protocol.ts";
import type { RequestHead } from "../core/request-head.ts";
import { wayTo, writtenWayTo } from "../core/way.ts";
import type { RequestEdits } from "../protocols/protocol.ts";
import { contains } from "../protocols/text-bytes.ts";
import type { Route } from "../routing/router.ts";
import { foreignEnvelopeMarkers } from "../translation/envelope.ts";
import { askBeside } from "./beside-text/ask-beside.ts";
import { classifyAnswer, classifyFault, type Refusal } from "./classify-answer.ts";
import { type Exchange, textProtocolOf } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { openAnswer, type UpstreamAnswer } from "./open-answer.ts";
import { promptsTo } from "./prompts-to.ts";
import { sendOrUnseal } from "./sealed-reasoning.ts";
import { tellLosses } from "./translate-exchange.ts";
import { translateTo } from "./translate-to.ts";
import { Try } from "./try.ts";

function editsFor(exchange: Exchange, { model, traits }: Target): RequestEdits {
  const completionTokensField = traits[textProtocolOf(exchange)]?.completionTokensField === true;
  return { model, outputTokensMax: exchange.outputTokensMax, completionTokensField };
}

/** Asks a target in the client's own protocol: its bytes pass. */
async function passTo(
  gateway: Gateway,
  exchange: Exchange,
  head: RequestHead,
  attempt: Try,
): Promise<UpstreamAnswer | Refusal> {
  const { target, abort } = attempt;
  const { codec, endpoint, request, bytes } = exchange;
  const body = applySplices(bytes, codec.editRequest(head, bytes, editsFor(exchange, target)));
  try {
    const response = await sendOrUnseal(gateway, exchange, {
      target,
      protocol: codec.id,
      operation: endpoint.operation,
      stream: head.stream,
      clientHeaders: request.headers,
      body,
      signal: abort.signal,
    });
    return classifyAnswer(response) ?? (await openAnswer(gateway, exchange, head, attempt, response));
  } catch (fault) {
    return classifyFault(fault, attempt);
  }
}

/**
 * Bytes do not pass as they are where they hold another vendor's opaque state in our envelope, or where
 * the operator set request fields of the model.
 */
function leavesBytePath({ bytes, model, endpoint }: Exchange): boolean {
  if (endpoint.operation !== "generate") return false;
  return model?.defaults !== undefined || foreignEnvelopeMarkers.some((marker) => contains(bytes, marker));
}

function tryTarget(
  gateway: Gateway,
  exchange: Exchange,
  head: RequestHead,
  attempt: Try,
): Promise<UpstreamAnswer | Refusal> {
  if (isSide(exchange.codec.id)) return askBeside(gateway, exchange, head, attempt, exchange.codec.id);
  const client = textProtocolOf(exchange);
  const passes = wayTo(attempt.target, client) === client && !leavesBytePath(exchange);
  const protocol = passes ? undefined : writtenWayTo(attempt.target, client);
  if (protocol === undefined) return passTo(gateway, exchange, head, attempt);
  return client === "openai-completions" && Array.isArray(head.body.prompt)
    ? promptsTo(gateway, exchange, head, attempt, protocol)
    : translateTo(gateway, exchange, head, attempt, protocol);
}

function note(
  gateway: Gateway,
  exchange: Exchange,
  attempt: Try,
  startMs: number,
  result: UpstreamAnswer | Refusal,
) {
  const { target } = attempt;
  const served = result.kind === "served";
  exchange.attempts.push({
    upstream: target.upstream.id,
    model: target.model,
    status: result.status,
    outcome: served ? "served" : result.retryable ? "retryable" : "final",
    reason: served ? undefined : result.reason,
    startMs: Math.round(startMs),
    tookMs: Math.round(gateway.clock.monotonic() - exchange.startedMs - startMs),
  });
}

/** Whatever it throws, the upstream is let go, and nothing waits for it any more. */
async function attemptTarget(
  gateway: Gateway,
  exchange: Exchange,
  head: RequestHead,
  attempt: Try,
): Promise<UpstreamAnswer | Refusal> {
  attempt.limit(gateway.deadlines, attempt.target.upstream.firstByteMs);
  try {
    return await tryTarget(gateway, exchange, head, attempt);
  } catch (thrown) {
    attempt.cut();
    throw thrown;
  }
}

/** The target cannot be asked such a request: it is not ill, and a later try would find the same. */
function isUnable({ error }: Refusal): boolean {
  return error.kind === "unsupported";
}

/**
 * Tries the targets in their order until one serves; only before the first byte of an answer.
 * @throws GatewayError what the preferred target said when none does (of those that could be asked, where
 *   any could), unless another found fault with the request itself; `client_closed` when the client left.
 */
export async function dispatch(
  gateway: Gateway,
  exchange: Exchange,
  head: RequestHead,
  route: Route,
): Promise<UpstreamAnswer> {
  let told: Refusal | undefined;
  for (const target of route.targets) {
    const startMs = gateway.clock.monotonic() - exchange.startedMs;
    if (exchange.lost) throw exchange.lost;
    const attempt = new Try(target, exchange.request.signal);
    exchange.attempt = attempt;
    const result = await attemptTarget(gateway, exchange, head, attempt);
    note(gateway, exchange, attempt, startMs, result);
    if (result.kind === "served") {
      gateway.cooldowns.served(target);
      if (result.translation) tellLosses(exchange, result.translation.losses);
      return result;
    }
    attempt.cut();
    if (exchange.request.signal.aborted)
      throw new GatewayError("client_closed", "The client closed the request.");
    if (exchange.lost) throw exchange.lost;
    if (!result.retryable) throw result.error;
    if (!told || (isUnable(told) && !isUnable(result))) told = result;
    gateway.cooldowns.failed(target, result.error);
  }
  throw (
    told?.error ??
    new GatewayError("upstream_error", "This model has no upstream; the operator must give it one.")
  );
}
