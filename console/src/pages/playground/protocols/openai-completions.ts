import { textOf } from "../turns.ts";
import { bearer, type PlaygroundProtocol, wordAt } from "./protocol.ts";

/** Text goes on where it ended: no roles, no tools, no media. */
export const OPENAI_COMPLETIONS: PlaygroundProtocol = {
  id: "openai-completions",
  title: "OpenAI Completions",
  ask: ({ model, system, turns, temperature, outputTokensMax }) => ({
    path: "/v1/completions",
    headers: bearer,
    body: {
      model,
      prompt: [system, ...turns.map(({ parts }) => textOf(parts))].filter(Boolean).join("\n\n"),
      stream: true,
      temperature,
      max_tokens: outputTokensMax,
    },
  }),
  read(event) {
    const text = wordAt(event, "choices", 0, "text");
    return text ? [{ kind: "text", text }] : [];
  },
};
