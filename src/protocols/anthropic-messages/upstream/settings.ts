import { present } from "../../../base/present.ts";
import { Raw } from "../../../base/raw-json.ts";
import type { Reasoning } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { fieldName } from "../../field-names.ts";
import { keptOf } from "../kept-members.ts";
import { outputSchema } from "./output-schema.ts";
import type { Writing } from "./writing.ts";

const TYPES = { on: "enabled", auto: "adaptive", off: "disabled" } as const;
const DISPLAYS = { none: "omitted", summary: "summarized", full: "summarized" } as const;

/** As it was read. */
function ownThinking({ mode, budgetTokens, show }: Reasoning, kept: JsonObject): JsonObject | undefined {
  if (mode === undefined) return undefined;
  const display = kept.$display ?? (show === undefined ? undefined : DISPLAYS[show]);
  const type = mode === "auto" ? (kept.$thinking ?? "adaptive") : TYPES[mode];
  return present({ type, budget_tokens: budgetTokens, display });
}

const wants = ({ mode, effort }: Reasoning) =>
  mode === "on" || mode === "auto" || (mode === undefined && effort !== undefined && effort !== "none");

/** In the way that the model is told to think (PROTOCOLS.md 1.5a). */
function fittedThinking({ request, traits, report }: Writing): JsonObject | undefined {
  const { reasoning, origin } = request;
  const off = reasoning.mode === "off" || reasoning.effort === "none";
  switch (traits.thinking) {
    case "adaptive":
      if (off) return { type: "disabled" };
      return wants(reasoning)
        ? { type: "adaptive", display: reasoning.show === "none" ? "omitted" : "summarized" }
        : undefined;
    case "budget":
    case "switch":
      if (off) return { type: "disabled" };
      if (reasoning.budgetTokens === undefined) return undefined;
      return { type: "enabled", budget_tokens: reasoning.budgetTokens };
    case "effort":
      return undefined;
    default:
      if (wants(reasoning))
        report.lose("dropped", fieldName(origin, "reasoning"), "the model does not think");
      return undefined;
  }
}

const EFFORT_CONTROLS = new Set(["adaptive", "effort"]);

function writeEffort({ request, traits, own, report }: Writing): string | undefined {
  const { effort, mode } = request.reasoning;
  if (own || effort === undefined) return effort;
  if (effort === "none" || mode === "off" || !EFFORT_CONTROLS.has(traits.thinking)) return undefined;
  if (effort !== "minimal") return effort;
  report.lose("changed", fieldName(request.origin, "reasoning"), "low is the least effort");
  return "low";
}

function writeFormat(writing: Writing): JsonObject | undefined {
  const { format, origin } = writing.request;
  if (format.type === "text") return undefined;
  if (format.type === "json") {
    writing.report.lose("dropped", fieldName(origin, "format"), "needs a schema");
    return undefined;
  }
  const schema = writing.own ? new Raw(format.schema) : outputSchema(format.schema, writing);
  return { type: "json_schema", schema, ...asObject(keptOf(writing.request).$format) };
}

/** `thinking`, `output_config` and what its beta called `output_format`. */
export function writeReasoning(writing: Writing): JsonObject {
  const kept = keptOf(writing.request);
  const thinking = writing.own ? ownThinking(writing.request.reasoning, kept) : fittedThinking(writing);
  const effort = writeEffort(writing);
  const format = writeFormat(writing);
  const beta = kept.$formatField === "output_format";
  const config = present({ effort, format: beta ? undefined : format });
  return present({
    thinking,
    output_config: Object.keys(config).length > 0 ? config : undefined,
    output_format: beta ? format : undefined,
  });
}

/** Stop sequences of nothing but white space are refused; the gateway cannot scan for what it was not told. */
function writeStops({ request, own, report }: Writing): readonly string[] | undefined {
  const { stop } = request.sampling;
  if (own || !stop) return stop;
  const visible = stop.filter((text) => text.trim() !== "");
  if (visible.length < stop.length) {
    report.lose("dropped", fieldName(request.origin, "stop"), "only white space");
  }
  return visible.length > 0 ? visible : undefined;
}

const FOREIGN_SAMPLING = [
  "seed",
  "presencePenalty",
  "frequencyPenalty",
  "choices",
  "logprobs",
  "topLogprobs",
  "logitBias",
] as const;

export function writeSampling(writing: Writing): JsonObject {
  const { sampling, origin } = writing.request;
  for (const name of FOREIGN_SAMPLING) {
    const value = sampling[name];
    if (value === undefined || value === false || (name === "choices" && value === 1)) continue;
    writing.report.lose("dropped", fieldName(origin, name), "unknown to Anthropic Messages");
  }
  return present({
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    stop_sequences: writeStops(writing),
  });
}

/** `auto` means the same everywhere; other tiers are each vendor's own. */
export function writeTier({ request, own, report }: Writing): JsonObject {
  const { serviceTier, origin } = request;
  if (serviceTier === undefined) return {};
  if (own || serviceTier === "auto") return { service_tier: serviceTier };
  report.lose("dropped", fieldName(origin, "serviceTier"), "a tier of another vendor");
  return {};
}
