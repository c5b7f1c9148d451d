import type OpenAI from "openai";
import type { ResponsesBody } from "../bodies.ts";
import { parseExact } from "../exact-json.ts";
import type {
  Level,
  MeantChoice,
  MeantFormat,
  MeantMedia,
  MeantPart,
  MeantTool,
  MeantTurn,
  RequestMeaning,
} from "../meaning.ts";
import { inlineUrl } from "./inline-url.ts";
import { searchOf } from "./searches.ts";
import { type CallNumbers, defined, mergeNeighbours, newCallNumbers, ownMembers, refuses } from "./turns.ts";

type Item = OpenAI.Responses.ResponseInputItem;
type Content =
  | OpenAI.Responses.ResponseInputContent
  | OpenAI.Responses.ResponseOutputMessage["content"][number];

/** A body for the Responses API, by the types of OpenAI's SDK. */
export function readResponsesRequest(text: string): RequestMeaning {
  const body = parseExact(text) as ResponsesBody;
  const { system, turns } = conversationOf(body);
  return defined<RequestMeaning>({
    system,
    turns,
    tools: (body.tools ?? []).flatMap((tool) => toolsOf(tool)),
    choice: choiceOf(body.tool_choice),
    parallel: body.parallel_tool_calls === false ? false : undefined,
    outputMax: body.max_output_tokens ?? undefined,
    temperature: body.temperature ?? undefined,
    topP: body.top_p ?? undefined,
    logprobs: body.include?.includes("message.output_text.logprobs") ? (body.top_logprobs ?? 0) : undefined,
    reasoning: reasoningOf(body.reasoning),
    format: formatOf(body.text?.format),
    verbosity: body.text?.verbosity ?? undefined,
    tier: body.service_tier ?? undefined,
    user: body.user ?? body.safety_identifier ?? undefined,
    metadata: body.metadata ?? undefined,
    cacheKey: body.prompt_cache_key ?? undefined,
    ...ownMembers(body, READ),
  });
}

const READ =
  "model stream input instructions tools tool_choice parallel_tool_calls max_output_tokens temperature top_p include top_logprobs reasoning text service_tier user safety_identifier metadata prompt_cache_key store".split(
    " ",
  );

function conversationOf(body: ResponsesBody): { system: string; turns: MeantTurn[] } {
  const { input = [] } = body;
  const items: readonly Item[] =
    typeof input === "string" ? [{ type: "message", role: "user", content: input }] : input;
  const firstOther = items.findIndex((item) => !isInstruction(item));
  const front = firstOther < 0 ? items.length : firstOther;
  const calls = newCallNumbers();
  const system = [
    ...(body.instructions ? [body.instructions] : []),
    ...items.slice(0, front).map((item) => textOf("content" in item ? item.content : "")),
  ];
  const turns = items.slice(front).flatMap((item) => turnOf(item, calls));
  return { system: system.join("\n\n"), turns: mergeNeighbours(turns) };
}

function isInstruction(item: Item): boolean {
  return "role" in item && (item.role === "system" || item.role === "developer");
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  const parts = Array.isArray(content) ? content : [];
  return parts.map((part: { text?: string; type?: string }) => part.text ?? `<${part.type}>`).join("\n\n");
}

function turnOf(item: Item, calls: CallNumbers): MeantTurn[] {
  if (isMessage(item)) return messageOf(item);
  switch (item.type) {
    case "function_call":
      if (item.call_id.length > 64) refuses(`call_id "${item.call_id}"`);
      return [
        assistant({ call: calls.made(item.call_id), tool: nameOf(item), args: argumentsOf(item.arguments) }),
      ];
    case "custom_tool_call":
      return [
        assistant({ call: calls.made(item.call_id), tool: nameOf(item), args: item.input, freeform: true }),
      ];
    case "function_call_output":
    case "custom_tool_call_output":
      return [
        { role: "user", parts: [{ resultOf: calls.answered(item.call_id), ...outputOf(item.output) }] },
      ];
    case "reasoning":
      return [assistant(thinkingOf(item))];
    default:
      return [assistant({ opaque: String(item.type) })];
  }
}

function assistant(part: MeantPart): MeantTurn {
  return { role: "assistant", parts: [part] };
}

function nameOf({ name, namespace }: { name: string; namespace?: string }): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Chat's and Responses' arguments are any text; `unread` where it is no JSON. */
function argumentsOf(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return { unread: text };
  }
}

type Message =
  | OpenAI.Responses.EasyInputMessage
  | OpenAI.Responses.ResponseInputItem.Message
  | OpenAI.Responses.ResponseOutputMessage;

function isMessage(item: Item): item is Message {
  return "content" in item && "role" in item && (item.type === undefined || item.type === "message");
}

function messageOf({ role, content }: Message): MeantTurn[] {
  if (role === "system" || role === "developer")
    return [{ role: "system", parts: [{ text: textOf(content) }] }];
  const list: readonly Content[] =
    typeof content === "string" ? [{ type: "input_text", text: content }] : content;
  const wrong = list.find(({ type }) => (role === "assistant") === type.startsWith("input_"));
  if (wrong && typeof content !== "string") refuses(`${wrong.type} in a message of the ${role}`);
  return [{ role: role === "assistant" ? "assistant" : "user", parts: list.map(partOf) }];
}

function partOf(part: Content): MeantPart {
  const mark = "prompt_cache_breakpoint" in part && part.prompt_cache_breakpoint ? { cache: "5m" } : {};
  switch (part.type) {
    case "input_text":
    case "output_text":
      return { text: part.text, ...mark };
    case "refusal":
      return { text: part.refusal };
    default:
      return { ...mediaOf(part), ...mark };
  }
}

function mediaOf(part: {
  type: string;
  image_url?: string | null;
  file_id?: string | null;
  file_data?: string | null;
  file_url?: string | null;
  filename?: string | null;
  detail?: string | null;
}): MeantMedia {
  const media = part.type === "input_image" ? "image" : "document";
  const more = {
    ...(part.filename && { fileName: part.filename }),
    ...(media === "image" && part.detail && part.detail !== "auto" && { detail: part.detail }),
  };
  if (part.file_id) return { media: media === "image" ? "image" : "file", fileId: part.file_id, ...more };
  const url = part.image_url ?? part.file_data ?? part.file_url;
  return url ? { media, ...inlineUrl(url), ...more } : refuses(`${part.type} without content`);
}

function outputOf(output: unknown): { text: string; media?: MeantMedia[] } {
  if (typeof output === "string") return { text: output };
  const parts = output as OpenAI.Responses.ResponseFunctionCallOutputItemList;
  const texts = parts.flatMap((part) => (part.type === "input_text" ? [part.text] : []));
  const media = parts.flatMap((part) => (part.type === "input_text" ? [] : [mediaOf(part)]));
  return { text: texts.join("\n"), ...(media.length > 0 && { media }) };
}

function thinkingOf(item: OpenAI.Responses.ResponseReasoningItem): MeantPart {
  if (!Array.isArray(item.summary)) refuses("a reasoning item without summary");
  const text = item.content?.length ? item.content : item.summary;
  const signature = item.encrypted_content ?? undefined;
  return {
    thinking: text.map((section) => section.text).join("\n\n"),
    ...(signature !== undefined && { signature }),
  };
}

type ResponsesTool = NonNullable<ResponsesBody["tools"]>[number];

function toolsOf(tool: ResponsesTool, namespace?: string): MeantTool[] {
  switch (tool.type) {
    case "function": {
      if (!("strict" in tool) || !("parameters" in tool)) refuses("a function without strict or parameters");
      if (!/^[a-zA-Z0-9_-]{1,64}$/.test(tool.name)) refuses(`function name "${tool.name}"`);
      return [
        defined<MeantTool>({
          name: nameOf({ name: tool.name, ...(namespace && { namespace }) }),
          description: tool.description ?? undefined,
          schema: tool.parameters ? JSON.stringify(tool.parameters) : undefined,
          strict: tool.strict ? true : undefined,
        }),
      ];
    }
    case "custom": {
      const freeform = tool.format?.type === "grammar" ? tool.format.definition : "";
      return [defined<MeantTool>({ name: tool.name, description: tool.description, freeform })];
    }
    case "namespace":
      return tool.tools.flatMap((inner) => toolsOf(inner as ResponsesTool, tool.name));
    case "web_search":
      return [
        {
          name: tool.type,
          builtin: "search",
          ...searchOf(tool.filters?.allowed_domains, tool.user_location),
        },
      ];
    default:
      return [{ name: tool.type, builtin: tool.type.startsWith("web_search") ? "search" : tool.type }];
  }
}

function choiceOf(choice: ResponsesBody["tool_choice"]): MeantChoice | undefined {
  if (choice === "none" || choice === "required") return { mode: choice };
  if (choice === undefined || choice === "auto") return undefined;
  if (choice.type === "allowed_tools")
    return { mode: "some", names: choice.tools.map((tool) => String(tool.name)) };
  return { mode: "one", names: ["name" in choice ? String(choice.name) : choice.type] };
}

function reasoningOf(reasoning: ResponsesBody["reasoning"]): RequestMeaning["reasoning"] {
  if (!reasoning) return undefined;
  const { effort, summary } = reasoning;
  if (effort === "none") return { on: false };
  return { on: true, ...(effort && { level: effort as Level }), ...(summary && { shown: true as const }) };
}

type Format = NonNullable<NonNullable<ResponsesBody["text"]>["format"]>;

function formatOf(format: Format | undefined): MeantFormat | undefined {
  if (format?.type === "json_object") return {};
  if (format?.type !== "json_schema") return undefined;
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(format.name)) refuses(`a schema's name "${format.name}"`);
  const { name, schema, strict } = format;
  return defined<MeantFormat>({ name, schema: JSON.stringify(schema), strict: strict ? true : undefined });
}
