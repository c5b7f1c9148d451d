import { present } from "../../../base/present.ts";
import type { Builtin, Tool, ToolChoice, WebSearch } from "../../../core/generation/tool.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import { badField } from "../../fields.ts";
import type { DecodeContext } from "../../translation.ts";
import { extended, keptMembers, keptOf } from "../kept-members.ts";
import { optionalObject, type Place, readNode, requiredString } from "./node.ts";

const FUNCTION = new Set([
  "type",
  "name",
  "description",
  "input_schema",
  "strict",
  "cache_control",
  "defer_loading",
]);

const optionalText = (value: unknown) => (typeof value === "string" ? value : undefined);
const optionalFlag = (value: unknown) => (typeof value === "boolean" ? value : undefined);
const strings = (value: unknown) =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : undefined;

function readFunction(tool: JsonObject, place: Place): Tool {
  const schema = asObject(tool.input_schema);
  const notes: JsonObject = tool.type === "custom" ? { $type: "custom" } : {};
  return {
    kind: "function",
    ...readNode(tool, FUNCTION, place, notes),
    name: requiredString(tool, "name", place.at),
    ...present({
      description: optionalText(tool.description),
      schema: schema ? place.raw.of(schema) : undefined,
      strict: optionalFlag(tool.strict),
      deferred: optionalFlag(tool.defer_loading),
    }),
  };
}

/** `web_search_20250305` and its successors (`WebSearchTool…`). */
function readWebSearch(tool: JsonObject): WebSearch {
  const location = asObject(tool.user_location);
  return present({
    allowedDomains: strings(tool.allowed_domains),
    blockedDomains: strings(tool.blocked_domains),
    usesMax: typeof tool.max_uses === "number" ? tool.max_uses : undefined,
    location: location
      ? present({
          city: optionalText(location.city),
          region: optionalText(location.region),
          country: optionalText(location.country),
          timezone: optionalText(location.timezone),
        })
      : undefined,
  });
}

/** Tools whose calls the client answers (`ClientToolUnion`); all others run at Anthropic. */
const CLIENT_RUN = /^(?:bash|text_editor|memory|computer|computer_toolset|browser_toolset)_/;

function readBuiltin(tool: JsonObject, type: string, { at, raw }: Place): Tool {
  const builtin: Builtin = {
    protocol: "anthropic-messages",
    type,
    raw: raw.of(tool),
    ...(/^web_search_/.test(type) ? { search: readWebSearch(tool) } : {}),
    ...(CLIENT_RUN.test(type) ? { clientRun: true } : {}),
  };
  const { cache } = readNode(tool, new Set(), { at, raw });
  return {
    kind: "builtin",
    at,
    name: optionalText(tool.name) ?? type,
    builtin,
    ...(cache ? { cache } : {}),
    ...present({ deferred: optionalFlag(tool.defer_loading) }),
  };
}

function readTool(value: unknown, place: Place): Tool {
  const tool = asObject(value);
  if (!tool) throw badField(place.at, "must be an object with a name and an input_schema.");
  const { type } = tool;
  const named = typeof type === "string" && type !== "custom";
  return named ? readBuiltin(tool, type, place) : readFunction(tool, place);
}

/**
 * Tools that a system message in mid-conversation brings along (`tool_addition`). The message keeps them for
 * Anthropic; other vendors have them among the tools of the request.
 */
function readAdditions({ messages }: JsonObject, { raw }: DecodeContext): readonly Tool[] {
  return asList(messages).flatMap((message, index) =>
    asList(asObject(message)?.content).flatMap((block, position) => {
      const added = asObject(asObject(block)?.tool);
      if (asObject(block)?.type !== "tool_addition" || added?.type !== "tool_definition") return [];
      const at = `messages[${index}].content[${position}].tool.definition`;
      const tool = readTool(added.definition, { at, raw });
      return [{ ...tool, ...extended({ ...keptOf(tool), $added: true }) }];
    }),
  );
}

export function readTools(body: JsonObject, context: DecodeContext): readonly Tool[] {
  const { tools } = body;
  if (tools !== undefined && tools !== null && !Array.isArray(tools)) {
    throw badField("tools", "must be a list.");
  }
  const listed = asList(tools).map((tool, index) =>
    readTool(tool, { at: `tools[${index}]`, raw: context.raw }),
  );
  return [...listed, ...readAdditions(body, context)];
}

const CHOICE = new Set(["type", "name", "disable_parallel_tool_use"]);
const CHOICE_MODES = { auto: "auto", any: "required", none: "none", tool: "one" } as const;

function choiceMode(type: unknown): ToolChoice["mode"] {
  for (const [word, mode] of Object.entries(CHOICE_MODES)) if (word === type) return mode;
  throw badField("tool_choice.type", 'must be "auto", "any", "tool" or "none".');
}

export interface ReadChoice {
  readonly toolChoice: ToolChoice | undefined;
  readonly parallelCalls: boolean | undefined;
}

export function readToolChoice(body: JsonObject, context: DecodeContext): ReadChoice {
  const choice = optionalObject(body, "tool_choice");
  if (!choice) return { toolChoice: undefined, parallelCalls: undefined };
  const mode = choiceMode(choice.type);
  const single = optionalFlag(choice.disable_parallel_tool_use);
  return {
    toolChoice: {
      mode,
      ...(mode === "one" ? { names: [requiredString(choice, "name", "tool_choice")] } : {}),
      ...extended(keptMembers(choice, CHOICE, context.raw)),
    },
    parallelCalls: single === undefined ? undefined : !single,
  };
}
