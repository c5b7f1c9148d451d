import { present } from "../../../base/present.ts";
import { Raw } from "../../../base/raw-json.ts";
import type { Tool, ToolChoice, WebSearch } from "../../../core/generation/request.ts";
import type { JsonObject } from "../../../core/json.ts";
import { fieldName } from "../../field-names.ts";
import { keptOf, withKept } from "../kept-members.ts";
import { objectSchema } from "./object-schema.ts";
import { reportForeign, type Writing, withNode } from "./writing.ts";

function writeFunction(tool: Tool, writing: Writing): JsonObject {
  const { own } = writing;
  const schema = own
    ? present({ input_schema: tool.schema === undefined ? undefined : new Raw(tool.schema) })
    : { input_schema: objectSchema(tool, writing) };
  const { $type: type } = keptOf(tool);
  const written = present({
    name: tool.name,
    description: tool.description,
    strict: own || tool.strict ? tool.strict : undefined,
    defer_loading: own || tool.deferred ? tool.deferred : undefined,
    type,
  });
  return withNode({ ...written, ...schema }, tool, writing);
}

/** The first of the web search tools, which every model with a search knows. */
const WEB_SEARCH = "web_search_20250305";

function writeWebSearch(search: WebSearch): JsonObject {
  return present({
    type: WEB_SEARCH,
    name: "web_search",
    allowed_domains: search.allowedDomains,
    blocked_domains: search.blockedDomains,
    max_uses: search.usesMax,
    user_location: search.location ? { type: "approximate", ...search.location } : undefined,
  });
}

function writeTool(tool: Tool, writing: Writing): readonly (JsonObject | Raw)[] {
  const { builtin } = tool;
  if (!builtin) return [writeFunction(tool, writing)];
  if (builtin.protocol === "anthropic-messages") return [new Raw(builtin.raw)];
  reportForeign(tool.extensions, tool.at ?? "", writing);
  if (builtin.search) return [writeWebSearch(builtin.search)];
  writing.report.lose("dropped", tool.at ?? tool.name, `${builtin.type} is unknown to Anthropic Messages`);
  return [];
}

const CHOICE_TYPES = { auto: "auto", none: "none", required: "any", one: "tool" } as const;

function choiceOf(choice: ToolChoice | undefined): JsonObject | undefined {
  if (!choice) return undefined;
  // Only some of the tools may be called: the others are not sent at all.
  if (choice.mode === "some") return { type: choice.required ? "any" : "auto" };
  const name = choice.mode === "one" ? { name: choice.names?.[0] ?? "" } : {};
  return { type: CHOICE_TYPES[choice.mode], ...name };
}

function writeChoice(writing: Writing, hasTools: boolean): JsonObject {
  const { request, own } = writing;
  const { toolChoice, parallelCalls } = request;
  if (!own && !hasTools) return {};
  const single = parallelCalls === false || (own && parallelCalls === true);
  const choice = choiceOf(toolChoice) ?? (single ? { type: "auto" } : undefined);
  if (!choice) return {};
  const parallel =
    single && (own || choice.type !== "none") ? { disable_parallel_tool_use: !parallelCalls } : {};
  return { tool_choice: withKept({ ...choice, ...parallel }, keptOf(toolChoice ?? {})) };
}

function offered(writing: Writing): readonly Tool[] {
  const { tools, toolChoice, origin } = writing.request;
  if (toolChoice?.mode !== "some") return tools;
  const names = new Set(toolChoice.names);
  writing.report.lose("emulated", fieldName(origin, "toolChoice"), "the other tools are not sent");
  return tools.filter(({ name }) => names.has(name));
}

/** `tools` and `tool_choice`. */
export function writeTools(writing: Writing): JsonObject {
  const { request, own } = writing;
  reportForeign(request.toolChoice?.extensions, fieldName(request.origin, "toolChoice"), writing);
  const tools = offered(writing).flatMap((tool) => writeTool(tool, writing));
  const listed = tools.length > 0 || (own && keptOf(request).$tools === "list");
  return { ...(listed ? { tools } : {}), ...writeChoice(writing, tools.length > 0) };
}
