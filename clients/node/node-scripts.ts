import type { ScriptSuite } from "../scripts.ts";

/** The scripts in this folder, and the protocols that each is about. */
export const NODE_SCRIPTS: ScriptSuite["scripts"] = [
  { file: "openai-chat.mjs", protocols: ["openai-chat"] },
  { file: "openai-responses.mjs", protocols: ["openai-responses"] },
  { file: "openai-rest.mjs", protocols: ["openai-completions"] },
  { file: "anthropic-messages.mjs", protocols: ["anthropic-messages"] },
  { file: "anthropic-tools.mjs", protocols: ["anthropic-messages"] },
  { file: "genai.mjs", protocols: ["gemini"] },
  { file: "beside-text.mjs", protocols: [] },
];
