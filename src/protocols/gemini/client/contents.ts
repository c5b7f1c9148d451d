import type { Part, Role, Turn } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { badField } from "../../fields.ts";
import { withCarried } from "./carriers.ts";
import { decodePart } from "./parts.ts";
import { extended, fieldsOf, optionalText, type Reading, rest } from "./reading.ts";

const KNOWN = new Set(["role", "parts"]);

/** Who speaks, by Google's roles; `function` and `tool` held results in older SDKs. */
const ROLES: Readonly<Record<string, Role>> = {
  user: "user",
  model: "assistant",
  function: "user",
  tool: "user",
};

/** The role that is written for a turn unless a note says otherwise. */
const PLAIN_ROLE: Readonly<Record<string, string>> = { user: "user", assistant: "model", system: "" };

/** A list of parts, or one part that stands for a list (Google's parser takes it, its own examples wrote it). */
function partList(value: unknown, path: string): { list: readonly unknown[]; note?: "one" | "none" } {
  if (value === undefined || value === null) return { list: [], note: "none" };
  if (Array.isArray(value)) return { list: value };
  if (!asObject(value)) throw badField(path, "must be a list of parts.");
  return { list: [value], note: "one" };
}

interface TurnPlace {
  readonly at: string;
  readonly turn: number;
  /** The turns before it. */
  readonly before: Turn[];
  readonly role?: Role;
}

function decodeParts(
  reading: Reading,
  list: readonly unknown[],
  { at: path, turn, before }: TurnPlace,
): Part[] {
  const parts: Part[] = [];
  for (const [index, value] of list.entries()) {
    const at = `${path}.parts[${index}]`;
    const object = asObject(value);
    if (!object) throw badField(at, "must be an object, one part.");
    withCarried({ parts, before }, decodePart(reading, object, { at, turn, index }));
  }
  return parts;
}

function decodeTurn(reading: Reading, content: JsonObject, place: TurnPlace): Turn {
  const { at } = place;
  const fields = fieldsOf(reading, content);
  const written = optionalText(fields.role, `${at}.role`);
  const role = place.role ?? roleOf(written, at);
  const { list, note } = partList(fields.parts, `${at}.parts`);
  return {
    role,
    at,
    parts: decodeParts(reading, list, place),
    ...extended({
      ...rest(reading, fields, KNOWN),
      $role: (written ?? "") === PLAIN_ROLE[role] ? undefined : (written ?? ""),
      $parts: note,
    }),
  };
}

function roleOf(written: string | undefined, at: string): Role {
  if (written === undefined || written === "") return "user";
  const role = Object.hasOwn(ROLES, written) ? ROLES[written] : undefined;
  if (!role) throw badField(`${at}.role`, 'must be "user" or "model".');
  return role;
}

/** `contents`: who is not named is the user. */
export function decodeContents(reading: Reading, contents: readonly unknown[]): Turn[] {
  const before: Turn[] = [];
  for (const [turn, value] of contents.entries()) {
    const at = `contents[${turn}]`;
    const content = asObject(value);
    if (!content) throw badField(at, "must be an object with role and parts.");
    const decoded = decodeTurn(reading, content, { at, turn, before });
    before.push(decoded);
  }
  return before;
}

/** `systemInstruction`: a content, whatever its role says, or a bare string as some clients send. */
export function decodeSystem(reading: Reading, value: unknown): Turn[] {
  const at = "systemInstruction";
  if (value === undefined || value === null) return [];
  if (typeof value === "string") {
    const parts: Part[] = [{ kind: "text", text: value, at }];
    return [{ role: "system", at, parts, ...extended({ $system: "string" }) }];
  }
  const content = asObject(value);
  if (!content) throw badField(at, "must be an object with parts.");
  return [decodeTurn(reading, content, { at, turn: -1, role: "system", before: [] })];
}
