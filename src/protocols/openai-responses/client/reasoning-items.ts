import type { Signature } from "../../../core/generation/node.ts";
import type { ReasoningPart } from "../../../core/generation/request.ts";
import { asList, asObject, asWord, type JsonObject } from "../../../core/json.ts";
import { some, wordOf } from "../members.ts";
import { extend, leftover } from "../notes.ts";
import type { Place } from "./content.ts";
import type { ItemReading } from "./item-reading.ts";

const MEMBERS = new Set(["type", "id", "summary", "content", "encrypted_content", "status"]);

function texts(list: unknown): string[] {
  return asList(list).map((value) => asWord(asObject(value)?.text));
}

/**
 * openai `ResponseReasoningItem`. Its encrypted content is the vendor's own, or an envelope of ours with the
 * opaque state of another vendor: of the reasoning itself, and of calls beside it.
 */
export function readReasoning(item: JsonObject, place: Place): ItemReading {
  const { at, context } = place;
  const id = wordOf(item.id);
  const sealed = wordOf(item.encrypted_content);
  const opened = sealed === undefined ? [] : context.unseal(sealed);
  const bound = opened?.filter((signature) => !isUnbound(signature)) ?? [];
  const own = opened ? opened.filter(isUnbound) : [native(sealed, id)];
  const [signature, ...more] = own;
  const text = texts(item.content).join("");
  const summary = texts(item.summary);
  const isCarrier = signature === undefined && bound.length > 0 && text === "" && summary.length === 0;
  if (isCarrier) return { said: [], bound };
  const part: ReasoningPart = {
    kind: "reasoning",
    at,
    text,
    summary,
    ...some("id", id),
    ...some("signature", signature),
    ...extend(leftover(item, MEMBERS)),
  };
  return { said: [part, ...more.map(carrier)], bound };
}

function isUnbound(signature: Signature): boolean {
  return signature.callId === undefined;
}

function native(value = "", itemId: string | undefined): Signature {
  return { value, by: "openai", ...some("itemId", itemId) };
}

function carrier(signature: Signature): ReasoningPart {
  return { kind: "reasoning", text: "", signature };
}
