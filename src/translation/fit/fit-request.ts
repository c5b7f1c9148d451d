import type { GenerationRequest } from "../../core/generation/request.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import type { LossReport } from "../../protocols/translation.ts";
import { NOTHING_TO_RESTORE, type Restore } from "../restore/restore.ts";
import { fitArguments } from "./arguments.ts";
import { fitAttribution } from "./attribution.ts";
import { fitCaching } from "./caching.ts";
import { fitCallIds } from "./call-ids.ts";
import { fitEmptyText } from "./empty-text.ts";
import { fitFormat } from "./format.ts";
import { fitMedia } from "./media.ts";
import { mergeTurns } from "./merge-turns.ts";
import { moveMedia } from "./moved-media.ts";
import { fitOpaqueParts } from "./opaque-parts.ts";
import { fitOutputLimit } from "./output-limit.ts";
import { pairResults } from "./pair-results.ts";
import { fitReasoning } from "./reasoning.ts";
import { fitRequestFields } from "./request-fields.ts";
import { fitFailures } from "./results.ts";
import { fitSampling } from "./sampling.ts";
import { fitSignatures } from "./signatures.ts";
import { fitSteps } from "./steps.ts";
import { fitStops } from "./stops.ts";
import { fitSystemTurns } from "./system-turns.ts";
import { fitToolChoice } from "./tool-choice.ts";
import { fitTools } from "./tools.ts";

export interface FittedRequest {
  readonly request: GenerationRequest;
  /** What the answer must have back. */
  readonly restore: Restore;
  /** Stop sequences that the gateway looks for itself. */
  readonly stops: readonly string[];
}

/**
 * Brings a request into what the target can say; the encoder of its protocol then only writes it. What is
 * lost is reported. Between peers of one protocol nothing changes but opaque state of others.
 * @throws GatewayError `unsupported` for what would change the request's meaning, `bad_request` for what no target takes
 */
export function fitRequest(
  request: GenerationRequest,
  traits: TargetTraits,
  report: LossReport,
): FittedRequest {
  const signed = fitSignatures(request, traits, report);
  if (request.origin === traits.protocol) {
    return { request: fitSteps(signed, traits), restore: NOTHING_TO_RESTORE, stops: [] };
  }
  const named = fitTools(signed, traits, report);
  const asked = fitQuestion(named.request, traits, report);
  const halted = fitStops(asked, traits, report);
  const identified = fitCallIds(halted.request, traits);
  const told = fitConversation(identified.request, traits, report);
  const restore = { tools: named.restored, callIds: identified.restored };
  return { request: fitCaching(told, traits), restore, stops: halted.stops };
}

type Pass = (request: GenerationRequest, traits: TargetTraits, report: LossReport) => GenerationRequest;

/** What is asked for. The order counts: the limit bounds the thinking, and thinking the sampling and the choice. */
const QUESTION: readonly Pass[] = [
  fitRequestFields,
  fitOutputLimit,
  fitReasoning,
  fitSampling,
  fitFormat,
  fitToolChoice,
];

/** What was said. Parts first, then the order of turns, which ends in their final shape. */
const CONVERSATION: readonly Pass[] = [
  fitAttribution,
  fitOpaqueParts,
  fitMedia,
  fitArguments,
  fitFailures,
  (request, _, report) => pairResults(request, report),
  moveMedia,
  fitEmptyText,
  fitSystemTurns,
  mergeTurns,
  fitSteps,
];

function fitQuestion(
  request: GenerationRequest,
  traits: TargetTraits,
  report: LossReport,
): GenerationRequest {
  return QUESTION.reduce((fitted, pass) => pass(fitted, traits, report), request);
}

function fitConversation(
  request: GenerationRequest,
  traits: TargetTraits,
  report: LossReport,
): GenerationRequest {
  return CONVERSATION.reduce((fitted, pass) => pass(fitted, traits, report), request);
}
