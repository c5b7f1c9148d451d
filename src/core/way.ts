import type { Target, Upstream } from "./model.ts";
import { isSide, type Protocol, type SideProtocol, type WireProtocol } from "./protocol.ts";

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

/** The same for what models do beside text: embeddings are translated, the rest is OpenAI's only. */
const SIDE_ORDER: Record<SideProtocol, readonly SideProtocol[]> = {
  "openai-embeddings": ["openai-embeddings", "gemini-embeddings"],
  "gemini-embeddings": ["gemini-embeddings", "openai-embeddings"],
  "openai-speech": ["openai-speech"],
  "openai-transcriptions": ["openai-transcriptions"],
  "openai-moderations": ["openai-moderations"],
  "openai-images": ["openai-images"],
  rerank: ["rerank"],
};

/** A server that speaks a vendor's protocol of generation has that vendor's other endpoints where they are. */
function speaks({ protocols }: Upstream, protocol: WireProtocol): boolean {
  if (!isSide(protocol)) return protocols.includes(protocol);
  if (protocol === "gemini-embeddings") return protocols.includes("gemini");
  return protocols.some((spoken) => spoken.startsWith("openai-"));
}

/** The protocol in which a target is asked for a client's sake; undefined: it cannot be. */
export function wayTo<Wire extends WireProtocol>(
  target: Target,
  client: Wire,
): (Wire extends Protocol ? Protocol : SideProtocol) | undefined;
export function wayTo({ upstream }: Target, client: WireProtocol): WireProtocol | undefined {
  const order: readonly WireProtocol[] = isSide(client) ? SIDE_ORDER[client] : ORDER[client];
  return order.find((protocol) => speaks(upstream, protocol));
}

/**
 * The protocol in which a request is written anew for a target, where its bytes may not pass: as `wayTo`, but
 * that nothing is ever written in completions. Undefined: the target speaks nothing else.
 */
export function writtenWayTo(target: Target, client: Protocol): Protocol | undefined {
  const { protocols } = target.upstream;
  return ORDER[client].find((protocol) => protocol !== "openai-completions" && protocols.includes(protocol));
}
