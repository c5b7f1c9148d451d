import type { Quirks } from "../../core/generation/traits.ts";
import type { Family, TraitsKey } from "./baseline.ts";

const SEES = ["image", "document"] as const;

const PLAIN: Quirks = { thinking: "none", media: SEES };
const BLIND: Quirks = { thinking: "none", media: [], schemaOutput: false };

/** The reasoning models refuse sampling, penalties, `n`, `logit_bias` and `stop`. */
const REASONING: Quirks = {
  thinking: "effort",
  sampling: false,
  choices: false,
  stopsMax: 0,
  completionTokensField: true,
  media: SEES,
};

const reasoning = (efforts: readonly string[], more: Quirks = {}): Quirks => ({
  ...REASONING,
  efforts,
  ...more,
});

const LOW_TO_HIGH = ["low", "medium", "high"];
const LOW_TO_XHIGH = [...LOW_TO_HIGH, "xhigh"];
/** From gpt-5.1 on thinking can be off, and then sampling is taken. */
const OFF: Quirks = { samplingWhenOff: true };

/**
 * OpenAI's models by name, the first row that fits. Efforts as the API's refusals list them
 * ("Supported values are: 'none', 'low', 'medium', and 'high'").
 */
const ROWS: readonly (readonly [RegExp, Quirks])[] = [
  [/audio|realtime/, { thinking: "none", media: ["audio"] }],
  [/search-(?:preview|api)/, { thinking: "none", media: [], sampling: false, choices: false }],
  [/^(?:gpt-3|davinci|babbage|text-davinci)|^gpt-4(?:$|-\d|-32k)/, BLIND],
  [/^gpt-4-/, { thinking: "none", media: ["image"], schemaOutput: false }],
  [/^(?:gpt-4|chatgpt-|gpt-5-chat)/, PLAIN],
  [/^o1-(?:mini|preview)/, reasoning([], { thinking: "none", media: [], schemaOutput: false })],
  [/^o\d.*deep-research/, reasoning(["medium"])],
  [/^o3-mini/, reasoning(LOW_TO_HIGH, { media: [] })],
  [/^(?:o\d|codex-mini)/, reasoning(LOW_TO_HIGH)],
  [/^gpt-5\.\d-chat/, reasoning(["medium"])],
  [/^gpt-5-pro/, reasoning(["high"])],
  [/^gpt-5\.\d-pro/, reasoning(["medium", "high", "xhigh"])],
  [/^gpt-5(?:\.1)?-codex(?!-max)/, reasoning(LOW_TO_HIGH)],
  [/^gpt-5\.[1-5]-codex/, reasoning(LOW_TO_XHIGH)],
  [/^gpt-5(?![.\d])/, reasoning(["minimal", ...LOW_TO_HIGH])],
  [/^gpt-5\.1/, reasoning(["none", ...LOW_TO_HIGH], OFF)],
  [/^gpt-5\.[2-5]/, reasoning(["none", ...LOW_TO_XHIGH], OFF)],
  [/^gpt-(?:[5-9]|\d\d)(?!\d)/, reasoning(["none", ...LOW_TO_XHIGH, "max"], { ...OFF, cacheMarks: true })],
  [/^gpt-/, PLAIN],
];

/** gpt-oss has open weights and is served by others: see open-weights.ts. */
const NOT_OPENAI = /^gpt-(?:oss|neo|j)/;

/** What OpenAI's own API gives its models beyond chat as others serve it. */
function atOpenAi({ protocol, name }: TraitsKey): Quirks {
  return {
    freeformTools: /^gpt-(?:[5-9]|\d\d)(?!\d)/.test(name) && !/-chat/.test(name),
    webSearch: protocol === "openai-responses" || /search-(?:preview|api)/.test(name),
  };
}

export const gpt: Family = (key) => {
  const facts = NOT_OPENAI.test(key.name) ? undefined : ROWS.find(([pattern]) => pattern.test(key.name))?.[1];
  if (facts === undefined) return undefined;
  const callIdMax = key.protocol === "openai-responses" ? 64 : 40;
  return key.provider === "openai" || key.provider === "azure"
    ? { ...facts, ...atOpenAi(key), callIdMax }
    : { ...facts, cacheMarks: false, callIdMax };
};
