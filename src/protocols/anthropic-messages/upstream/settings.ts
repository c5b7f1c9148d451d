import { present } from "../../../base/present.ts";
import { Raw } from "../../../base/raw-json.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { keptOf } from "../kept-members.ts";
import { outputSchema } from "./output-schema.ts";
import type { Writing } from "./writing.ts";

const TYPES = { on: "enabled", auto: "adaptive", off: "disabled" } as const;
const DISPLAYS = { none: "omitted", summary: "summarized", full: "summarized" } as const;

/** `thinking`; models that are told by effort alone, or not at all, know no such field. */
function writeThinking({ request, traits, own }: Writing): JsonObject | undefined {
  const { mode, budgetTokens, show } = request.reasoning;
  const told = own || (traits.thinking !== "none" && traits.thinking !== "effort");
  if (mode === undefined || !told) return undefined;
  const kept = keptOf(request);
  // The older models, which are given a budget, know no display.
  const shown = show !== undefined && (own || mode === "auto") ? DISPLAYS[show] : undefined;
  return present({
    type: kept.$thinking ?? TYPES[mode],
    budget_tokens: budgetTokens,
    display: kept.$display ?? shown,
  });
}

function writeFormat(writing: Writing): JsonObject | undefined {
  const { format } = writing.request;
  if (format.type !== "schema") return undefined;
  const schema = writing.own ? new Raw(format.schema) : outputSchema(format.schema, writing);
  return { type: "json_schema", schema, ...asObject(keptOf(writing.request).$format) };
}

/** `thinking`, `output_config`, and what its beta called `output_format`. */
export function writeReasoning(writing: Writing): JsonObject {
  const { request, own } = writing;
  const { effort, mode } = request.reasoning;
  const format = writeFormat(writing);
  const beta = keptOf(request).$formatField === "output_format";
  const config = present({
    effort: own || mode !== "off" ? effort : undefined,
    format: beta ? undefined : format,
  });
  return present({
    thinking: writeThinking(writing),
    output_config: Object.keys(config).length > 0 ? config : undefined,
    output_format: beta ? format : undefined,
  });
}

export function writeSampling({ request }: Writing): JsonObject {
  const { temperature, topP, topK, stop } = request.sampling;
  return present({ temperature, top_p: topP, top_k: topK, stop_sequences: stop });
}
