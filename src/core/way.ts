import type { Target } from "./model.ts";
import type { Protocol } from "./protocol.ts";

/**
 * Upstream protocols in the order in which they keep most of what a client of each protocol says: its
 * own first (bytes pass), then the richer ones. Completions says too little to translate into.
 */
const ORDER: Record<Protocol, readonly Protocol[]> = {
  "anthropic-messages": ["anthropic-messages", "openai-responses", "gemini", "openai-chat"],
  "openai-chat": ["openai-chat", "openai-responses", "anthropic-messages", "gemini"],
  "openai-responses": ["openai-responses", "openai-chat", "anthropic-messages", "gemini"],
  "openai-completions": [
    "openai-completions",
    "openai-chat",
    "openai-responses",
    "anthropic-messages",
    "gemini",
  ],
  gemini: ["gemini", "openai-responses", "anthropic-messages", "openai-chat"],
};

/** The protocol in which a target is asked for a client's sake; undefined: it cannot be. */
export function wayTo(target: Target, client: Protocol): Protocol | undefined {
  return ORDER[client].find((protocol) => target.upstream.protocols.includes(protocol));
}

/**
 * The protocol in which a request is written anew for a target, where its bytes may not pass: as `wayTo`, but
 * that nothing is ever written in completions. Undefined: the target speaks nothing else.
 */
export function writtenWayTo(target: Target, client: Protocol): Protocol | undefined {
  const { protocols } = target.upstream;
  return ORDER[client].find((protocol) => protocol !== "openai-completions" && protocols.includes(protocol));
}
