/** What fitting changed of a request and an answer must have back. Plain facts, one object a request. */
export interface Restore {
  /** By the name that the target was told. */
  readonly tools: ReadonlyMap<string, RestoredTool>;
  /** The client's call id by the one that the target was told; only those that differ. */
  readonly callIds: ReadonlyMap<string, string>;
}

export interface RestoredTool {
  readonly name: string;
  readonly namespace?: string;
  /** text: a freeform tool, which the target was told as a function with one string `input`. */
  readonly form: "json" | "text";
  /** Freeform by a grammar: code fences around the text are no part of it. */
  readonly grammar?: boolean;
  /** The client-run built-in that it stands for (`CallPart.builtin`). */
  readonly builtin?: string;
}

export const NOTHING_TO_RESTORE: Restore = { tools: new Map(), callIds: new Map() };
