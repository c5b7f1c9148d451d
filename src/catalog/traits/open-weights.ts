import type { Quirks } from "../../core/generation/traits.ts";
import type { Protocol } from "../../core/protocol.ts";
import type { Family } from "./baseline.ts";

const BLIND: Quirks = { media: [] };
const SEES: Quirks = { media: ["image"] };
const WATCHES: Quirks = { media: ["image", "video"] };

/** Chat templates of models that think in tags; whether a server takes the tags apart is its operator's choice. */
const TAGS: Quirks = { thinkTags: true };
const TEMPLATE: Quirks = { thinking: "template" };

/**
 * Open models by name, the first row that fits, as vLLM, SGLang and llama.cpp serve them in chat. What
 * their makers' own servers do otherwise stands in servers.ts.
 */
const ROWS: readonly (readonly [RegExp, Quirks])[] = [
  [/deepseek-r1/, { ...BLIND, ...TAGS, replayReasoning: "forbidden" }],
  [/deepseek-v3(?!\.[1-9])|deepseek-(?:coder|v2|llm)|deepseek-math/, BLIND],
  [/deepseek-ocr|deepseek-vl/, SEES],
  [/deepseek/, { ...BLIND, ...TEMPLATE, replayReasoning: "required" }],
  [/qwen.*omni/, { media: ["image", "audio", "video"] }],
  [/qwen.*vl|qvq/, { ...WATCHES, ...TAGS }],
  [/qwq|qwen.*thinking/, { ...BLIND, ...TAGS }],
  [/qwen.*(?:instruct|coder|embedding)|qwen-?[12](?:[.:-]|$)/, BLIND],
  [/qwen-?3\.[5-9]/, { ...WATCHES, ...TEMPLATE, ...TAGS }],
  [/qwen/, { ...BLIND, ...TEMPLATE, ...TAGS }],
  [/glm-\d(?:\.\d)?v/, { ...WATCHES, ...TEMPLATE }],
  [/glm-(?:4\.[5-9]|[5-9])/, { ...BLIND, ...TEMPLATE }],
  [/glm/, BLIND],
  [/kimi-k2-thinking/, { ...BLIND, replayReasoning: "required" }],
  [/kimi-k2(?!\.)/, BLIND],
  [/moonshot-v1(?!.*vision)/, BLIND],
  [/kimi/, { ...WATCHES, ...TEMPLATE, replayReasoning: "required" }],
  [/minimax|^m2-her/, { ...BLIND, ...TAGS, replayReasoning: "required" }],
  [
    /gpt-oss/,
    { ...BLIND, thinking: "effort", efforts: ["low", "medium", "high"], reasoningField: "reasoning" },
  ],
  [/llama-?4|llama.*vision/, SEES],
  [/llama/, BLIND],
  [/gemma-?[12](?:-|$)/, { ...BLIND, alternation: true }],
  [/gemma/, { ...SEES, alternation: true }],
  [/voxtral/, { media: ["audio"], alternation: true, callIdMax: 9 }],
  [
    /mistral|mixtral|ministral|pixtral|magistral|codestral|devstral/,
    { ...SEES, alternation: true, callIdMax: 9 },
  ],
  [/grok-3-mini/, { ...BLIND, thinking: "effort", efforts: ["low", "high"] }],
  [/grok-(?:2|3)(?!.*vision)|grok-code/, BLIND],
  [/grok/, { ...SEES, stopsMax: 0, choices: false }],
  [/sonar/, { ...SEES, alternation: true, stopsMax: 0 }],
  [/^phi-?[34](?!.*(?:vision|multimodal))|command|nemotron|olmo|granite/, BLIND],
];

/** In protocols other than chat the server turns what it is told into its template: only the model's own limits stay. */
function beyondChat({ media, thinking, efforts }: Quirks, protocol: Protocol): Quirks {
  const told = thinking !== undefined && thinking !== "none";
  const control = protocol === "anthropic-messages" ? "budget" : protocol === "gemini" ? "none" : "effort";
  return {
    thinking: told ? control : "none",
    ...(media && { media }),
    ...(efforts && { efforts }),
  };
}

export const openWeights: Family = ({ name, protocol }) => {
  const facts = ROWS.find(([pattern]) => pattern.test(name))?.[1];
  if (facts === undefined || protocol === "openai-chat" || protocol === "openai-completions") return facts;
  return beyondChat(facts, protocol);
};
