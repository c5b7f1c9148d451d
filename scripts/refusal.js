/** A sentence for the person at the terminal: what is wrong and how to mend it, without a stack. */
export class Refusal extends Error {}

/** @param {unknown} error */
export function explain(error) {
  return error instanceof Error ? error.message : String(error);
}
