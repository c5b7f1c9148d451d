import { Lru } from "../base/lru.ts";

/** User agents and the names that people know the clients by (CLIENTS.md). */
const CLIENTS: readonly (readonly [RegExp, string])[] = [
  // Qwen Code calls itself so when it speaks Messages, by its own version; Claude Code's is above 1.
  [/^claude-cli\/(0\.[\w.]+)/, "qwen-code"],
  [/^claude-cli\/([\w.]+)/, "claude-code"],
  [/^codex[\w-]*\/([\w.]+)/, "codex"],
  [/^GeminiCLI[\w-]*\/([\w.]+)/, "gemini-cli"],
  [/^opencode\/([\w.]+)/, "opencode"],
  [/^QwenCode\/([\w.]+)/, "qwen-code"],
  [/^factory-cli\/([\w.]+)/, "factory-droid"],
  [/^Anthropic\/(?:JS|Python) ([\w.]+)/, "anthropic-sdk"],
  [/^OpenAI\/(?:JS|Python) ([\w.]+)/, "openai-sdk"],
  [/^google-genai-sdk\/([\w.]+)/, "google-genai"],
  [/^ai(?:-sdk[\w-]*)?\/([\w.]+)/, "ai-sdk"],
];

const NAME_LENGTH_MAX = 64;

/** User agents are few; the bounds are for those who make them up. */
const REMEMBERED_LENGTH_MAX = 256;
const names = new Lru<string, string>(1_000);

/** Which program sent a request, with its version where it tells. */
export function clientName(userAgent: string | null): string {
  if (!userAgent) return "unknown";
  const known = names.get(userAgent);
  if (known !== undefined) return known;
  const name = nameOf(userAgent);
  if (userAgent.length <= REMEMBERED_LENGTH_MAX) names.set(userAgent, name);
  return name;
}

function nameOf(userAgent: string): string {
  for (const [pattern, name] of CLIENTS) {
    const match = pattern.exec(userAgent);
    if (match) return `${name}/${match[1]}`;
  }
  return (userAgent.split(" ", 1)[0] ?? "unknown").slice(0, NAME_LENGTH_MAX);
}
