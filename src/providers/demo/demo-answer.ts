import { newId } from "../../base/id.ts";
import type { DemoReply, DemoUsage } from "./demo-turn.ts";

/** What a writer puts on the wire: the replies, what they used, and how the client asked for them. */
export interface DemoAnswer {
  /** 32 hexadecimal digits; each protocol puts its own prefix before it. */
  readonly id: string;
  readonly model: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly replies: readonly DemoReply[];
  readonly usage: DemoUsage;
  /** The request's body: Responses repeats much of it, chat looks for stream options. */
  readonly request: Readonly<Record<string, unknown>>;
}

/** One server-sent event with its name and JSON data. */
export function namedEvent(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

/** One server-sent event with JSON data alone. */
export function plainEvent(fields: object): string {
  return `data: ${JSON.stringify(fields)}\n\n`;
}

/** An id of its own for the part of an answer. */
export function partId(prefix: string): string {
  return `${prefix}_${newId()}`;
}
