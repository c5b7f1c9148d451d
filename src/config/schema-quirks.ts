import { z } from "zod";
import { EFFORTS } from "../core/generation/request.ts";
import { THINKING_CONTROLS } from "../core/generation/traits.ts";
import { id } from "./schema-scalars.ts";

const flag = (what: string) => z.boolean().optional().describe(`${what}. Absent: what Quoin knows.`);
const count = (what: string, min: number, max: number) =>
  z.int().min(min).max(max).optional().describe(`${what}. Absent: what Quoin knows.`);

/** The traits that an operator may overrule, named as quoin.yaml names things. */
export const quirks = z
  .strictObject({
    vendor: id
      .optional()
      .describe(
        "Who can read the opaque state that the model makes: `anthropic`, `openai`, `google`, or a name of your own. Absent: what Quoin knows.",
      ),
    thinking: z
      .enum(THINKING_CONTROLS)
      .optional()
      .describe(
        "How the model is told to think. none: not at all; budget: a number of tokens (Claude to 4.5, Gemini 2.5); adaptive: Claude from 4.6; effort: `reasoning_effort`; level: Gemini from 3; template: `chat_template_kwargs.enable_thinking`; switch: `thinking` in chat. Absent: what Quoin knows.",
      ),
    efforts: z
      .array(z.enum(EFFORTS))
      .optional()
      .describe("Efforts that the model knows; the nearest is taken. Empty: all. Absent: what Quoin knows."),
    sampling: flag("Whether `temperature`, `top_p` and `top_k` are taken"),
    temperature_or_top_p: flag("Whether `temperature` and `top_p` exclude each other"),
    sampling_when_off: flag("Whether sampling is taken while thinking is off, where it is refused otherwise"),
    media: z
      .array(z.enum(["image", "document", "audio", "video"]))
      .optional()
      .describe("What the model takes besides text. Absent: what Quoin knows."),
    media_urls: flag("Whether the server fetches addresses of media; Quoin fetches them otherwise"),
    schema_output: flag("Whether an answer can be bound to a JSON schema"),
    system_anywhere: flag("Whether system messages may stand between others"),
    developer_role: flag("Whether the role `developer` is known"),
    alternation: flag("Whether user and assistant must alternate"),
    completion_tokens_field: flag("Whether the limit is `max_completion_tokens` rather than `max_tokens`"),
    stream_usage: flag("Whether `stream_options.include_usage` is known"),
    reasoning_field: z
      .enum(["reasoning_content", "reasoning"])
      .optional()
      .describe("Field of chat messages that takes earlier reasoning. Absent: what Quoin knows."),
    replay_reasoning: z
      .enum(["required", "optional", "forbidden"])
      .optional()
      .describe("Whether earlier reasoning goes back to the model in chat. Absent: what Quoin knows."),
    think_tags: flag("Whether `<think>` tags in the text are reasoning"),
    stops_max: count("Most stop sequences; Quoin looks for the others itself", 0, 10_000),
    choices: flag("Whether `n`, `seed`, penalties, `logit_bias` and logprobs are known"),
    freeform_tools: flag("Whether OpenAI's `custom` tools are known"),
    tool_name_max: count("Most characters of a tool's name", 16, 1024),
    call_id_max: count("Most characters of a tool call's id; 9: exactly nine letters and digits", 9, 1024),
    web_search: flag("Whether the vendor's own web search can be asked for"),
    search_alone: flag("Whether the vendor's web search cannot stand beside functions"),
    cache_marks: flag("Whether marks of a prompt cache are known"),
    json_schema: flag("Whether Gemini takes JSON schemas rather than its older ones"),
  })
  .default({});

export type QuirksYaml = z.output<typeof quirks>;
