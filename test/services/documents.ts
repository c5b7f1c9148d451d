import { QCODE } from "./qcode.ts";
import { QOREBIT } from "./qorebit.ts";
import { QUATARLY } from "./quatarly.ts";
import { QUBITTRON, QUBITTRON_COMPLETIONS } from "./qubittron.ts";
import type { PublishedPages } from "./statement.ts";

/** The documents of four services, in the order of docs/operators/services.md. */
export const DOCUMENTS: readonly PublishedPages[] = [
  QOREBIT,
  QUBITTRON,
  QUBITTRON_COMPLETIONS,
  QUATARLY,
  QCODE,
];
