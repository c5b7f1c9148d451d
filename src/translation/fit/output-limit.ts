import type { GenerationRequest } from "../../core/generation/request.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import { outputLimitName } from "../../protocols/field-names.ts";
import type { LossReport } from "../../protocols/translation.ts";

/** Where nothing is known of a model and its protocol demands a limit. */
const UNKNOWN_TOKENS = 8_192;

/** The output limit, at most the model's own, which upstreams refuse to exceed; Anthropic demands one. */
export function fitOutputLimit(
  request: GenerationRequest,
  { protocol, outputTokensMax }: TargetTraits,
  report: LossReport,
): GenerationRequest {
  const asked = request.outputTokensMax;
  const most = outputTokensMax > 0 ? outputTokensMax : undefined;
  if (asked === undefined) {
    return protocol === "anthropic-messages"
      ? { ...request, outputTokensMax: most ?? UNKNOWN_TOKENS }
      : request;
  }
  if (most === undefined || asked <= most) return request;
  report.lose("changed", outputLimitName(request), `the model gives ${most} tokens at most`);
  return { ...request, outputTokensMax: most };
}
