import { asList, asObject } from "../core/json.ts";
import type { KeptItem, ResponseRecord } from "./store.ts";

/** The items of an answer that a later request may name, by their ids. */
export function outputItems({ id: responseId, output }: ResponseRecord): ReadonlyMap<string, KeptItem> {
  const items: readonly unknown[] = asList(JSON.parse(output));
  const named = items.flatMap((item) => {
    const id = asObject(item)?.id;
    return typeof id === "string" ? [[id, { text: JSON.stringify(item), responseId }] as const] : [];
  });
  return new Map(named);
}
