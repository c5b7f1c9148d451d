import type { Part } from "../../../core/generation/request.ts";
import type { JsonObject } from "../../../core/json.ts";
import { opaqueOf } from "../hosted-items.ts";
import { some, wordOf } from "../members.ts";
import type { Place } from "./content.ts";
import type { ItemReading } from "./item-reading.ts";

/**
 * Remote compaction, which Codex asks of a server that it takes for OpenAI's own: an input that ends in a
 * `compaction_trigger` is answered by exactly one `compaction` item, which stands for the conversation from
 * then on. Where the request goes to another model, the model is asked for a summary, and the item's
 * `encrypted_content` is our envelope with it.
 */
const TASK = `Write a summary of this conversation from which another model can go on with the work as if it had
been here: what the user wants, with every constraint; what was done and found, with names of files, commands,
decisions and errors; what is open; and the next step. Call no tools. Answer with the summary only.`;

const OPENING = "This is a summary of the conversation so far, which is no longer shown:";

export const COMPACTION_TRIGGER = "compaction_trigger";

export function readTrigger(_item: JsonObject, { at }: Place): ItemReading {
  return { turn: { role: "user", at, parts: [{ kind: "text", at, text: TASK }] }, compaction: true };
}

/** A compaction item: a summary of ours as text, the vendor's own as it is. */
export function readCompaction(item: JsonObject, { at, context }: Place): ItemReading {
  const sealed = wordOf(item.encrypted_content);
  const [summary] = (sealed === undefined ? undefined : context.unseal(sealed)) ?? [];
  const id = some("id", wordOf(item.id));
  if (summary === undefined) {
    const part: Part = { ...opaqueOf(item, context.raw.of(item)), at };
    return { turn: { role: "user", at, parts: [part], ...id } };
  }
  const text = `${OPENING}\n\n${summary.value}`;
  return { turn: { role: "user", at, parts: [{ kind: "text", at, text }], ...id }, ours: true };
}
