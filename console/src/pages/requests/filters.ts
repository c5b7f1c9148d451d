/** Filters of the list of requests, as they stand in the page's address and in the API's. */
export const FILTERS = [
  "from",
  "to",
  "model",
  "key_id",
  "user_id",
  "project",
  "status",
  "outcome",
  "protocol",
  "client",
  "account",
  "upstream",
] as const;

export type FilterName = (typeof FILTERS)[number];
export type Filter = Readonly<Partial<Record<FilterName, string>>>;

export function filterOf(search: URLSearchParams): Filter {
  const found = FILTERS.map((name) => [name, search.get(name) ?? ""] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== ""));
}

export const OUTCOMES = ["finished", "failed", "cut_by_client", "cut_by_upstream"] as const;
export const STATUSES = ["2xx", "4xx", "5xx"] as const;

/** As people call the protocols. */
export const PROTOCOL_NAMES: Readonly<Record<string, string>> = {
  "anthropic-messages": "Anthropic Messages",
  "openai-chat": "OpenAI Chat",
  "openai-responses": "OpenAI Responses",
  "openai-completions": "OpenAI Completions",
  gemini: "Gemini",
};
