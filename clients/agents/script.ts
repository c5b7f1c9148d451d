/** What a scripted upstream says, before it is put into a protocol. */
import type { Protocol } from "../../src/core/protocol.ts";

export type UpstreamProtocol = Exclude<Protocol, "openai-completions">;
export const UPSTREAM_PROTOCOLS = [
  "anthropic-messages",
  "openai-chat",
  "openai-responses",
  "gemini",
] as const satisfies readonly UpstreamProtocol[];

export type Piece =
  /** `state`: the opaque state that must come back (in chat there is none: the text itself comes back). */
  | { readonly kind: "thinking"; readonly text: string; readonly state: string }
  | { readonly kind: "text"; readonly text: string }
  /** A call of the tool whose name, as the upstream was told it, ends so. Text is a freeform tool's input. */
  | {
      readonly kind: "call";
      readonly id: string;
      readonly tool: string;
      readonly input: Readonly<Record<string, unknown>> | string;
    };

export interface Answer {
  readonly pieces: readonly Piece[];
  /** How it fails: with status 400 or 429, or behind its pieces with the protocol's error event or a cut socket. */
  readonly failure?: "refusal" | "limit" | "error event" | "cut";
}

export interface DeclaredTool {
  readonly name: string;
  readonly namespace?: string;
  readonly freeform: boolean;
}

/** What a request holds that the scenarios look at. */
export interface Asked {
  readonly tools: readonly DeclaredTool[];
  /** Text of the tool results, in their order. */
  readonly results: readonly string[];
  /** Opaque state of earlier answers; in chat the text of their thinking. */
  readonly states: readonly string[];
  readonly streamed: boolean;
}

/** One upstream protocol, read and written from the vendors' documents and types alone. */
export interface Wire {
  read(body: Json): Omit<Asked, "streamed">;
  /** How many events follow the last piece of a text that ends an answer. */
  readonly endEvents: number;
  /** The events of a stream. */
  stream(answer: Answer, tools: readonly DeclaredTool[]): readonly string[];
  /** The error as the last event of a stream. */
  error(message: string): string;
  whole(answer: Answer, tools: readonly DeclaredTool[]): Json;
}

export type Json = { readonly [key: string]: unknown };

export const INPUT_TOKENS = 1000;
export const OUTPUT_TOKENS = 50;

/** Lists of objects, wherever the JSON has something else: nothing. */
export function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "object" && item !== null) : [];
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** The declared tool that a call means. @throws when the upstream was told of none. */
export function toolOf(tools: readonly DeclaredTool[], tool: string): DeclaredTool {
  const found = tools.find(({ name }) => name === tool) ?? tools.find(({ name }) => name.endsWith(tool));
  if (found) return found;
  const names = tools.map(({ name }) => name).join(", ");
  throw new Error(`the upstream was told of no tool ${tool}, only of: ${names}`);
}

/** The arguments of a call, for a protocol or a tool that takes JSON only. */
export function jsonInput(input: Extract<Piece, { kind: "call" }>["input"]): Json {
  return typeof input === "string" ? { input } : input;
}

export function jsonEvent(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

export function namedEvent(data: Json): string {
  return `event: ${text(data.type)}\n${jsonEvent(data)}`;
}

/** Two halves, so that a stream has more than one piece of everything. */
export function halves(whole: string): readonly string[] {
  const middle = Math.ceil(whole.length / 2);
  return [whole.slice(0, middle), whole.slice(middle)].filter((part) => part !== "");
}
