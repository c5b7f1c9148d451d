import { writeJson } from "../base/raw-json.ts";
import type { GenerationRequest } from "../core/generation/request.ts";
import type { TargetTraits } from "../core/generation/traits.ts";
import type { AnswerContext, LossReport } from "../protocols/translation.ts";
import { answerFilters } from "./answer-filters.ts";
import { type AnswerTranslator, newAnswerTranslator } from "./answer-translator.ts";
import { fitRequest } from "./fit/fit-request.ts";
import { TRANSLATORS } from "./translators.ts";

/** A request as its target is asked, and what turns the target's answer into the client's. */
export interface TranslatedRequest {
  /** JSON. */
  readonly body: string;
  readonly translator: AnswerTranslator;
}

/** What the answer needs to know besides the request. */
export interface AnswerFacts extends Omit<AnswerContext, "request"> {
  /** The response that the client continues, where the request holds the whole conversation in its place. */
  readonly previousId?: string | undefined;
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
  const body = writeJson(upstream.encodeRequest(fitted.request, { traits, report }));
  const { restore, stops } = fitted;
  const { previousId } = answer;
  const shown = previousId === undefined ? request : { ...request, state: { ...request.state, previousId } };
  const translator = newAnswerTranslator({
    upstream,
    client,
    decodeContext: { traits, request: fitted.request, answerId: answer.answerId },
    ...answerFilters({ request, protocol: request.origin, traits, restore, stops }),
    encoder: client.openEncoder({ ...answer, request: shown }),
    grammar: client.openGrammar(request),
  });
  return { body, translator };
}
