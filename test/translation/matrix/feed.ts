import { feedTranslated, newTranslatedStream } from "../../../src/gateway/translated-stream.ts";
import { askText } from "./answers/asks.ts";
import { type ClientProtocol, type TargetName, traitsOf } from "./targets.ts";
import { ask } from "./translate.ts";

/** What the client has read when the upstream's stream has come so far; without an end. */
export function feedOnly(
  target: TargetName,
  upstream: string | readonly Uint8Array[],
  client: ClientProtocol,
): string {
  const asked = ask(client, askText("open", client, true) ?? "", traitsOf(target), true);
  const stream = newTranslatedStream(asked.translator, client);
  const chunks = typeof upstream === "string" ? [new TextEncoder().encode(upstream)] : upstream;
  const decoder = new TextDecoder();
  return chunks.map((chunk) => decoder.decode(feedTranslated(stream, chunk))).join("");
}
