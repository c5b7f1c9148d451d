import type { Role, Turn } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { badField, requiredList } from "../../fields.ts";
import type { DecodeContext } from "../../translation.ts";
import { extended } from "../kept-members.ts";
import { readContent, withCarried } from "./content.ts";
import { type Reading, readNode } from "./node.ts";

function openReading(at: string, context: DecodeContext): Reading {
  return { at, raw: context.raw, context, carried: [] };
}

/** The top-level `system`, a leading turn. */
function readSystem(system: unknown, context: DecodeContext): readonly Turn[] {
  if (system === undefined || system === null) return [];
  const { parts, note } = readContent(system, openReading("system", context));
  return [{ role: "system", at: "system", parts, ...extended(note) }];
}

const ROLES: readonly Role[] = ["user", "assistant", "system"];
const MESSAGE = new Set(["role", "content"]);

/** System messages among the others keep their place; Claude Code sends them to every model (CLIENTS.md 1). */
function readMessage(value: unknown, index: number, context: DecodeContext): Turn {
  const at = `messages[${index}]`;
  const message = asObject(value);
  const role = ROLES.find((known) => known === message?.role);
  if (!message || !role) throw badField(`${at}.role`, 'must be "user", "assistant" or "system".');
  const reading = openReading(`${at}.content`, context);
  const { parts, note } = readContent(message.content, reading);
  if (note.$content === "absent" && role !== "system") {
    throw badField(`${at}.content`, "this field is required; send a string or a list of content blocks.");
  }
  const notes: JsonObject = role === "system" ? { ...note, $place: "messages" } : note;
  return {
    role,
    ...readNode(message, MESSAGE, { at, raw: context.raw }, notes),
    parts: withCarried(parts, reading),
  };
}

export function readTurns(body: JsonObject, context: DecodeContext): readonly Turn[] {
  const messages = requiredList(body, "messages").map((value, index) => readMessage(value, index, context));
  return [...readSystem(body.system, context), ...messages];
}
