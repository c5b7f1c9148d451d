import type OpenAI from "openai";
import type { ChatBody } from "../bodies.ts";
import { parseExact } from "../exact-json.ts";
import type {
  Level,
  MeantChoice,
  MeantFormat,
  MeantMedia,
  MeantPart,
  MeantReasoning,
  MeantTool,
  MeantTurn,
  RequestMeaning,
} from "../meaning.ts";
import { inlineUrl } from "./inline-url.ts";
import { type CallNumbers, defined, mergeNeighbours, newCallNumbers, ownMembers, refuses } from "./turns.ts";

/** A body for the Chat Completions API, by the types of OpenAI's SDK and what its servers refuse. */
export function readChatRequest(text: string): RequestMeaning {
  const body = parseExact(text) as ChatBody;
  const { system, turns } = conversationOf(body.messages);
  return defined<RequestMeaning>({
    system,
    turns,
    tools: [...(body.tools ?? []).map(toolOf), ...searchOf(body)],
    choice: choiceOf(body.tool_choice),
    parallel: body.parallel_tool_calls === false ? false : undefined,
    outputMax: body.max_completion_tokens ?? body.max_tokens ?? undefined,
    temperature: body.temperature ?? undefined,
    topP: body.top_p ?? undefined,
    topK: body.top_k,
    seed: body.seed ?? undefined,
    stop: stopOf(body.stop),
    presence: body.presence_penalty ?? undefined,
    frequency: body.frequency_penalty ?? undefined,
    choices: body.n ?? undefined,
    logprobs: body.logprobs ? (body.top_logprobs ?? 0) : undefined,
    logitBias: body.logit_bias ?? undefined,
    reasoning: reasoningOf(body),
    format: formatOf(body.response_format),
    verbosity: body.verbosity ?? undefined,
    tier: body.service_tier ?? undefined,
    user: body.user ?? body.safety_identifier ?? undefined,
    metadata: body.metadata ?? undefined,
    cacheKey: body.prompt_cache_key ?? undefined,
    modalities: body.modalities?.filter((kind) => kind !== "text"),
    ...ownMembers(body, READ),
  });
}

const READ =
  "model stream stream_options messages tools tool_choice parallel_tool_calls max_completion_tokens max_tokens temperature top_p top_k seed stop presence_penalty frequency_penalty n logprobs top_logprobs logit_bias reasoning_effort thinking chat_template_kwargs response_format verbosity service_tier user safety_identifier metadata prompt_cache_key modalities web_search_options store".split(
    " ",
  );

type ChatTurn = ChatBody["messages"][number];

function conversationOf(messages: readonly ChatTurn[]): { system: string; turns: MeantTurn[] } {
  const calls = newCallNumbers();
  const open = new Set<string>();
  const firstOther = messages.findIndex(({ role }) => role !== "system" && role !== "developer");
  const front = firstOther < 0 ? messages.length : firstOther;
  const turns = messages.slice(front).map((message) => {
    followCalls(message, open);
    return turnOf(message, calls);
  });
  const system = messages.slice(0, front).map((message) => textOf(message.content));
  return { system: system.join("\n\n"), turns: mergeNeighbours(turns) };
}

/** "An assistant message with 'tool_calls' must be followed by tool messages responding to each". */
function followCalls(message: ChatTurn, open: Set<string>): void {
  if (message.role === "tool") {
    if (!open.delete(message.tool_call_id)) refuses(`a tool message for "${message.tool_call_id}"`);
    return;
  }
  if (open.size > 0) refuses(`no tool message for ${[...open].join()}`);
  if (message.role === "assistant") for (const call of message.tool_calls ?? []) open.add(call.id);
}

function textOf(content: ChatTurn["content"]): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => (part.type === "text" ? part.text : `<${part.type}>`)).join("\n\n");
}

function turnOf(message: ChatTurn, calls: CallNumbers): MeantTurn {
  switch (message.role) {
    case "system":
    case "developer":
      return { role: "system", parts: [{ text: textOf(message.content) }] };
    case "user":
      return { role: "user", parts: userParts(message) };
    case "assistant":
      return { role: "assistant", parts: assistantParts(message, calls) };
    case "tool":
      return { role: "user", parts: [resultOf(message, calls)] };
    default:
      return refuses(`a message of role ${message.role}`);
  }
}

function userParts({ content, name }: OpenAI.ChatCompletionUserMessageParam): MeantPart[] {
  const named = name === undefined ? {} : { name };
  if (typeof content === "string") return [{ text: content, ...named }];
  return content.map((part): MeantPart => {
    const mark = (part as { prompt_cache_breakpoint?: object }).prompt_cache_breakpoint
      ? { cache: "5m" }
      : {};
    return part.type === "text" ? { text: part.text, ...named, ...mark } : { ...mediaOf(part), ...mark };
  });
}

function mediaOf(part: Exclude<OpenAI.ChatCompletionContentPart, { type: "text" }>): MeantMedia {
  switch (part.type) {
    case "image_url":
      return {
        media: "image",
        ...inlineUrl(part.image_url.url),
        ...(part.image_url.detail && { detail: part.image_url.detail }),
      };
    case "input_audio":
      return { media: "audio", mime: `audio/${part.input_audio.format}`, base64: part.input_audio.data };
    case "file": {
      const { file_data, file_id, filename } = part.file;
      const named = filename === undefined ? {} : { fileName: filename };
      if (file_id !== undefined) return { media: "file", fileId: file_id, ...named };
      return { media: "document", ...inlineUrl(file_data ?? ""), ...named };
    }
    default:
      return refuses(`a content part of type ${(part as { type: string }).type}`);
  }
}

function assistantParts(message: Extract<ChatTurn, { role: "assistant" }>, calls: CallNumbers): MeantPart[] {
  const parts: MeantPart[] = [];
  if ("reasoning_content" in message && typeof message.reasoning_content === "string")
    parts.push({ thinking: message.reasoning_content });
  if (typeof message.content === "string") {
    if (message.content !== "" || !message.tool_calls) parts.push({ text: message.content });
  } else {
    for (const part of message.content ?? [])
      parts.push({ text: part.type === "text" ? part.text : part.refusal });
  }
  if (typeof message.refusal === "string") parts.push({ text: message.refusal });
  for (const call of message.tool_calls ?? []) parts.push(callOf(call, calls));
  return parts;
}

function callOf(call: OpenAI.ChatCompletionMessageToolCall, calls: CallNumbers): MeantPart {
  if (call.id.length > 40) refuses(`tool call id "${call.id}"`);
  const number = calls.made(call.id);
  if (call.type === "custom")
    return { call: number, tool: call.custom.name, args: call.custom.input, freeform: true };
  const { name, arguments: input } = call.function;
  return { call: number, tool: name, args: argumentsOf(input) };
}

/** Chat's arguments are any text; `unread` where it is no JSON. */
function argumentsOf(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return { unread: text };
  }
}

function resultOf(message: OpenAI.ChatCompletionToolMessageParam, calls: CallNumbers): MeantPart {
  const { content } = message;
  const text = typeof content === "string" ? content : content.map((part) => part.text).join("\n");
  return { resultOf: calls.answered(message.tool_call_id), text };
}

function toolOf(tool: OpenAI.ChatCompletionTool): MeantTool {
  if (tool.type === "custom") {
    const { name, description, format } = tool.custom;
    const freeform = format?.type === "grammar" ? format.grammar.definition : "";
    return defined<MeantTool>({ name, description, freeform });
  }
  const { name, description, parameters, strict } = tool.function;
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) refuses(`function name "${name}"`);
  return defined<MeantTool>({
    name,
    description,
    schema: parameters ? JSON.stringify(parameters) : undefined,
    strict: strict ? true : undefined,
  });
}

function searchOf(body: ChatBody): MeantTool[] {
  return body.web_search_options ? [{ name: "web_search", builtin: "search" }] : [];
}

function choiceOf(choice: ChatBody["tool_choice"]): MeantChoice | undefined {
  if (choice === "none" || choice === "required") return { mode: choice };
  if (choice === undefined || choice === "auto") return undefined;
  switch (choice.type) {
    case "function":
      return { mode: "one", names: [choice.function.name] };
    case "custom":
      return { mode: "one", names: [choice.custom.name] };
    default: {
      const names = choice.allowed_tools.tools.map(
        (tool) => (tool as { function?: { name: string } }).function?.name ?? "",
      );
      return { mode: "some", names };
    }
  }
}

function stopOf(stop: ChatBody["stop"]): readonly string[] | undefined {
  const list = typeof stop === "string" ? [stop] : (stop ?? undefined);
  if (list && list.length > 4) refuses("more than 4 stop sequences");
  return list;
}

function reasoningOf(body: ChatBody): MeantReasoning | undefined {
  const { reasoning_effort: effort, thinking, chat_template_kwargs: template } = body;
  if (effort === "none" || thinking?.type === "disabled" || template?.enable_thinking === false)
    return { on: false };
  if (effort) return { on: true, level: effort as Level };
  return thinking || template?.enable_thinking === true ? { on: true } : undefined;
}

function formatOf(format: ChatBody["response_format"]): MeantFormat | undefined {
  if (format?.type === "json_object") return {};
  if (format?.type !== "json_schema") return undefined;
  const { name, schema, strict } = format.json_schema;
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) refuses(`a schema's name "${name}"`);
  return defined<MeantFormat>({ name, schema: JSON.stringify(schema), strict: strict ? true : undefined });
}
