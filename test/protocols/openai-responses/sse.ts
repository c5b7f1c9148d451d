import type { WireEvent } from "../../../src/protocols/translation.ts";

/** One server-sent event, as the gateway writes it. */
export function writeSse({ name, data }: WireEvent): string {
  const text = data === "[DONE]" ? data : JSON.stringify(data);
  return `${name === undefined ? "" : `event: ${name}\n`}data: ${text}\n\n`;
}
