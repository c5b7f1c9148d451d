import type { GenerationRequest, Sampling } from "../../core/generation/request.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import { fieldName } from "../../protocols/field-names.ts";
import type { LossReport } from "../../protocols/translation.ts";

export interface FittedStops {
  readonly request: GenerationRequest;
  /** Those that the target is not told: the gateway's own scanner looks for them (restore/stop-scanner.ts). */
  readonly stops: readonly string[];
}

/** As many stop sequences as the target takes; the gateway looks for the others. */
export function fitStops(request: GenerationRequest, traits: TargetTraits, report: LossReport): FittedStops {
  const all = (request.sampling.stop ?? []).filter((stop) => stop !== "");
  // Anthropic refuses white space.
  const known = traits.protocol === "anthropic-messages" ? all.filter((stop) => stop.trim() !== "") : all;
  // Responses has no such field at all.
  const most = traits.protocol === "openai-responses" ? 0 : traits.stopsMax;
  const told = known.slice(0, most);
  const stops = all.filter((stop) => !told.includes(stop));
  if (stops.length > 0)
    report.lose("emulated", fieldName(request.origin, "stop"), "the gateway looks for some sequences itself");
  const { stop: _, ...rest } = request.sampling;
  const sampling: Sampling = told.length === 0 ? rest : { ...rest, stop: told };
  return { request: { ...request, sampling }, stops };
}
