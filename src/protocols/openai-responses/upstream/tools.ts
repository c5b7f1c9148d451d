import { Raw } from "../../../base/raw-json.ts";
import type { GenerationRequest } from "../../../core/generation/request.ts";
import type { Tool, ToolChoice, WebSearch } from "../../../core/generation/tool.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { EncodeContext } from "../../translation.ts";
import { some } from "../members.ts";
import { keptOf, loseForeign, RESPONSES, textNote } from "../notes.ts";

const NO_ARGUMENTS = '{"type":"object","properties":{}}';

/** `tools`, or nothing where there are none. */
export function writeTools(request: GenerationRequest, context: EncodeContext): JsonObject {
  const tools = request.tools.flatMap((tool) => writeTool(tool, context));
  if (tools.length > 0) return { tools };
  const body = keptOf(request).$body as JsonObject | undefined;
  return body && "tools" in body ? { tools: body.tools } : {};
}

function writeTool(tool: Tool, context: EncodeContext): unknown[] {
  const entry = textNote(tool, "$entry");
  if (entry !== undefined) return entry === "" ? [] : [new Raw(entry)];
  loseForeign(tool, context.report, tool.at ?? "tools");
  const head = { name: tool.name, ...some("description", tool.description) };
  switch (tool.kind) {
    case "function":
      // Left out, `strict` is true at the vendor, and most schemas are not written for that.
      return [
        {
          type: "function",
          ...head,
          parameters: new Raw(tool.schema ?? NO_ARGUMENTS),
          strict: tool.strict ?? false,
        },
      ];
    case "freeform":
      return [{ type: "custom", ...head, ...some("format", tool.grammar && writeGrammar(tool.grammar)) }];
    case "builtin":
      return writeBuiltin(tool, context);
  }
}

function writeGrammar({ syntax, definition }: NonNullable<Tool["grammar"]>): JsonObject {
  return { type: "grammar", syntax, definition };
}

function writeBuiltin({ builtin, at, name }: Tool, { report }: EncodeContext): unknown[] {
  if (builtin?.protocol === RESPONSES) return [new Raw(builtin.raw)];
  if (builtin?.search) return [writeSearch(builtin.search, at ?? "tools", report)];
  report.lose("dropped", at ?? "tools", `no tool ${name} in the Responses API`);
  return [];
}

/** openai `WebSearchTool`: it knows allowed domains only, and no bound. */
function writeSearch(search: WebSearch, at: string, report: EncodeContext["report"]): JsonObject {
  if (search.blockedDomains) report.lose("dropped", `${at}.blocked_domains`, "no such filter");
  if (search.usesMax !== undefined) report.lose("dropped", `${at}.max_uses`, "no such limit");
  const { allowedDomains, location } = search;
  return {
    type: "web_search",
    ...some("filters", allowedDomains && { allowed_domains: allowedDomains }),
    ...some("user_location", location && { type: "approximate", ...location }),
  };
}

/** `tool_choice`. A tool is named with its type. */
export function writeToolChoice(choice: ToolChoice, tools: readonly Tool[]): unknown {
  const names = choice.names ?? [];
  switch (choice.mode) {
    case "one":
      return writeName(names[0] ?? "", tools);
    case "some": {
      const allowed = names.map((name) => writeName(name, tools));
      return { type: "allowed_tools", mode: choice.required ? "required" : "auto", tools: allowed };
    }
    default:
      return choice.mode;
  }
}

function writeName(name: string, tools: readonly Tool[]): JsonObject {
  const tool = tools.find((each) => each.name === name);
  if (tool?.kind === "builtin") {
    return { type: tool.builtin?.protocol === RESPONSES ? tool.builtin.type : "web_search" };
  }
  return { type: tool?.kind === "freeform" ? "custom" : "function", name };
}
