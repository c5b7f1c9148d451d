import type { Part, Role, Turn } from "../../../core/generation/request.ts";
import type { JsonObject } from "../../../core/json.ts";
import { badField } from "../../fields.ts";
import { phaseOf, some, textOf, wordOf } from "../members.ts";
import { extend, leftover } from "../notes.ts";
import { type Place, readContent, within } from "./content.ts";
import type { ItemReading } from "./item-reading.ts";

const ROLES = new Set<string>(["system", "developer", "user", "assistant"] satisfies Role[]);
const MEMBERS = new Set(["type", "role", "content", "id", "status", "phase"]);

function roleOf(item: JsonObject, at: string): Role {
  const role = textOf(item, "role", at);
  if (ROLES.has(role)) return role as Role;
  throw badField(`${at}.role`, `must be ${[...ROLES].join(", ")}.`);
}

/** openai `EasyInputMessage`, `ResponseInputItem.Message` and `ResponseOutputMessage`. */
export function readMessage(item: JsonObject, place: Place): ItemReading {
  const role = roleOf(item, place.at);
  const parts = readContent(item.content, within(place, ".content"));
  if (role === "assistant") return { said: saidParts(item, parts, place) };
  const turn: Turn = {
    role,
    at: place.at,
    parts,
    ...some("id", wordOf(item.id)),
    ...extend(leftover(item, MEMBERS)),
  };
  return { turn };
}

/** A message's parts, each with the message's id and phase. One without parts is an empty text. */
function saidParts(item: JsonObject, parts: readonly Part[], { at }: Place): Part[] {
  const ids = some("id", wordOf(item.id));
  const phases = some("phase", phaseOf(item.phase));
  if (parts.length === 0) return [{ kind: "text", at, text: "", ...ids }];
  return parts.map((part) => (part.kind === "text" ? { ...part, ...ids, ...phases } : { ...part, ...ids }));
}
