import { GatewayError } from "../../core/errors.ts";
import type { GenerationRequest, Sampling } from "../../core/generation/request.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import { fieldName } from "../../protocols/field-names.ts";
import type { LossReport } from "../../protocols/translation.ts";

/** `stop` and `choices` have rules of their own. */
type SamplingField = Exclude<keyof Sampling, "stop" | "choices">;

/** Why a field is not sent, or undefined where it is. */
type Rule = (request: GenerationRequest, traits: TargetTraits) => string | undefined;

const UNKNOWN = "not known to the target";
const FIXED = "the model chooses its own";
const THINKING = "not together with thinking";

function isClaude({ protocol }: TargetTraits): boolean {
  return protocol === "anthropic-messages";
}

function thinks({ reasoning }: GenerationRequest, traits: TargetTraits): boolean {
  return isClaude(traits) && (reasoning.mode === "on" || reasoning.mode === "auto");
}

function isFixed({ reasoning }: GenerationRequest, { sampling, samplingWhenOff }: TargetTraits): boolean {
  return !sampling && !(samplingWhenOff && reasoning.mode === "off");
}

function isOpenAi({ protocol, vendor }: TargetTraits): boolean {
  return protocol === "openai-responses" || vendor === "openai";
}

/** Seeds and penalties: nothing of the kind at Anthropic and in Responses. */
const draws: Rule = (_, traits) => {
  if (isClaude(traits) || traits.protocol === "openai-responses") return UNKNOWN;
  return traits.choices ? undefined : UNKNOWN;
};

const likelihoods: Rule = (request, traits) => {
  if (traits.protocol === "openai-responses") return isFixed(request, traits) ? FIXED : undefined;
  return isClaude(traits) || !traits.choices ? UNKNOWN : undefined;
};

const RULES: { readonly [Field in SamplingField]: Rule } = {
  temperature(request, traits) {
    if (isFixed(request, traits)) return FIXED;
    return thinks(request, traits) && request.sampling.temperature !== 1 ? THINKING : undefined;
  },
  topP(request, traits) {
    const { topP = 1, temperature } = request.sampling;
    if (isFixed(request, traits)) return FIXED;
    if (thinks(request, traits) && topP < 0.95) return THINKING;
    return traits.temperatureOrTopP && temperature !== undefined ? "temperature is given too" : undefined;
  },
  topK(request, traits) {
    if (isFixed(request, traits)) return FIXED;
    if (thinks(request, traits)) return THINKING;
    return isOpenAi(traits) ? UNKNOWN : undefined;
  },
  seed: draws,
  presencePenalty: draws,
  frequencyPenalty: draws,
  logitBias: (request, traits) => (traits.protocol === "gemini" ? UNKNOWN : draws(request, traits)),
  logprobs: likelihoods,
  topLogprobs: likelihoods,
};

/** Values that say no more than silence does. */
const SILENT: { readonly [Field in SamplingField]?: unknown } = {
  temperature: 1,
  topP: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  logprobs: false,
};

/**
 * Sampling fields that the target knows, in its range.
 * @throws GatewayError `unsupported` for several choices where there is one only
 */
export function fitSampling(
  request: GenerationRequest,
  traits: TargetTraits,
  report: LossReport,
): GenerationRequest {
  const sampling: { -readonly [Field in keyof Sampling]: Sampling[Field] } = { ...request.sampling };
  for (const field of Object.keys(RULES) as SamplingField[]) {
    if (sampling[field] === undefined) continue;
    const why = RULES[field](request, traits);
    if (why === undefined) continue;
    if (sampling[field] !== SILENT[field]) report.lose("dropped", fieldName(request.origin, field), why);
    delete sampling[field];
  }
  fitTemperature(sampling, request, traits, report);
  return { ...request, sampling: fitChoices(sampling, request, traits) };
}

function fitTemperature(
  sampling: { temperature?: number },
  { origin }: GenerationRequest,
  traits: TargetTraits,
  report: LossReport,
): void {
  const most = isClaude(traits) ? 1 : 2;
  if (sampling.temperature === undefined || sampling.temperature <= most) return;
  report.lose("changed", fieldName(origin, "temperature"), `the target takes ${most} at most`);
  sampling.temperature = most;
}

/** Fewer answers than were asked for would be another contract. */
function fitChoices(sampling: Sampling, { origin }: GenerationRequest, traits: TargetTraits): Sampling {
  const { choices, ...rest } = sampling;
  if (choices === undefined || choices <= 1) return rest;
  if (traits.choices && (traits.protocol === "openai-chat" || traits.protocol === "gemini")) return sampling;
  const param = fieldName(origin, "choices");
  const message = `${param}: "${traits.model}" gives one answer a request; leave it out, or send the request several times.`;
  throw new GatewayError("unsupported", message, { param });
}
