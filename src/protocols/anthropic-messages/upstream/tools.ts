import { present } from "../../../base/present.ts";
import { Raw } from "../../../base/raw-json.ts";
import type { RawJson } from "../../../core/generation/node.ts";
import type { Tool, ToolChoice, WebSearch } from "../../../core/generation/tool.ts";
import type { JsonObject } from "../../../core/json.ts";
import { keptOf, withKept } from "../kept-members.ts";
import { grammarSchema } from "./grammar-schema.ts";
import { objectSchema } from "./object-schema.ts";
import { type Writing, withNode } from "./writing.ts";

function schemaOf(tool: Tool, { own, report }: Writing): RawJson | undefined {
  if (own) return tool.schema;
  const lose = (reason: string) => report.lose("changed", `${tool.at ?? tool.name}.parameters`, reason);
  const schema = objectSchema(tool.schema, lose);
  return tool.strict ? grammarSchema(schema, lose) : schema;
}

function writeFunction(tool: Tool, writing: Writing): JsonObject {
  const { own } = writing;
  const schema = schemaOf(tool, writing);
  const { $type: type } = keptOf(tool);
  const written = present({
    name: tool.name,
    description: tool.description,
    strict: own || tool.strict ? tool.strict : undefined,
    defer_loading: own || tool.deferred ? tool.deferred : undefined,
    type,
    input_schema: schema === undefined ? undefined : new Raw(schema),
  });
  return withNode(written, tool, writing);
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
  return builtin.search ? [withNode(writeWebSearch(builtin.search), tool, writing)] : [];
}

const CHOICE_TYPES = { auto: "auto", none: "none", required: "any", one: "tool", some: "auto" } as const;

function choiceOf({ mode, names, extensions }: ToolChoice): JsonObject {
  const name = mode === "one" ? { name: names?.[0] ?? "" } : {};
  return withKept({ type: CHOICE_TYPES[mode], ...name }, keptOf({ ...(extensions ? { extensions } : {}) }));
}

function writeChoice({ request, own }: Writing): JsonObject {
  const { toolChoice, parallelCalls, tools } = request;
  if (!own && tools.length === 0) return {};
  // Calls one by one can be asked for only beside a choice, and a choice of none asks for no calls.
  const single = own || (parallelCalls === false && toolChoice?.mode !== "none");
  const parallel = single ? present({ disable_parallel_tool_use: flipped(parallelCalls) }) : {};
  const choice = toolChoice ? choiceOf(toolChoice) : { type: "auto" };
  if (!toolChoice && Object.keys(parallel).length === 0) return {};
  return { tool_choice: { ...choice, ...parallel } };
}

const flipped = (flag: boolean | undefined) => (flag === undefined ? undefined : !flag);

/** `tools` and `tool_choice`. */
export function writeTools(writing: Writing): JsonObject {
  const { request, own } = writing;
  const listable = request.tools.filter((tool) => !(own && keptOf(tool).$added));
  const tools = listable.flatMap((tool) => writeTool(tool, writing));
  const listed = tools.length > 0 || (own && keptOf(request).$tools === "list");
  return { ...(listed ? { tools } : {}), ...writeChoice(writing) };
}
