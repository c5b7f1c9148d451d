import type { Quirks } from "../core/generation/traits.ts";
import { present } from "./present.ts";
import type { QuirksYaml } from "./schema-quirks.ts";

/** Every trait stands here, or `tsc` says which one does not. */
type Written = { readonly [Name in keyof Required<Quirks>]: Quirks[Name] | undefined };

/** The traits that are written down, and no others. */
export function compileQuirks(quirks: QuirksYaml): Quirks {
  const written: Written = {
    vendor: quirks.vendor,
    thinking: quirks.thinking,
    efforts: quirks.efforts,
    sampling: quirks.sampling,
    temperatureOrTopP: quirks.temperature_or_top_p,
    samplingWhenOff: quirks.sampling_when_off,
    media: quirks.media,
    mediaUrls: quirks.media_urls,
    schemaOutput: quirks.schema_output,
    systemAnywhere: quirks.system_anywhere,
    developerRole: quirks.developer_role,
    alternation: quirks.alternation,
    completionTokensField: quirks.completion_tokens_field,
    streamUsage: quirks.stream_usage,
    reasoningField: quirks.reasoning_field,
    replayReasoning: quirks.replay_reasoning,
    thinkTags: quirks.think_tags,
    stopsMax: quirks.stops_max,
    choices: quirks.choices,
    freeformTools: quirks.freeform_tools,
    toolNameMax: quirks.tool_name_max,
    callIdMax: quirks.call_id_max,
    webSearch: quirks.web_search,
    searchAlone: quirks.search_alone,
    cacheMarks: quirks.cache_marks,
    jsonSchema: quirks.json_schema,
  };
  return present(written);
}
