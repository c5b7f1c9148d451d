import { writeJson } from "../base/raw-json.ts";
import type { Protocol } from "../core/protocol.ts";
import type { WireEvent } from "./translation.ts";

/** Google ends its lines as HTTP does; everybody takes both (PROTOCOLS.md 1.10). */
const EVENT_END: Record<Protocol, string> = {
  "anthropic-messages": "\n\n",
  "openai-chat": "\n\n",
  "openai-responses": "\n\n",
  "openai-completions": "\n\n",
  gemini: "\r\n\r\n",
};

/** The text of one server-sent event as clients of `protocol` insist on it. */
export function writeSse(protocol: Protocol, event: WireEvent): string {
  const named = event.name === undefined ? "" : `event: ${event.name}\n`;
  const text = event.data === "[DONE]" ? event.data : writeJson(event.data);
  return `${named}data: ${text}${EVENT_END[protocol]}`;
}
