/** What an upstream answered: its stream and its whole answer, which say the same; or one of the two. */
export interface Wire {
  readonly stream?: string;
  readonly whole?: string;
}

export function sse(events: readonly { readonly type: string }[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

export function frames(chunks: readonly (object | string)[], end = "\n\n"): string {
  const texts = chunks.map((chunk) => (typeof chunk === "string" ? chunk : JSON.stringify(chunk)));
  return texts.map((text) => `data: ${text}${end}`).join("");
}

/** Text as a vendor streams it, a few characters at a time. */
export function pieces(text: string, length = 6): string[] {
  const characters = Array.from(text);
  const cut: string[] = [];
  for (let at = 0; at < characters.length; at += length) cut.push(characters.slice(at, at + length).join(""));
  return cut;
}
