import { asObject, type JsonObject } from "../../../core/json.ts";
import { type DemoLine, type DemoTool, type DemoTurn, PLAIN_TURN, type ToolChoice } from "../demo-turn.ts";
import {
  checkedObjectsOf,
  checkFields,
  entryOf,
  numberOf,
  objectsOf,
  requireField,
  textOf,
  textsOf,
} from "../fields.ts";
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

const SPEAKERS: Readonly<Record<string, DemoLine["by"]>> = {
  user: "user",
  assistant: "assistant",
  system: "system",
};

function linesOf(messages: readonly JsonObject[]): DemoLine[] {
  const names = new Map<string, string>();
  return messages.flatMap(({ role, content }, index) => {
    const by = entryOf(SPEAKERS, role);
    if (!by)
      throw new DemoRefusal("wrong_value", `messages[${index}].role`, 'must be "user" or "assistant".');
    if (typeof content === "string") return [{ by, text: content }];
    const blocks = objectsOf(content, `messages[${index}].content`);
    return resultsLast(blocks.flatMap((block) => entryOf(BLOCKS, block.type)?.(block, by, names) ?? []));
  });
}

/** Claude Code puts reminders behind a tool's result: they are not what is to be answered. */
function resultsLast(lines: readonly DemoLine[]): DemoLine[] {
  const isResult = ({ by }: DemoLine) => by === "tool";
  return [...lines.filter((line) => !isResult(line)), ...lines.filter(isResult)];
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
  const messages = checkedObjectsOf(body.messages, "messages", { role: "text", content: "textOrList" });
  const choice = asObject(body.tool_choice);
  return {
    ...PLAIN_TURN,
    model,
    lines: [...systemLines(body.system), ...linesOf(messages)],
    tools: toolsOf(checkedObjectsOf(body.tools, "tools", { name: "text", input_schema: "object" })),
    declarations: body.tools === undefined ? "" : JSON.stringify(body.tools),
    choice: choiceOf(choice),
    parallel: choice?.disable_parallel_tool_use !== true,
    thinking: thinkingOf(asObject(body.thinking)),
    outputTokensMax: numberOf(body.max_tokens),
    stops: textsOf(body.stop_sequences),
    format: readJsonFormat(asObject(asObject(body.output_config)?.format)),
  };
}
