import type { Tool, ToolChoice } from "../../../core/generation/tool.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import { badField } from "../../fields.ts";
import { wordOf } from "../members.ts";

/**
 * openai `tool_choice` of the Responses API: a word, one tool, or a list of allowed ones.
 * @throws GatewayError `bad_request` for anything else
 */
export function readToolChoice(value: unknown, tools: readonly Tool[]): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined;
  if (value === "auto" || value === "none" || value === "required") return { mode: value };
  const choice = asObject(value);
  if (!choice) throw badField("tool_choice", 'must be "auto", "none", "required", or an object.');
  if (choice.type !== "allowed_tools") return { mode: "one", names: [nameOf(choice, tools)] };
  const names = asList(choice.tools).flatMap((entry) => {
    const tool = asObject(entry);
    return tool ? [nameOf(tool, tools)] : [];
  });
  return { mode: "some", names, required: choice.mode === "required" };
}

/** A vendor's own tool is named by its type, as the neutral form names it. */
function nameOf(choice: JsonObject, tools: readonly Tool[]): string {
  const type = wordOf(choice.type) ?? "";
  const builtin = tools.find((tool) => tool.builtin !== undefined && tool.builtin.type === type);
  const name = type === "mcp" ? wordOf(choice.server_label) : wordOf(choice.name);
  const known = name ?? builtin?.name ?? (type.startsWith("web_search") ? "web_search" : type);
  if (known === "") throw badField("tool_choice", "must name a tool.");
  return known;
}
