import { writeJson } from "../base/raw-json.ts";
import type { GenerationRequest } from "../core/generation/request.ts";
import type { TargetTraits } from "../core/generation/traits.ts";
import type {
  AnswerContext,
  AnswerEncoder,
  Grammar,
  LossReport,
  PausedTurns,
} from "../protocols/translation.ts";
import { answerFilters } from "./answer-filters.ts";
import { type AnswerTranslator, newAnswerTranslator } from "./answer-translator.ts";
import { fitRequest } from "./fit/fit-request.ts";
import { TRANSLATORS } from "./translators.ts";

/** A request as its target is asked, and what turns the target's answer into the client's. */
export interface TranslatedRequest {
  /** JSON. */
  readonly body: string;
  /** Names of the vendor's previews that the body uses. */
  readonly betas: readonly string[];
  readonly translator: AnswerTranslator;
  /** Where the target may pause its answer and the client's protocol knows no pause. */
  readonly pausedTurns: PausedTurns | undefined;
}

/** What the answer needs to know besides the request. */
export interface AnswerFacts extends Omit<AnswerContext, "request"> {
  /** The response that the client continues, where the request holds the whole conversation in its place. */
  readonly previousId?: string | undefined;
  /** Writes this answer as a part of a larger one. */
  readonly encoder?: AnswerEncoder;
}

/**
 * Puts a request into the protocol of a target.
 * @param request as the client's codec read it, its media fetched
 * @throws GatewayError `unsupported` or `bad_request` for what would change its meaning
 */
export function translateRequest(
  request: GenerationRequest,
  traits: TargetTraits,
  answer: AnswerFacts,
  report: LossReport,
): TranslatedRequest {
  const { client } = TRANSLATORS[request.origin];
  const { upstream } = TRANSLATORS[traits.protocol];
  if (!upstream) throw new Error(`${traits.protocol} has no upstream side`);
  const fitted = fitRequest(request, traits, report);
  const body = upstream.encodeRequest(fitted.request, { traits, report });
  const { restore, stops } = fitted;
  const { previousId } = answer;
  const asked = withoutTurns(request);
  const shown = previousId === undefined ? asked : { ...asked, state: { ...asked.state, previousId } };
  const translator = newAnswerTranslator({
    upstream,
    client,
    decodeContext: { traits, request: withoutTurns(fitted.request), answerId: answer.answerId },
    ...answerFilters({ request: asked, protocol: request.origin, traits, restore, stops }),
    encoder: answer.encoder ?? client.openEncoder({ ...answer, request: shown }),
    grammar: answer.encoder ? UNCHECKED : client.openGrammar(asked),
  });
  const pausedTurns = request.origin === traits.protocol ? undefined : upstream.openPausedTurns?.(body);
  return { body: writeJson(body), betas: upstream.betasOf?.(body) ?? [], translator, pausedTurns };
}

/** What an answer needs of its request: a stream may last for minutes, and a picture in a turn be large. */
function withoutTurns(request: GenerationRequest): GenerationRequest {
  return { ...request, turns: [] };
}

/** Of one of several answers that are put together: the whole is checked. */
const UNCHECKED: Grammar = { check: () => undefined, end: () => undefined };
