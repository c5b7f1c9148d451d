import type { Plan } from "../core/model.ts";

/** Whose key a text is, by how it begins. */
const SERVICES: readonly (readonly [RegExp, string])[] = [
  [/^sk-ant-/, "Anthropic (sk-ant-…)"],
  [/^sk-or-/, "OpenRouter (sk-or-…)"],
  [/^sk-proj-/, "OpenAI (sk-proj-…)"],
  [/^sk-/, "OpenAI or a service like it (sk-…)"],
  [/^AIza/, "Google (AIza…)"],
  [/^gsk_/, "Groq (gsk_…)"],
  [/^xai-/, "xAI (xai-…)"],
  [/^hf_/, "Hugging Face (hf_…)"],
  [/^(?:ghp|gho|ghu|github_pat)_/, "GitHub"],
  [/^eyJ[\w-]+\.eyJ/, "a login of some service (a JSON web token)"],
];

/** Texts of manuals and configuration files that nobody replaced. */
const PLACEHOLDER =
  /^(?:\$|%|\{\{)|your[-_ ]?(?:api[-_ ]?)?key|^<.*>$|x{8}|^(?:undefined|null|none|dummy|test)$/i;

/** Characters behind a prefix: 32 of the secret and 6 of the checksum. */
const REST_LENGTH = 38;

/**
 * Why a key is malformed and what to do, without repeating any of it.
 * @param plans whose prefixes keys here begin with
 */
export function explainKey(key: string, plans: Iterable<Plan>): string {
  const prefixes = [...plans].map(({ keyPrefix }) => keyPrefix);
  const own = prefixes.filter((prefix) => key.startsWith(prefix)).sort((a, b) => b.length - a.length)[0];
  if (own !== undefined) {
    const wanted = own.length + REST_LENGTH;
    const how =
      key.length === wanted ? "mistyped" : `cut or mistyped: ${key.length} characters, not ${wanted}`;
    return `This API key is malformed: it begins as keys here do, but is ${how}; copy the whole key again.`;
  }
  const shown = prefixes.map((prefix) => `${prefix}…`).join(" or ");
  const service = SERVICES.find(([pattern]) => pattern.test(key))?.[1];
  if (service !== undefined)
    return `This API key is malformed here: it is one of ${service}; send one of this service, which begins with ${shown}.`;
  if (PLACEHOLDER.test(key))
    return `This API key is malformed: it is the placeholder of a manual, or a variable that was not set; put a key there that begins with ${shown}.`;
  return `This API key is malformed: it is cut, mistyped, or of another service; keys here begin with ${shown}. Copy the whole key again.`;
}
