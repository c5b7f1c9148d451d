import { asObject, type JsonObject } from "../../../core/json.ts";
import { type DemoLine, type DemoTool, type DemoTurn, PLAIN_TURN } from "../demo-turn.ts";
import {
  checkedObjectsOf,
  checkFields,
  entryOf,
  numberOf,
  objectsOf,
  requireField,
  textOf,
} from "../fields.ts";
import { DemoRefusal } from "../refusal.ts";
import { readJsonFormat } from "./json-format.ts";
import { contentText, readToolChoice } from "./openai-chat.ts";

type ItemReader = (item: JsonObject, names: Map<string, string>) => DemoLine[];

function readCall(item: JsonObject, names: Map<string, string>): DemoLine[] {
  names.set(textOf(item.call_id), textOf(item.name));
  return [{ by: "assistant", text: `${textOf(item.name)} ${textOf(item.arguments ?? item.input)}` }];
}

function readOutput(item: JsonObject, names: Map<string, string>): DemoLine[] {
  const toolName = names.get(textOf(item.call_id));
  return [{ by: "tool", text: contentText(item.output), ...(toolName ? { toolName } : {}) }];
}

function readMessage(item: JsonObject): DemoLine[] {
  const role = textOf(item.role);
  const by =
    role === "assistant" ? "assistant" : role === "system" || role === "developer" ? "system" : "user";
  return [{ by, text: contentText(item.content) }];
}

const ITEMS: Readonly<Record<string, ItemReader>> = {
  function_call: readCall,
  custom_tool_call: readCall,
  function_call_output: readOutput,
  custom_tool_call_output: readOutput,
  message: readMessage,
};

function linesOf(input: unknown): DemoLine[] {
  if (typeof input === "string") return [{ by: "user", text: input }];
  const names = new Map<string, string>();
  const items = checkedObjectsOf(input, "input", { type: "text", role: "text", content: "textOrList" });
  return items.flatMap((item) => entryOf(ITEMS, item.type ?? "message")?.(item, names) ?? []);
}

/** Functions, freeform tools, and both inside namespaces; hosted tools are the vendor's own. */
function toolsOf(tools: readonly JsonObject[], namespace?: string): DemoTool[] {
  return tools.flatMap((tool): DemoTool[] => {
    const name = textOf(tool.name);
    if (tool.type === "namespace") return toolsOf(objectsOf(tool.tools, "tools.tools"), name);
    if (tool.type !== "function" && tool.type !== "custom") return [];
    const form = tool.type === "custom" ? "text" : "json";
    return [{ name, form, schema: tool.parameters, ...(namespace === undefined ? {} : { namespace }) }];
  });
}

/** Codex puts its tools into the first input item for the models it knows. */
function declaredTools(body: JsonObject): readonly JsonObject[] {
  const added = Array.isArray(body.input)
    ? body.input
        .filter((item) => asObject(item)?.type === "additional_tools")
        .flatMap((item) => item.tools ?? [])
    : [];
  return [...objectsOf(body.tools, "tools"), ...objectsOf(added, "input.tools")];
}

function thinkingOf(reasoning: JsonObject | undefined): DemoTurn["thinking"] {
  if (!reasoning || reasoning.effort === "none") return "none";
  if (textOf(reasoning.summary) !== "" && reasoning.summary !== "none") return "shown";
  return reasoning.effort ? "hidden" : "none";
}

/** `ResponseCreateParams` of openai. */
export function readResponses(body: JsonObject, model: string): DemoTurn {
  requireField(body, "input", "send a string or a list of items");
  checkFields(body, {
    input: "textOrList",
    instructions: "text",
    max_output_tokens: "count",
    tools: "list",
    tool_choice: "textOrObject",
    reasoning: "object",
    text: "object",
  });
  if (typeof body.previous_response_id === "string") {
    throw new DemoRefusal(
      "previous_response",
      "previous_response_id",
      "is not kept by the demo: send the whole input.",
    );
  }
  const tools = declaredTools(body);
  const instructions = textOf(body.instructions);
  const system: DemoLine[] = instructions === "" ? [] : [{ by: "system", text: instructions }];
  return {
    ...PLAIN_TURN,
    model,
    lines: [...system, ...linesOf(body.input)],
    tools: toolsOf(tools),
    declarations: tools.length === 0 ? "" : JSON.stringify(tools),
    choice: readToolChoice(body.tool_choice),
    parallel: body.parallel_tool_calls !== false,
    thinking: thinkingOf(asObject(body.reasoning)),
    outputTokensMax: numberOf(body.max_output_tokens),
    format: readJsonFormat(asObject(asObject(body.text)?.format)),
  };
}
