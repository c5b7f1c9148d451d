import type { RawJson } from "../../../core/generation/node.ts";
import type { Builtin, Tool, WebSearch } from "../../../core/generation/tool.ts";
import { asList, asObject, asWord, type JsonObject } from "../../../core/json.ts";
import { badField } from "../../fields.ts";
import { some, textOf, wordOf } from "../members.ts";
import { extend, leftover, RESPONSES, textNote, withNote } from "../notes.ts";
import { typedCallOfTool } from "../typed-calls.ts";
import { type Place, within } from "./content.ts";

/**
 * The tools of a list (`tools`, `additional_tools`), those of namespaces one by one. The first tool of an entry
 * has the entry's source text, with that of empty namespaces before it.
 * @throws GatewayError `bad_request` naming the member at fault
 */
export function readToolList(list: readonly unknown[], place: Place): Tool[] {
  const tools: Tool[] = [];
  let empty: RawJson[] = [];
  for (const [index, value] of list.entries()) {
    const at = within(place, `[${index}]`);
    const entry = asObject(value);
    if (!entry) throw badField(at.at, "must be an object with a type.");
    const sources = [...empty, place.context.raw.of(entry)];
    const read = readTools(entry, at).map((tool, nth) =>
      withNote(tool, "$entry", nth === 0 ? sources.join(",") : ""),
    );
    empty = read.length > 0 ? [] : sources;
    tools.push(...read);
  }
  const last = tools.at(-1);
  if (last === undefined || empty.length === 0) return tools;
  const source = [textNote(last, "$entry") || [], ...empty].flat().join(",");
  return tools.with(-1, withNote(last, "$entry", source));
}

function readTools(entry: JsonObject, place: Place): Tool[] {
  switch (textOf(entry, "type", place.at)) {
    case "function":
      return [readFunction(entry, place)];
    case "custom":
      return [readFreeform(entry, place)];
    case "namespace":
      return readNamespace(entry, place);
    default:
      return [readBuiltin(entry, place)];
  }
}

const FUNCTION_MEMBERS = new Set([
  "type",
  "name",
  "description",
  "parameters",
  "strict",
  "defer_loading",
  "allowed_callers",
]);

/** openai `FunctionTool`. */
function readFunction(entry: JsonObject, { at, context }: Place): Tool {
  const parameters = asObject(entry.parameters);
  return {
    name: textOf(entry, "name", at),
    kind: "function",
    at,
    ...some("description", wordOf(entry.description)),
    ...some("schema", parameters && context.raw.of(parameters)),
    ...(typeof entry.strict === "boolean" ? { strict: entry.strict } : {}),
    ...(entry.defer_loading === true ? { deferred: true } : {}),
    ...extend(leftover(entry, FUNCTION_MEMBERS)),
  };
}

const CUSTOM_MEMBERS = new Set(["type", "name", "description", "format", "defer_loading", "allowed_callers"]);

/** openai `CustomTool`: text in, perhaps by a grammar (Codex's `apply_patch`). */
function readFreeform(entry: JsonObject, { at }: Place): Tool {
  const format = asObject(entry.format);
  const definition = wordOf(format?.definition);
  const grammar =
    definition === undefined ? undefined : { syntax: wordOf(format?.syntax) ?? "lark", definition };
  return {
    name: textOf(entry, "name", at),
    kind: "freeform",
    at,
    ...some("description", wordOf(entry.description)),
    ...some("grammar", grammar),
    ...(entry.defer_loading === true ? { deferred: true } : {}),
    ...extend(leftover(entry, CUSTOM_MEMBERS)),
  };
}

/** openai `NamespaceTool`. */
function readNamespace(entry: JsonObject, place: Place): Tool[] {
  const namespace = textOf(entry, "name", place.at);
  const about = some("namespaceDescription", wordOf(entry.description));
  const members = asList(entry.tools).flatMap((value, index) => {
    const at = within(place, `.tools[${index}]`);
    const tool = asObject(value);
    if (!tool) throw badField(at.at, "must be an object with a type.");
    return readTools(tool, at);
  });
  return members.map((tool) => ({ ...tool, namespace, ...about }));
}

function readBuiltin(entry: JsonObject, { at, context }: Place): Tool {
  const type = asWord(entry.type);
  const raw = context.raw.of(entry);
  const builtin: Builtin = {
    protocol: RESPONSES,
    type,
    raw,
    ...some("search", readSearchTool(type, entry)),
    ...(typedCallOfTool(entry) ? { clientRun: true } : {}),
  };
  const parameters = asObject(entry.parameters);
  return {
    name: builtin.search ? "web_search" : (wordOf(entry.server_label) ?? type),
    kind: "builtin",
    at,
    builtin,
    ...some("description", wordOf(entry.description)),
    ...some("schema", parameters && context.raw.of(parameters)),
  };
}

/** openai `WebSearchTool`, `WebSearchPreviewTool`. */
function readSearchTool(type: string, entry: JsonObject): WebSearch | undefined {
  if (!type.startsWith("web_search")) return undefined;
  const filters = asObject(entry.filters);
  const place = asObject(entry.user_location);
  const location = place && {
    ...some("city", wordOf(place.city)),
    ...some("region", wordOf(place.region)),
    ...some("country", wordOf(place.country)),
    ...some("timezone", wordOf(place.timezone)),
  };
  return {
    ...some("allowedDomains", domains(filters?.allowed_domains)),
    ...some("blockedDomains", domains(filters?.blocked_domains)),
    ...some("location", location),
  };
}

function domains(list: unknown): readonly string[] | undefined {
  const names = asList(list).filter((name) => typeof name === "string");
  return names.length > 0 ? names : undefined;
}
