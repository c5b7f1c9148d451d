import { Raw } from "../../../base/raw-json.ts";
import type { GenerationRequest } from "../../../core/generation/request.ts";
import type { Tool, ToolChoice, WebSearch } from "../../../core/generation/tool.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import type { EncodeContext } from "../../translation.ts";
import { keptOf, loseForeign, membersOf, writtenGroup } from "../notes.ts";
import { writeMark } from "./content.ts";

type Members = Record<string, unknown>;

function described(tool: Tool): Members {
  return tool.description === undefined ? {} : { description: tool.description };
}

/** openai, `FunctionDefinition`; `strict` where the client set it, since many servers do not know it. */
function writeFunction(tool: Tool, context: EncodeContext): Members {
  const kept = keptOf(tool);
  const isSaid = tool.strict === true || (tool.strict === false && kept.$strict === true);
  const inner: Members = {
    ...membersOf(asObject(kept.$inner) ?? {}),
    name: tool.name,
    ...described(tool),
    ...(tool.schema === undefined ? {} : { parameters: new Raw(tool.schema) }),
    ...(isSaid ? { strict: tool.strict } : {}),
    ...(kept.$cacheInside === true ? writeMark(tool, context) : {}),
  };
  if (kept.$legacy === true) return inner;
  return {
    ...membersOf(kept),
    ...(kept.$untyped === true ? {} : { type: "function" }),
    function: inner,
    ...(kept.$cacheInside === true ? {} : writeMark(tool, context)),
  };
}

/** openai, `ChatCompletionCustomTool`. */
function writeCustom(tool: Tool): Members {
  const kept = keptOf(tool);
  const { grammar } = tool;
  const format = kept.$format ?? (grammar ? { type: "grammar", grammar } : undefined);
  const custom = {
    ...membersOf(asObject(kept.$inner) ?? {}),
    name: tool.name,
    ...described(tool),
    ...(format === undefined ? {} : { format }),
  };
  return { ...membersOf(kept), type: "custom", custom };
}

/** openai, `WebSearchOptions`: domains cannot be named there. */
function writeSearch(search: WebSearch, at: string, context: EncodeContext): JsonObject {
  const { report } = context;
  if (search.allowedDomains) report.lose("dropped", `${at}.allowed_domains`, "no such field in chat");
  if (search.blockedDomains) report.lose("dropped", `${at}.blocked_domains`, "no such field in chat");
  if (search.usesMax !== undefined) report.lose("dropped", `${at}.max_uses`, "no such field in chat");
  return search.location ? { user_location: { type: "approximate", approximate: search.location } } : {};
}

/** What a tool adds to the request's body. */
interface Written {
  readonly tools: readonly unknown[];
  readonly functions: readonly unknown[];
  readonly search?: unknown;
}

function writeBuiltin(tool: Tool, context: EncodeContext): Partial<Written> {
  const { builtin } = tool;
  const at = tool.at ?? tool.name;
  if (builtin?.protocol === "openai-chat") {
    const raw = new Raw(builtin.raw);
    return builtin.type === "web_search_options" ? { search: raw } : { tools: [raw] };
  }
  if (builtin?.search && context.traits.webSearch) {
    return { search: writeSearch(builtin.search, at, context) };
  }
  context.report.lose("dropped", at, "this upstream has no such tool");
  return {};
}

function writeTool(tool: Tool, context: EncodeContext): Partial<Written> {
  loseForeign(tool.extensions, context.report, tool.at);
  if (tool.kind === "builtin") return writeBuiltin(tool, context);
  if (tool.kind === "freeform") return { tools: [writeCustom(tool)] };
  const written = writeFunction(tool, context);
  return keptOf(tool).$legacy === true ? { functions: [written] } : { tools: [written] };
}

/** Servers other than OpenAI's know no `allowed_tools`: the others are left out for this turn. */
function isFiltered(request: GenerationRequest, { traits }: EncodeContext): boolean {
  return (
    request.toolChoice?.mode === "some" &&
    traits.vendor !== "openai" &&
    writtenGroup(request, "choice") === undefined
  );
}

function named(name: string, tools: readonly Tool[]): Members {
  const isFreeform = tools.some((tool) => tool.kind === "freeform" && tool.name === name);
  return isFreeform ? { type: "custom", custom: { name } } : { type: "function", function: { name } };
}

function writeSome(choice: ToolChoice, request: GenerationRequest, context: EncodeContext): unknown {
  const mode = choice.required ? "required" : "auto";
  if (isFiltered(request, context)) {
    context.report.lose("emulated", "tool_choice", "the tools that may not be called are not sent");
    return mode;
  }
  const tools = (choice.names ?? []).map((name) => named(name, request.tools));
  return { type: "allowed_tools", allowed_tools: { mode, tools } };
}

function writeChoice(request: GenerationRequest, context: EncodeContext): unknown {
  const { toolChoice: choice } = request;
  if (!choice) return undefined;
  loseForeign(choice.extensions, context.report, "tool_choice");
  if (choice.mode === "some") return writeSome(choice, request, context);
  if (choice.mode === "one") return named(choice.names?.[0] ?? "", request.tools);
  return choice.mode;
}

/** `tools`, `functions`, `web_search_options`, `tool_choice` and `parallel_tool_calls`. */
export function writeTools(request: GenerationRequest, context: EncodeContext): Members {
  const allowed = isFiltered(request, context) ? new Set(request.toolChoice?.names) : undefined;
  const sent = request.tools.filter((tool) => !allowed || allowed.has(tool.name));
  const written = sent.map((tool) => writeTool(tool, context));
  const body: Members = {};
  const tools = written.flatMap((one) => one.tools ?? []);
  const functions = written.flatMap((one) => one.functions ?? []);
  const search = written.find((one) => one.search !== undefined)?.search;
  if (tools.length > 0) body.tools = tools;
  if (functions.length > 0) body.functions = functions;
  if (search !== undefined) body.web_search_options = search;
  const ownChoice = writtenGroup(request, "choice");
  const ownParallel = writtenGroup(request, "parallel");
  if (ownChoice) Object.assign(body, ownChoice);
  else if (tools.length > 0) body.tool_choice = writeChoice(request, context);
  if (ownParallel) Object.assign(body, ownParallel);
  else if (tools.length > 0 && request.parallelCalls === false) body.parallel_tool_calls = false;
  return body;
}
