import { ANTHROPIC_MESSAGES } from "./anthropic-messages.ts";
import { GEMINI } from "./gemini.ts";
import { OPENAI_CHAT } from "./openai-chat.ts";
import { OPENAI_COMPLETIONS } from "./openai-completions.ts";
import { OPENAI_RESPONSES } from "./openai-responses.ts";
import type { PlaygroundProtocol } from "./protocol.ts";

export const PROTOCOLS: readonly PlaygroundProtocol[] = [
  OPENAI_CHAT,
  OPENAI_RESPONSES,
  ANTHROPIC_MESSAGES,
  GEMINI,
  OPENAI_COMPLETIONS,
];
