import type Anthropic from "@anthropic-ai/sdk";
import type { AnthropicBody } from "../bodies.ts";
import { parseExact } from "../exact-json.ts";
import type {
  MeantChoice,
  MeantMedia,
  MeantPart,
  MeantReasoning,
  MeantTool,
  MeantTurn,
  RequestMeaning,
} from "../meaning.ts";
import { levelOfBudget } from "./levels.ts";
import { searchOf } from "./searches.ts";
import { type CallNumbers, defined, mergeNeighbours, newCallNumbers, ownMembers, refuses } from "./turns.ts";

/** A body for Anthropic's Messages API, by the types of its SDK and the API's documented refusals. */
export function readAnthropicRequest(text: string): RequestMeaning {
  const body = parseExact(text) as AnthropicBody;
  if (typeof body.max_tokens !== "number") refuses("max_tokens is required");
  return defined<RequestMeaning>({
    system: systemOf(body.system),
    turns: turnsOf(body.messages),
    tools: (body.tools ?? []).map(toolOf),
    choice: choiceOf(body.tool_choice),
    parallel: isSerial(body.tool_choice) ? false : undefined,
    outputMax: body.max_tokens,
    temperature: body.temperature,
    topP: body.top_p,
    topK: body.top_k,
    stop: body.stop_sequences,
    reasoning: reasoningOf(body),
    format: body.output_config?.format
      ? { schema: JSON.stringify(body.output_config.format.schema) }
      : undefined,
    tier: body.service_tier,
    user: body.metadata?.user_id ?? undefined,
    ...ownMembers(body, READ),
  });
}

const READ = [
  "model",
  "stream",
  "system",
  "messages",
  "tools",
  "tool_choice",
  "max_tokens",
  "temperature",
  "top_p",
  "top_k",
  "stop_sequences",
  "thinking",
  "output_config",
  "service_tier",
  "metadata",
];

function cacheOf(node: { cache_control?: Anthropic.CacheControlEphemeral | null }): { cache?: string } {
  return node.cache_control ? { cache: node.cache_control.ttl ?? "5m" } : {};
}

function systemOf(system: AnthropicBody["system"]): string {
  if (typeof system === "string") return system;
  return (system ?? []).map((block) => filled(block.text)).join("\n\n");
}

function filled(text: string): string {
  return text.trim() === "" ? refuses("text content blocks must be non-empty") : text;
}

function turnsOf(messages: readonly Anthropic.MessageParam[]): MeantTurn[] {
  if (messages[0]?.role !== "user") refuses("the first message must be of the user");
  const calls = newCallNumbers();
  return mergeNeighbours(
    messages.map(({ role, content }): MeantTurn => {
      const blocks = typeof content === "string" ? [{ type: "text" as const, text: content }] : content;
      if (blocks.length === 0) refuses("messages must have content");
      resultsFirst(blocks);
      return { role, parts: blocks.map((block) => partOf(block, calls)) };
    }),
  );
}

function resultsFirst(blocks: readonly Anthropic.ContentBlockParam[]): void {
  const firstOther = blocks.findIndex(({ type }) => type !== "tool_result");
  const late = blocks.findLastIndex(({ type }) => type === "tool_result");
  if (firstOther >= 0 && late > firstOther) refuses("tool_result blocks must come first in their message");
}

function partOf(block: Anthropic.ContentBlockParam, calls: CallNumbers): MeantPart {
  switch (block.type) {
    case "text":
      return { text: filled(block.text), ...cacheOf(block) };
    case "image":
    case "document":
      return { ...mediaOf(block), ...cacheOf(block) };
    case "thinking":
      if (block.signature === "") refuses("thinking without a signature");
      return { thinking: block.thinking, signature: block.signature };
    case "redacted_thinking":
      return { thinking: "", signature: block.data };
    case "tool_use":
      if (!/^[a-zA-Z0-9_-]+$/.test(block.id)) refuses(`tool_use id "${block.id}"`);
      if (!/^[a-zA-Z0-9_-]{1,128}$/.test(block.name)) refuses(`tool name "${block.name}"`);
      if (typeof block.input !== "object" || block.input === null || Array.isArray(block.input))
        refuses("tool_use input must be an object");
      return { call: calls.made(block.id), tool: block.name, args: block.input, ...cacheOf(block) };
    case "tool_result":
      return { ...resultOf(block, calls), ...cacheOf(block) };
    default:
      return { opaque: block.type };
  }
}

function mediaOf(block: Anthropic.ImageBlockParam | Anthropic.DocumentBlockParam): MeantMedia {
  const media = block.type;
  const name = block.type === "document" ? (block.title ?? undefined) : undefined;
  const named = name === undefined ? {} : { fileName: name };
  const { source } = block;
  switch (source.type) {
    case "base64":
      return { media, mime: source.media_type, base64: source.data, ...named };
    case "url":
      return { media, url: source.url, ...named };
    case "file":
      return { media, fileId: source.file_id, ...named };
    case "text":
      return { media, plain: source.data, ...named };
    default:
      return refuses(`a source of type ${source.type}`);
  }
}

function resultOf(block: Anthropic.ToolResultBlockParam, calls: CallNumbers): MeantPart {
  const resultOf = calls.answered(block.tool_use_id);
  const content =
    typeof block.content === "string" ? [{ type: "text" as const, text: block.content }] : block.content;
  const texts: string[] = [];
  const media: MeantMedia[] = [];
  for (const part of content ?? []) {
    if (part.type === "text") texts.push(part.text);
    else if (part.type === "image" || part.type === "document") media.push(mediaOf(part));
    else texts.push(`<${part.type}>`);
  }
  return {
    resultOf,
    text: texts.join("\n"),
    ...(block.is_error && { failed: true as const }),
    ...(media.length > 0 && { media }),
  };
}

function toolOf(tool: Anthropic.ToolUnion): MeantTool {
  if (!("input_schema" in tool)) {
    const type = String(tool.type);
    if (tool.type === "web_search_20250305")
      return { name: tool.name, builtin: "search", ...searchOf(tool.allowed_domains, tool.user_location) };
    return {
      name: "name" in tool ? tool.name : type,
      builtin: type.startsWith("web_search") ? "search" : type,
    };
  }
  if (!/^[a-zA-Z0-9_-]{1,128}$/.test(tool.name)) refuses(`tool name "${tool.name}"`);
  if (tool.input_schema.type !== "object") refuses("input_schema.type must be object");
  return defined<MeantTool>({
    name: tool.name,
    description: tool.description,
    schema: JSON.stringify(tool.input_schema),
    strict: tool.strict ? true : undefined,
    ...cacheOf(tool),
  });
}

function choiceOf(choice: AnthropicBody["tool_choice"]): MeantChoice | undefined {
  switch (choice?.type) {
    case "any":
      return { mode: "required" };
    case "none":
      return { mode: "none" };
    case "tool":
      return { mode: "one", names: [choice.name] };
    default:
      return undefined;
  }
}

function isSerial(choice: AnthropicBody["tool_choice"]): boolean {
  return (
    choice !== undefined && "disable_parallel_tool_use" in choice && choice.disable_parallel_tool_use === true
  );
}

function reasoningOf(body: AnthropicBody): MeantReasoning | undefined {
  const { thinking, output_config } = body;
  const effort = output_config?.effort ?? undefined;
  if (thinking?.type === "disabled") return { on: false };
  if (thinking?.type === "enabled") {
    if (thinking.budget_tokens < 1024) refuses("budget_tokens must be 1024 at least");
    if (thinking.budget_tokens >= body.max_tokens) refuses("max_tokens must be greater than budget_tokens");
    if (body.temperature !== undefined && body.temperature !== 1) refuses("temperature with thinking");
    if (body.top_k !== undefined) refuses("top_k with thinking");
    const choice = body.tool_choice?.type;
    if (choice === "any" || choice === "tool") refuses("a forced tool with thinking");
    return { on: true, level: levelOfBudget(thinking.budget_tokens), ...shown(thinking.display) };
  }
  if (thinking?.type === "adaptive")
    return { on: true, ...(effort && { level: effort }), ...(thinking.display && shown(thinking.display)) };
  return effort ? { on: true, level: effort } : undefined;
}

function shown(display: "summarized" | "omitted" | null | undefined): { shown?: true } {
  return display === "omitted" ? {} : { shown: true };
}
