import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import { type DemoLine, type DemoTool, type DemoTurn, PLAIN_TURN, type ToolChoice } from "../demo-turn.ts";
import {
  checkedObjectsOf,
  checkFields,
  choicesOf,
  entryOf,
  numberOf,
  objectsOf,
  requireField,
  textOf,
  textsOf,
} from "../fields.ts";
import { DemoRefusal } from "../refusal.ts";
import { readJsonFormat } from "./json-format.ts";

const CHOICES_MAX = 16;

/** The text of a message's content: a string, or parts of which some are text. */
export function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  return asList(content)
    .map((part) => textOf(asObject(part)?.text))
    .filter((text) => text !== "")
    .join("\n");
}

const SPEAKERS: Readonly<Record<string, DemoLine["by"]>> = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "assistant",
  tool: "tool",
  function: "tool",
};

function linesOf(messages: readonly JsonObject[]): DemoLine[] {
  const toolNames = new Map<string, string>();
  return messages.flatMap((message, index) => {
    const by = entryOf(SPEAKERS, message.role);
    if (!by) {
      const roles = Object.keys(SPEAKERS).join(", ");
      throw new DemoRefusal("wrong_value", `messages[${index}].role`, `must be one of ${roles}.`);
    }
    const calls = asList(message.tool_calls).map((call) => asObject(call) ?? {});
    for (const call of calls) toolNames.set(textOf(call.id), textOf(asObject(call.function)?.name));
    const toolName = toolNames.get(textOf(message.tool_call_id));
    const said: DemoLine = { by, text: contentText(message.content), ...(toolName ? { toolName } : {}) };
    const called = calls.map(
      (call): DemoLine => ({ by: "assistant", text: JSON.stringify(call.function ?? call.custom) }),
    );
    return [said, ...called];
  });
}

function toolsOf(tools: readonly JsonObject[]): DemoTool[] {
  return tools.flatMap((tool): DemoTool[] => {
    const custom = asObject(tool.custom);
    if (custom) return [{ name: textOf(custom.name), form: "text", schema: undefined }];
    const declared = asObject(tool.function);
    return declared ? [{ name: textOf(declared.name), form: "json", schema: declared.parameters }] : [];
  });
}

/** OpenAI's `tool_choice`, nested (chat) or flat (Responses). */
export function readToolChoice(choice: unknown): ToolChoice {
  if (choice === "none" || choice === "required") return { mode: choice };
  const fields = asObject(choice);
  if (!fields) return { mode: "auto" };
  const allowed = asObject(fields.allowed_tools) ?? (fields.type === "allowed_tools" ? fields : undefined);
  if (allowed) {
    const names = asList(allowed.tools).map((tool) => nameOf(asObject(tool) ?? {}));
    return { mode: allowed.mode === "required" ? "required" : "auto", names };
  }
  return { mode: "required", names: [nameOf(fields)] };
}

function nameOf(tool: JsonObject): string {
  return textOf(asObject(tool.function)?.name ?? asObject(tool.custom)?.name ?? tool.name);
}

/** `ChatCompletionCreateParams` of openai. */
export function readChat(body: JsonObject, model: string): DemoTurn {
  requireField(body, "messages", "send at least one message");
  checkFields(body, {
    temperature: "number",
    max_tokens: "count",
    max_completion_tokens: "count",
    n: "count",
    stop: "textOrTexts",
    tools: "list",
    tool_choice: "textOrObject",
    response_format: "object",
    parallel_tool_calls: "flag",
  });
  const tools = toolsOf(objectsOf(body.tools, "tools"));
  const effort = textOf(body.reasoning_effort);
  return {
    ...PLAIN_TURN,
    model,
    lines: linesOf(
      checkedObjectsOf(body.messages, "messages", {
        role: "text",
        content: "textOrList",
        tool_calls: "list",
      }),
    ),
    tools,
    declarations: body.tools === undefined ? "" : JSON.stringify(body.tools),
    choice: readToolChoice(body.tool_choice),
    parallel: body.parallel_tool_calls !== false,
    thinking: effort === "" || effort === "none" ? "none" : "shown",
    outputTokensMax: numberOf(body.max_completion_tokens) ?? numberOf(body.max_tokens),
    stops: textsOf(body.stop),
    choices: choicesOf(body.n, "n", CHOICES_MAX),
    format: readJsonFormat(asObject(body.response_format)),
  };
}
