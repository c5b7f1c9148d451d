import type { World } from "./world.ts";

/** What a check needs besides the gateway; where it is missing the check is skipped, loudly. */
export type Tool = "curl" | "node" | "python" | "sh";

/** One thing that a service's documents say: an example, a row of a table, an answer, a sentence. In our words. */
export interface Statement {
  readonly says: string;
  /** Fails where it is not true of a gateway that was started from the service's file. */
  readonly check?: (world: World) => unknown;
  readonly needs?: Tool;
  /** Where Quoin does otherwise than the document has it, on purpose; or how the document slips. */
  readonly differs?: string;
  /** Why nothing here can check it. */
  readonly unchecked?: string;
}

export interface Section {
  readonly title: string;
  readonly statements: readonly Statement[];
}

export interface PublishedPages {
  /** Of the service's pages, as we keep them. */
  readonly name: string;
  /** The file in examples/ that makes it true. */
  readonly example: string;
  readonly sections: readonly Section[];
}

export function section(
  title: string,
  ...statements: readonly (Statement | readonly Statement[])[]
): Section {
  return { title, statements: statements.flat() };
}

type More = Pick<Statement, "needs" | "differs">;

export function says(text: string, check: (world: World) => unknown, more: More = {}): Statement {
  return { says: text, check, ...more };
}

export function unchecked(text: string, why: string): Statement {
  return { says: text, unchecked: why };
}
