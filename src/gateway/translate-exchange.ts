import { rawIndex } from "../base/raw-json.ts";
import { GatewayError } from "../core/errors.ts";
import type { Loss } from "../core/generation/loss.ts";
import type { GenerationRequest } from "../core/generation/request.ts";
import type { Target } from "../core/model.ts";
import type { Protocol } from "../core/protocol.ts";
import type { RequestHead } from "../core/request-head.ts";
import type { AnswerEncoder, LossReport, PausedTurns } from "../protocols/translation.ts";
import type { AnswerTranslator } from "../translation/answer-translator.ts";
import { applyDefaults } from "../translation/defaults.ts";
import { type AnswerFacts, translateRequest } from "../translation/translate-request.ts";
import { TRANSLATORS } from "../translation/translators.ts";
import { type Exchange, textProtocolOf } from "./exchange.ts";
import { fillMedia } from "./fill-media.ts";
import type { Gateway } from "./gateway.ts";
import { fillSignatures } from "./kept-signatures.ts";
import { refuseDeep } from "./read-body.ts";
import { worded } from "./refuse.ts";

/** A request in the protocol of its target, and the reader of its answer. */
export interface Translation {
  readonly protocol: Protocol;
  readonly body: Uint8Array;
  readonly betas: readonly string[];
  readonly losses: readonly Loss[];
  readonly translator: AnswerTranslator;
  /** Where the target may pause its answer and the client's protocol knows no pause. */
  readonly pausedTurns: PausedTurns | undefined;
}

const utf8 = new TextEncoder();

/** The client's request in the neutral form; read once, whatever is tried. */
export function generationOf(gateway: Gateway, exchange: Exchange, head: RequestHead): GenerationRequest {
  const known = exchange.generation;
  if (known) return known;
  refuseDeep(head.body);
  const decoded = TRANSLATORS[textProtocolOf(exchange)].client.decodeRequest(head.body, {
    raw: rawIndex(exchange.bytes, head.body),
    path: exchange.endpoint,
    unseal: gateway.envelope.unseal,
  });
  exchange.generation = decoded;
  return decoded;
}

/** With the output limit that the balance pays for; a thinking budget is fitted into it with the rest. */
function limitedTo(request: GenerationRequest, outputTokensMax: number | undefined): GenerationRequest {
  return outputTokensMax === undefined ? request : { ...request, outputTokensMax };
}

/** Of one request so many are told, and so much of a path: a client may send a field of any name, many times. */
const LOSSES_MAX = 100;
const PATH_LENGTH_MAX = 200;
const MORE: Loss = { action: "dropped", path: "...", reason: "and more that are not listed" };

/** Lists losses; the same one is told once. */
export function lossReport(losses: Loss[]): LossReport {
  const told = new Set<string>();
  return {
    lose(action, path, reason) {
      const loss = { action, path: path.slice(0, PATH_LENGTH_MAX), reason };
      const key = `${loss.path}\n${reason}`;
      if (told.has(key) || losses.length > LOSSES_MAX) return;
      told.add(key);
      losses.push(losses.length < LOSSES_MAX ? loss : MORE);
    },
  };
}

export function refuseLosses(losses: readonly Loss[], model: string): GatewayError {
  const list = losses.map(({ path, reason }) => `${path} (${reason})`).join(", ");
  const message = `x-quoin-lossy is "reject", and the upstream of "${model}" cannot be told all of this request: ${list}. Leave these out, use another model, or send x-quoin-lossy: warn.`;
  return new GatewayError("unsupported", message, { param: losses[0]?.path ?? "x-quoin-lossy" });
}

/** Header values stay short: what does not fit is in the request's record. */
const WARNINGS_LENGTH_MAX = 2_000;

/** Names what the serving target could not be told: in the record always, in a header unless it is not wanted. */
export function tellLosses(exchange: Exchange, losses: readonly Loss[]): void {
  const told = losses.map(({ action, path, reason }) => `${action};${path};${reason}`);
  exchange.notes.push(...told.map((text) => `loss: ${text.replaceAll(";", " ")}`));
  if (exchange.lossPolicy === "silent") return;
  const before = exchange.warnings === "" ? [] : [exchange.warnings];
  const text = [...before, ...told].join(", ").replace(/[^\x20-\x7e]/g, "?");
  exchange.warnings = text.length > WARNINGS_LENGTH_MAX ? `${text.slice(0, WARNINGS_LENGTH_MAX)}...` : text;
}

/** A target, and the protocol in which it is asked. */
export interface Way {
  readonly target: Target;
  readonly protocol: Protocol;
}

/**
 * Puts a request into the protocol of a target.
 * @param decoded in the neutral form
 * @param encoder where the answer is a part of a larger one
 * @throws GatewayError `unsupported` or `bad_request` for what would change its meaning.
 */
export async function translateGeneration(
  gateway: Gateway,
  exchange: Exchange,
  decoded: GenerationRequest,
  { target, protocol }: Way,
  encoder?: AnswerEncoder,
): Promise<Translation> {
  const traits = target.traits[protocol];
  if (!traits) throw new Error(`${target.upstream.id} has no traits for ${protocol}`);
  const losses: Loss[] = [];
  const report = lossReport(losses);
  const filled = applyDefaults(decoded, exchange.model?.defaults ?? {}, report);
  const signing = fillSignatures(gateway, exchange, limitedTo(filled, exchange.outputTokensMax));
  const signed = signing instanceof Promise ? await signing : signing;
  const filling = fillMedia(gateway, exchange, signed, traits);
  const request = filling instanceof Promise ? await filling : filling;
  const facts = { ...answerFacts(gateway, exchange), ...(encoder ? { encoder } : {}) };
  const { body, ...made } = translateRequest(request, traits, facts, report);
  if (losses.length > 0 && exchange.lossPolicy === "reject") throw refuseLosses(losses, decoded.model);
  return { ...made, protocol, body: utf8.encode(body), losses };
}

/** What the client's answer says of itself. */
export function answerFacts(gateway: Gateway, exchange: Exchange): AnswerFacts {
  const { id, at, head } = exchange;
  return {
    answerId: id,
    model: head?.model ?? "",
    created: Math.floor(at / 1000),
    seal: gateway.envelope.seal,
    word: (error) => worded(gateway, exchange, error),
    previousId: head?.previousId,
  };
}

/** Puts the client's request into the protocol of a target. */
export function translateExchange(
  gateway: Gateway,
  exchange: Exchange,
  head: RequestHead,
  way: Way,
): Promise<Translation> {
  return translateGeneration(gateway, exchange, generationOf(gateway, exchange, head), way);
}
