import type { Tool, ToolChoice, WebSearch } from "../../../core/generation/tool.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import { badField } from "../../fields.ts";
import type { DecodeContext } from "../../translation.ts";
import { extend, leftover } from "../notes.ts";
import { cacheOf } from "./content.ts";
import { defined } from "./settings.ts";

const TOOL_MEMBERS = new Set(["type", "function", "custom", "cache_control"]);
const FUNCTION_MEMBERS = new Set(["name", "description", "parameters", "strict", "cache_control"]);
const CUSTOM_MEMBERS = new Set(["name", "description", "format"]);

function requiredName(inner: JsonObject, at: string): string {
  if (typeof inner.name !== "string" || inner.name === "") {
    throw badField(`${at}.name`, "must be a non-empty string.");
  }
  return inner.name;
}

function describe(inner: JsonObject): { description?: string } {
  return typeof inner.description === "string" ? { description: inner.description } : {};
}

/** What is left of a tool and of the object inside it, as extensions. */
function keepTool(outer: Record<string, unknown>, inner: JsonObject) {
  if (Object.keys(inner).length > 0) outer.$inner = inner;
  return extend(outer);
}

/** openai, `FunctionDefinition`. */
function readFunction(tool: JsonObject, at: string, context: DecodeContext, inner: JsonObject): Tool {
  const schema = asObject(inner.parameters);
  const kept = leftover(tool, TOOL_MEMBERS);
  const mark = cacheOf({ cache_control: tool.cache_control ?? inner.cache_control }, kept);
  if (inner.cache_control !== undefined) kept.$cacheInside = true;
  if (inner.strict === false) kept.$strict = true;
  return {
    kind: "function",
    name: requiredName(inner, at),
    at,
    ...describe(inner),
    ...(schema ? { schema: context.raw.of(schema) } : {}),
    ...(typeof inner.strict === "boolean" ? { strict: inner.strict } : {}),
    ...mark,
    ...keepTool(kept, leftover(inner, FUNCTION_MEMBERS)),
  };
}

/** openai, `ChatCompletionCustomTool`: free text, perhaps by a grammar. */
function readCustom(tool: JsonObject, at: string): Tool {
  const inner = asObject(tool.custom) ?? {};
  const grammar = asObject(asObject(inner.format)?.grammar);
  const written = inner.format === undefined ? {} : { $format: inner.format };
  return {
    kind: "freeform",
    name: requiredName(inner, `${at}.custom`),
    at,
    ...describe(inner),
    ...(typeof grammar?.syntax === "string" && typeof grammar.definition === "string"
      ? { grammar: { syntax: grammar.syntax, definition: grammar.definition } }
      : {}),
    ...keepTool({ ...leftover(tool, TOOL_MEMBERS), ...written }, leftover(inner, CUSTOM_MEMBERS)),
  };
}

function strings(value: unknown): readonly string[] | undefined {
  const list = asList(value).filter((item) => typeof item === "string");
  return list.length > 0 ? list : undefined;
}

/** Where and how a server's own web search shall search; shared by `web_search_options` and typed tools. */
function readSearch(options: JsonObject): WebSearch {
  const user = asObject(options.user_location);
  const place = asObject(user?.approximate) ?? user;
  const text = (key: string) => (typeof place?.[key] === "string" ? String(place[key]) : undefined);
  const location = defined<NonNullable<WebSearch["location"]>>({
    city: text("city"),
    region: text("region"),
    country: text("country"),
    timezone: text("timezone"),
  });
  return defined<WebSearch>({
    allowedDomains: strings(asObject(options.filters)?.allowed_domains ?? options.allowed_domains),
    blockedDomains: strings(options.blocked_domains),
    usesMax: typeof options.max_uses === "number" ? options.max_uses : undefined,
    location: Object.keys(location).length > 0 ? location : undefined,
  });
}

const SEARCH_TYPE = /^(?:web_search|openrouter:web_search)/;

/** A typed tool of some server (Kimi's `builtin_function`, OpenRouter's and OpenAI's searches). */
function readTyped(tool: JsonObject, type: string, at: string, context: DecodeContext): Tool {
  const raw = context.raw.of(tool);
  const search = SEARCH_TYPE.test(type) ? { search: readSearch(asObject(tool.parameters) ?? tool) } : {};
  return { kind: "builtin", name: type, at, builtin: { protocol: "openai-chat", type, raw, ...search } };
}

function readTool(value: unknown, at: string, context: DecodeContext): Tool {
  const tool = asObject(value);
  if (!tool) throw badField(at, "must be an object with a type.");
  const inner = asObject(tool.function);
  if (inner && (tool.type === "function" || tool.type === undefined)) {
    const found = readFunction(tool, `${at}.function`, context, inner);
    return tool.type === undefined
      ? { ...found, ...extend({ ...found.extensions?.["openai-chat"], $untyped: true }) }
      : found;
  }
  if (tool.type === "custom" && asObject(tool.custom)) return readCustom(tool, at);
  if (typeof tool.type !== "string" || tool.type === "function") {
    throw badField(`${at}.function`, "must be an object with the function's name and parameters.");
  }
  return readTyped(tool, tool.type, at, context);
}

/** The older `functions`: definitions without an envelope. */
function readLegacy(value: unknown, at: string, context: DecodeContext): Tool {
  const inner = asObject(value);
  if (!inner) throw badField(at, "must be an object with a name.");
  const found = readFunction({}, at, context, inner);
  return { ...found, ...extend({ ...found.extensions?.["openai-chat"], $legacy: true }) };
}

function listOf(body: JsonObject, key: string): readonly unknown[] {
  const value = body[key];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badField(key, "must be a list.");
  return value;
}

/** `tools`, `functions`, and the web search that chat asks for by a field of its own. */
export function readTools(body: JsonObject, context: DecodeContext): Tool[] {
  const tools = listOf(body, "tools").map((tool, index) => readTool(tool, `tools[${index}]`, context));
  const legacy = listOf(body, "functions").map((tool, index) =>
    readLegacy(tool, `functions[${index}]`, context),
  );
  const options = asObject(body.web_search_options);
  if (!options) return [...tools, ...legacy];
  const type = "web_search_options";
  const builtin = {
    protocol: "openai-chat",
    type,
    raw: context.raw.of(options),
    search: readSearch(options),
  } as const;
  return [...tools, ...legacy, { kind: "builtin", name: "web_search", at: type, builtin }];
}

const WORDS: Readonly<Record<string, ToolChoice>> = {
  auto: { mode: "auto" },
  none: { mode: "none" },
  required: { mode: "required" },
  // Mistral's word for it.
  any: { mode: "required" },
};

function nameIn(tool: JsonObject, at: string): string {
  const inner = asObject(tool.function) ?? asObject(tool.custom) ?? tool;
  if (typeof inner.name === "string" && inner.name !== "") return inner.name;
  throw badField(at, "must name a tool.");
}

function readAllowed(choice: JsonObject): ToolChoice {
  const allowed = asObject(choice.allowed_tools) ?? choice;
  const names = asList(allowed.tools).map((tool, index) =>
    nameIn(asObject(tool) ?? {}, `tool_choice.allowed_tools.tools[${index}]`),
  );
  return { mode: "some", names, required: allowed.mode === "required" };
}

/** `tool_choice`, or the older `function_call`. */
export function readToolChoice(body: JsonObject): ToolChoice | undefined {
  const field = body.tool_choice === undefined || body.tool_choice === null ? "function_call" : "tool_choice";
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  const word = typeof value === "string" && Object.hasOwn(WORDS, value) ? WORDS[value] : undefined;
  if (word) return word;
  const choice = asObject(value);
  if (!choice) throw badField(field, 'must be "auto", "none", "required" or an object that names a tool.');
  if (choice.type === "allowed_tools") return readAllowed(choice);
  return { mode: "one", names: [nameIn(choice, field)] };
}
