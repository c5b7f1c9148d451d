import { present } from "../../../base/present.ts";
import { Raw } from "../../../base/raw-json.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { fieldName } from "../../field-names.ts";
import { keptOf } from "../kept-members.ts";
import { grammarSchema } from "./grammar-schema.ts";
import type { Writing } from "./writing.ts";

const TYPES = { on: "enabled", auto: "adaptive", off: "disabled" } as const;
const DISPLAYS = { none: "omitted", summary: "summarized", full: "summarized" } as const;

/**
 * Told a budget, Anthropic's models refuse to go on from calls whose thinking does not come back with them
 * ("Expected `thinking`, but found `tool_use`"): clients of other protocols often cannot send it, and that of
 * another vendor's model was taken out.
 */
function breaksOff({ request: { turns, reasoning }, own }: Writing): boolean {
  const last = turns.findLastIndex(({ role }) => role === "assistant");
  const first = turns[last]?.parts[0];
  const answered = turns[last + 1]?.parts[0]?.kind === "result";
  // Of a client of this protocol only what we took out is our affair: the first block is not the first any more.
  const broken = first?.kind !== "reasoning" && !(own && first?.at?.endsWith(".content[0]"));
  return reasoning.mode === "on" && answered && broken;
}

/** `thinking`; models that are told by effort alone, or not at all, know no such field. */
function writeThinking(writing: Writing): JsonObject | undefined {
  const { request, traits, own, report } = writing;
  const { mode, budgetTokens, show } = request.reasoning;
  const told = own || (traits.thinking !== "none" && traits.thinking !== "effort");
  if (mode === undefined || !told) return undefined;
  if (breaksOff(writing)) {
    report.lose("changed", fieldName(request.origin, "reasoning"), "off until the calls are answered");
    return undefined;
  }
  const kept = keptOf(request);
  // The older models, which are given a budget, know no display.
  const shown = show !== undefined && (own || mode === "auto") ? DISPLAYS[show] : undefined;
  return present({
    type: kept.$thinking ?? TYPES[mode],
    budget_tokens: budgetTokens,
    display: kept.$display ?? shown,
  });
}

function writeFormat({ request, own, report }: Writing): JsonObject | undefined {
  const { format, origin } = request;
  if (format.type !== "schema") return undefined;
  const lose = (reason: string) => report.lose("changed", fieldName(origin, "format"), reason);
  const schema = own ? format.schema : grammarSchema(format.schema, lose);
  return { type: "json_schema", schema: new Raw(schema), ...asObject(keptOf(request).$format) };
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
