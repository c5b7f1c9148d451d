import type { MediaSource } from "../core/generation/request.ts";

const BASE64_HEAD = /^data:([^;,]*)(?:;[^;,]*)*;base64,/i;
/** Longer heads are nobody's, and the bytes behind them are not searched. */
const HEAD_LENGTH_MAX = 256;

/** What a URL of OpenAI's protocols points to: the bytes of a `data:` URL, or the URL itself. */
export function sourceOfUrl(url: string): { readonly source: MediaSource; readonly mime?: string } {
  const head = BASE64_HEAD.exec(url.slice(0, HEAD_LENGTH_MAX));
  if (!head) return { source: { type: "url", url } };
  const mime = head[1]?.toLowerCase() ?? "";
  const source = { type: "base64" as const, bytes: url.slice(head[0].length) };
  return mime === "" ? { source } : { source, mime };
}

/** @param bytes in base64 */
export function inlineUrl(mime: string, bytes: string): string {
  return `data:${mime};base64,${bytes}`;
}
