import { type GatewayError, toGatewayError } from "../core/errors.ts";
import { asObject, type JsonObject } from "../core/json.ts";
import type { Target } from "../core/model.ts";
import type { Protocol } from "../core/protocol.ts";
import type { RequestHead } from "../core/request-head.ts";
import { wayTo } from "../core/way.ts";
import { parseObject } from "../protocols/read-json.ts";
import type { Route } from "../routing/router.ts";
import { faultName, letGo } from "./classify-answer.ts";
import { estimateTokens } from "./count-tokens.ts";
import { dispatch } from "./dispatch.ts";
import { type Exchange, idHeaders, textProtocolOf } from "./exchange.ts";
import { recordExchange } from "./finish-exchange.ts";
import type { Gateway } from "./gateway.ts";
import type { UpstreamAnswer } from "./open-answer.ts";
import { relayWhole } from "./relay-whole.ts";
import { sendTranslated } from "./send-translated.ts";
import { generationOf, translateExchange } from "./translate-exchange.ts";
import { translated } from "./translate-to.ts";
import { Try } from "./try.ts";
import { readWhole } from "./upstream-reader.ts";

/** An upstream's own counter: what it is asked, and what it says. */
interface Counter {
  body(full: JsonObject, model: string): JsonObject;
  read(answer: JsonObject): unknown;
}

/** @anthropic-ai/sdk, `MessageCountTokensParams`: what bears on the answer only is refused there. */
const COUNTED = ["model", "messages", "system", "tools", "tool_choice", "thinking", "cache_control"] as const;

const COUNTERS: { readonly [Name in Protocol]?: Counter } = {
  "anthropic-messages": {
    body: (full) => Object.fromEntries(COUNTED.flatMap((name) => (name in full ? [[name, full[name]]] : []))),
    read: (answer) => answer.input_tokens,
  },
  // @google/genai, `CountTokensParameters` on the Gemini API.
  gemini: {
    body: (full, model) => ({ generateContentRequest: { ...full, model: `models/${model}` } }),
    read: (answer) => answer.totalTokens,
  },
};

/** What the client is answered. */
const ANSWERS: { readonly [Name in Protocol]?: (tokens: number) => object } = {
  "anthropic-messages": (tokens) => ({ input_tokens: tokens }),
  gemini: (tokens) => ({ totalTokens: tokens }),
};

/** The count of an upstream that has a counter in another protocol; undefined where none says. */
async function askCounter(
  gateway: Gateway,
  exchange: Exchange,
  head: RequestHead,
  target: Target,
  protocol: Protocol,
): Promise<number | undefined> {
  const counter = COUNTERS[protocol];
  if (!counter) return undefined;
  const attempt = new Try(target, exchange.request.signal);
  try {
    attempt.limit(gateway.deadlines, target.upstream.firstByteMs);
    const ready = await translated(attempt, translateExchange(gateway, exchange, head, { target, protocol }));
    // What this target cannot be asked another may count, or a tokenizer.
    if (ready.kind === "refused") return undefined;
    const translation = ready.made;
    const full = parseObject(translation.body) ?? {};
    const body = new TextEncoder().encode(JSON.stringify(counter.body(full, target.model)));
    const response = await sendTranslated(gateway, exchange, attempt, { ...translation, body }, false);
    if (!response.ok) {
      letGo(response);
      return undefined;
    }
    const tokens = counter.read(parseObject(await readWhole(response, gateway.answerBytesMax)) ?? {});
    return typeof tokens === "number" ? tokens : undefined;
  } catch (fault) {
    if (faultName(fault) === undefined) throw fault;
    // An estimate is at hand; what the upstream's connection did is not the client's matter.
    return undefined;
  } finally {
    attempt.end();
  }
}

/** The upstream's counter for its own protocol; undefined where it has none (compatible servers) or is away. */
async function passCounter(
  gateway: Gateway,
  exchange: Exchange,
  head: RequestHead,
  route: Route,
): Promise<UpstreamAnswer | undefined> {
  const targets = route.targets.filter((target) => wayTo(target, exchange.codec.id) === exchange.codec.id);
  if (targets.length === 0) return undefined;
  try {
    const answer = await dispatch(gateway, exchange, head, { ...route, targets });
    return answer.status === 404 || answer.status === 405 ? undefined : answer;
  } catch (thrown) {
    if (!isAway(toGatewayError(thrown))) throw thrown;
    return undefined;
  }
}

const AWAY: ReadonlySet<string> = new Set([
  "upstream_error",
  "upstream_unreachable",
  "upstream_timeout",
  "overloaded",
  "rate_limit",
]);

function isAway({ kind }: GatewayError): boolean {
  return AWAY.has(kind);
}

/** Counts the input of a request for any model: by its upstream where that can, by a tokenizer otherwise, which is said. */
export async function countInput(
  gateway: Gateway,
  exchange: Exchange,
  head: RequestHead,
  route: Route,
): Promise<Response> {
  const passed = await passCounter(gateway, exchange, head, route);
  if (passed) return await relayWhole(gateway, exchange, passed);
  const counted = await countElsewhere(gateway, exchange, head, route);
  const request = generationOf(gateway, exchange, head);
  const tokens = counted ?? (await estimateTokens(request, vendorOf(route.targets[0])));
  const body = ANSWERS[textProtocolOf(exchange)]?.(tokens) ?? { input_tokens: tokens };
  const said = counted === undefined ? { "x-quoin-warnings": "changed;count;estimated by a tokenizer" } : {};
  if (counted === undefined) exchange.notes.push("count: estimated by a tokenizer");
  recordExchange(gateway, exchange, { outcome: "finished", status: 200 });
  return Response.json(body, { headers: { ...idHeaders(exchange), ...exchange.limitHeaders, ...said } });
}

function vendorOf(target: Target | undefined): string | undefined {
  const traits = Object.values(target?.traits ?? {});
  return asObject(traits[0])?.vendor as string | undefined;
}

async function countElsewhere(
  gateway: Gateway,
  exchange: Exchange,
  head: RequestHead,
  { targets }: Route,
): Promise<number | undefined> {
  for (const target of targets) {
    const protocol = target.upstream.protocols.find((name) => name !== exchange.codec.id && COUNTERS[name]);
    const tokens = protocol && (await askCounter(gateway, exchange, head, target, protocol));
    if (tokens !== undefined) return tokens;
  }
  return undefined;
}
