import type { Quirks, TargetTraits } from "../../core/generation/traits.ts";
import type { ProviderId } from "../../core/model.ts";
import type { Protocol } from "../../core/protocol.ts";

/** What traits are looked up by. */
export interface TraitsKey {
  readonly protocol: Protocol;
  readonly provider: ProviderId;
  /** The vendor whose address the upstream has (an id of `VENDORS`), `ollama`, or "". */
  readonly server: string;
  /** The model's name as `plainName` makes it. */
  readonly name: string;
}

/** What is known of a model: undefined where the name belongs to another maker. */
export type Family = (key: TraitsKey) => Quirks | undefined;

/** All traits but those that identify the target. */
export type Capabilities = Omit<TargetTraits, "protocol" | "model" | "vendor" | "scope" | "outputTokensMax">;

const CHAT: Capabilities = {
  thinking: "none",
  efforts: [],
  sampling: true,
  media: ["image"],
  mediaUrls: false,
  schemaOutput: true,
  systemAnywhere: false,
  developerRole: false,
  alternation: false,
  completionTokensField: false,
  streamUsage: true,
  reasoningField: "reasoning_content",
  replayReasoning: "optional",
  thinkTags: false,
  stopsMax: 4,
  choices: true,
  freeformTools: false,
  toolNameMax: 64,
  callIdMax: 64,
  webSearch: false,
  cacheMarks: false,
  jsonSchema: true,
};

/** What a server of unknown make takes: the least that most of them agree on (PROTOCOLS.md 1.3 to 1.5). */
export const BASELINE: Readonly<Record<Protocol, Capabilities>> = {
  "openai-chat": CHAT,
  "openai-completions": CHAT,
  "openai-responses": {
    ...CHAT,
    thinking: "effort",
    systemAnywhere: true,
    developerRole: true,
    stopsMax: 0,
    choices: false,
  },
  "anthropic-messages": {
    ...CHAT,
    thinking: "budget",
    alternation: true,
    schemaOutput: false,
    stopsMax: 64,
    choices: false,
    toolNameMax: 128,
    cacheMarks: true,
  },
  gemini: { ...CHAT, alternation: true, stopsMax: 5 },
};

/**
 * `accounts/fireworks/models/glm-4p7` and `zai-org/GLM-4.7` are both `glm-4.7`; a path of a file is its name,
 * and a model tuned for a customer has its base's name.
 * @param model the upstream's own name
 */
export function plainName(model: string): string {
  const own = model.slice(Math.max(model.lastIndexOf("/"), model.lastIndexOf("\\")) + 1);
  return own
    .toLowerCase()
    .replace(/^ft:/, "")
    .replace(/(\d)p(\d)/g, "$1.$2");
}

/** The facts of every row up to the generation, the later ones over the earlier. */
export function factsUpTo(
  generation: number,
  rows: readonly { readonly from: number; readonly facts: Quirks }[],
): Quirks {
  const facts = rows.filter(({ from }) => from <= generation).map((row) => row.facts);
  return Object.assign({}, ...facts) as Quirks;
}
