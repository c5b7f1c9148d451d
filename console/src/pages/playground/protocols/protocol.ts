import type { Piece, Turn } from "../turns.ts";

/** A tool that the model may call. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON schema of its arguments. */
  readonly schema: object;
}

export const EFFORTS = ["none", "low", "medium", "high"] as const;
export type Effort = (typeof EFFORTS)[number];

/** What is asked besides the conversation; what is undefined is left to the model. */
export interface Wishes {
  readonly system: string;
  readonly temperature: number | undefined;
  readonly outputTokensMax: number | undefined;
  readonly effort: Effort | undefined;
  readonly tools: readonly Tool[];
}

export interface Asked extends Wishes {
  readonly model: string;
  /** How the model is told to think, by protocol, where its upstream speaks that. */
  readonly thinking: Readonly<Record<string, string>>;
  readonly turns: readonly Turn[];
}

export interface Ask {
  readonly path: string;
  readonly headers: (key: string) => Readonly<Record<string, string>>;
  readonly body: object;
}

/** A protocol as the playground speaks it: what it sends, and what there is in an event that comes back. */
export interface PlaygroundProtocol {
  readonly id: string;
  readonly title: string;
  readonly ask: (asked: Asked) => Ask;
  readonly read: (event: unknown) => readonly Piece[];
}

/** Tokens of thinking where a model wants a number rather than a word. */
export const BUDGET_TOKENS: Readonly<Record<Effort, number>> = {
  none: 0,
  low: 1024,
  medium: 4096,
  high: 16_384,
};

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** A path into JSON that may not be there. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = (found as Record<string | number, unknown>)[step];
  }
  return found;
}

export const wordAt = (value: unknown, ...path: readonly (string | number)[]): string => {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
};

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** Nothing where there is nothing: absent fields rather than empty lists. */
export const some = <Item>(items: readonly Item[]): readonly Item[] | undefined =>
  items.length > 0 ? items : undefined;

/** The words that OpenAI has for a recording's format. */
export const audioFormat = (mime: string): string => (/mpeg|mp3/.test(mime) ? "mp3" : "wav");
