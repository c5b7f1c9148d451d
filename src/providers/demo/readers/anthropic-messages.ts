import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import { type DemoLine, type DemoTool, type DemoTurn, PLAIN_TURN, type ToolChoice } from "../demo-turn.ts";
import { checkFields, numberOf, objectsOf, requireField, textOf, textsOf } from "../fields.ts";
import { DemoRefusal } from "../refusal.ts";
import { readJsonFormat } from "./json-format.ts";
import { contentText } from "./openai-chat.ts";

type BlockReader = (block: JsonObject, by: DemoLine["by"], names: Map<string, string>) => DemoLine;

const BLOCKS: Readonly<Record<string, BlockReader>> = {
  text: (block, by) => ({ by, text: textOf(block.text) }),
  tool_use(block, by, names) {
    names.set(textOf(block.id), textOf(block.name));
    return { by, text: `${textOf(block.name)} ${JSON.stringify(block.input ?? {})}` };
  },
  tool_result(block, _, names) {
    const toolName = names.get(textOf(block.tool_use_id));
    return { by: "tool", text: contentText(block.content), ...(toolName ? { toolName } : {}) };
  },
};

function linesOf(messages: readonly JsonObject[]): DemoLine[] {
  const names = new Map<string, string>();
  return messages.flatMap(({ role, content }): DemoLine[] => {
    const by = role === "assistant" ? "assistant" : role === "system" ? "system" : "user";
    if (typeof content === "string") return [{ by, text: content }];
    return asList(content).flatMap((part) => {
      const block = asObject(part) ?? {};
      const type = textOf(block.type);
      return Object.hasOwn(BLOCKS, type) ? [BLOCKS[type]?.(block, by, names) ?? { by, text: "" }] : [];
    });
  });
}

/** Tools with a schema; those with a type of their own are the vendor's. */
function toolsOf(tools: readonly JsonObject[]): DemoTool[] {
  return tools
    .filter((tool) => tool.input_schema !== undefined)
    .map((tool) => ({ name: textOf(tool.name), form: "json", schema: tool.input_schema }));
}

function choiceOf(choice: JsonObject | undefined): ToolChoice {
  if (choice?.type === "none") return { mode: "none" };
  if (choice?.type === "any") return { mode: "required" };
  return choice?.type === "tool" ? { mode: "required", names: [textOf(choice.name)] } : { mode: "auto" };
}

function thinkingOf(thinking: JsonObject | undefined): DemoTurn["thinking"] {
  if (thinking?.type !== "enabled" && thinking?.type !== "adaptive") return "none";
  return thinking.display === "omitted" ? "hidden" : "shown";
}

function systemLines(system: unknown): DemoLine[] {
  const text = contentText(system);
  return text === "" ? [] : [{ by: "system", text }];
}

/** `MessageCreateParams` of @anthropic-ai/sdk. */
export function readAnthropic(body: JsonObject, model: string, counting: boolean): DemoTurn {
  if (body.thread !== undefined && body.thread !== null) {
    throw new DemoRefusal("thread", "thread", "is not kept by the demo: send the whole history.");
  }
  requireField(body, "messages", "send at least one message");
  if (!counting) requireField(body, "max_tokens", "say how many tokens the answer may have");
  checkFields(body, {
    max_tokens: "count",
    temperature: "number",
    stop_sequences: "texts",
    tools: "list",
    tool_choice: "object",
    thinking: "object",
    system: "textOrList",
  });
  const choice = asObject(body.tool_choice);
  return {
    ...PLAIN_TURN,
    model,
    lines: [...systemLines(body.system), ...linesOf(objectsOf(body.messages, "messages"))],
    tools: toolsOf(objectsOf(body.tools, "tools")),
    declarations: body.tools === undefined ? "" : JSON.stringify(body.tools),
    choice: choiceOf(choice),
    parallel: choice?.disable_parallel_tool_use !== true,
    thinking: thinkingOf(asObject(body.thinking)),
    outputTokensMax: numberOf(body.max_tokens),
    stops: textsOf(body.stop_sequences),
    format: readJsonFormat(asObject(asObject(body.output_config)?.format)),
  };
}
