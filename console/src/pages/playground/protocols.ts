/** One line of a conversation. */
export interface Turn {
  readonly role: "user" | "assistant";
  readonly text: string;
}

export interface Asked {
  readonly model: string;
  readonly system: string;
  readonly turns: readonly Turn[];
  readonly temperature: number | undefined;
  readonly outputTokensMax: number | undefined;
}

export interface Ask {
  readonly path: string;
  readonly headers: (key: string) => Readonly<Record<string, string>>;
  readonly body: object;
}

/** A protocol as the playground speaks it: what it sends, and the text in what comes back. */
export interface PlaygroundProtocol {
  readonly id: string;
  readonly title: string;
  readonly ask: (asked: Asked) => Ask;
  /** The piece of visible text in an event; empty where it has none. */
  readonly textOf: (event: unknown) => string;
}

const OUTPUT_TOKENS = 1024;
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** A path into JSON that may not be there. */
function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = (found as Record<string | number, unknown>)[step];
  }
  return found;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const messagesOf = (turns: readonly Turn[]) => turns.map(({ role, text: content }) => ({ role, content }));

const CHAT: PlaygroundProtocol = {
  id: "openai-chat",
  title: "OpenAI Chat",
  ask: ({ model, system, turns, temperature, outputTokensMax }) => ({
    path: "/v1/chat/completions",
    headers: bearer,
    body: {
      model,
      messages: [...(system ? [{ role: "system", content: system }] : []), ...messagesOf(turns)],
      stream: true,
      temperature,
      max_tokens: outputTokensMax,
    },
  }),
  textOf: (event) => text(at(event, "choices", 0, "delta", "content")),
};

const RESPONSES: PlaygroundProtocol = {
  id: "openai-responses",
  title: "OpenAI Responses",
  ask: ({ model, system, turns, temperature, outputTokensMax }) => ({
    path: "/v1/responses",
    headers: bearer,
    body: {
      model,
      instructions: system || undefined,
      input: messagesOf(turns),
      stream: true,
      store: false,
      temperature,
      max_output_tokens: outputTokensMax,
    },
  }),
  textOf: (event) => (at(event, "type") === "response.output_text.delta" ? text(at(event, "delta")) : ""),
};

const MESSAGES: PlaygroundProtocol = {
  id: "anthropic-messages",
  title: "Anthropic Messages",
  ask: ({ model, system, turns, temperature, outputTokensMax }) => ({
    path: "/v1/messages",
    headers: (key) => ({ "x-api-key": key, "anthropic-version": "2023-06-01" }),
    body: {
      model,
      system: system || undefined,
      messages: messagesOf(turns),
      stream: true,
      temperature,
      max_tokens: outputTokensMax ?? OUTPUT_TOKENS,
    },
  }),
  textOf: (event) => text(at(event, "delta", "text")),
};

const GEMINI: PlaygroundProtocol = {
  id: "gemini",
  title: "Gemini",
  ask: ({ model, system, turns, temperature, outputTokensMax }) => ({
    path: `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    headers: (key) => ({ "x-goog-api-key": key }),
    body: {
      systemInstruction: system ? { parts: [{ text: system }] } : undefined,
      contents: turns.map(({ role, text: said }) => ({
        role: role === "user" ? "user" : "model",
        parts: [{ text: said }],
      })),
      generationConfig: { temperature, maxOutputTokens: outputTokensMax },
    },
  }),
  textOf: (event) => text(at(event, "candidates", 0, "content", "parts", 0, "text")),
};

export const PROTOCOLS: readonly PlaygroundProtocol[] = [CHAT, RESPONSES, MESSAGES, GEMINI];
