import type OpenAI from "openai";
import { pieces, sse, type Wire } from "./sse.ts";

type Event = OpenAI.Responses.ResponseStreamEvent;
type Item = OpenAI.Responses.ResponseOutputItem;
type Response = OpenAI.Responses.Response;
/** An event before it is numbered. */
type Unnumbered<E = Event> = E extends Event ? Omit<E, "sequence_number"> : never;

export const RESPONSES_USAGE: OpenAI.Responses.ResponseUsage = {
  input_tokens: 10,
  input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 15,
};

interface Said {
  readonly incomplete?: "max_output_tokens" | "content_filter";
  readonly usage?: OpenAI.Responses.ResponseUsage;
  readonly failed?: OpenAI.Responses.ResponseError;
  /** The stream's last response has no `output`, as some servers have it. */
  readonly hollow?: true;
}

/** An answer of the Responses API, whole and as its stream. */
export function responses(output: readonly Item[], said: Said = {}): Wire {
  const whole = responseOf(output, said);
  const events = [
    {
      type: "response.created" as const,
      response: { ...responseOf([], {}), status: "in_progress" as const },
    },
    {
      type: "response.in_progress" as const,
      response: { ...responseOf([], {}), status: "in_progress" as const },
    },
    ...output.flatMap(itemEvents),
    endOf(said.hollow ? { ...whole, output: [] } : whole),
  ] as Unnumbered[];
  return { stream: sse(numbered(events)), whole: JSON.stringify(whole) };
}

export function numbered(events: readonly Unnumbered[]): Event[] {
  return events.map((event, at) => ({ ...event, sequence_number: at }) as Event);
}

export function responseOf(output: readonly Item[], said: Said): Response {
  return {
    id: "resp_01",
    object: "response",
    created_at: 1_780_000_000,
    status: said.failed ? "failed" : said.incomplete ? "incomplete" : "completed",
    error: said.failed ?? null,
    incomplete_details: said.incomplete ? { reason: said.incomplete } : null,
    instructions: null,
    metadata: null,
    model: "gpt-4.1-2025-04-14",
    output: [...output],
    output_text: "",
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: "auto",
    tools: [],
    top_p: 1,
    ...(said.failed ? {} : { usage: said.usage ?? RESPONSES_USAGE }),
  };
}

function endOf(response: Response): Unnumbered {
  if (response.status === "failed") return { type: "response.failed", response };
  if (response.status === "incomplete") return { type: "response.incomplete", response };
  return { type: "response.completed", response };
}

function itemEvents(item: Item, output_index: number): Unnumbered[] {
  const begun = emptied(item);
  return [
    { type: "response.output_item.added", output_index, item: begun },
    ...innerEvents(item, output_index),
    { type: "response.output_item.done", output_index, item },
  ];
}

function emptied(item: Item): Item {
  switch (item.type) {
    case "message":
      return { ...item, status: "in_progress", content: [] };
    case "function_call":
      return { ...item, status: "in_progress", arguments: "" };
    case "custom_tool_call":
      return { ...item, input: "" };
    case "reasoning": {
      const { encrypted_content: _, content: __, ...rest } = item;
      return { ...rest, summary: [] };
    }
    default:
      return item;
  }
}

function innerEvents(item: Item, output_index: number): Unnumbered[] {
  const item_id = item.id ?? "";
  const at = { item_id, output_index };
  switch (item.type) {
    case "message":
      return item.content.flatMap((part, content_index) => partEvents(part, { ...at, content_index }));
    case "function_call":
      return [
        ...pieces(item.arguments).map(
          (text): Unnumbered => ({ type: "response.function_call_arguments.delta", ...at, delta: text }),
        ),
        {
          type: "response.function_call_arguments.done",
          ...at,
          name: item.name,
          arguments: item.arguments,
        },
      ];
    case "custom_tool_call":
      return [
        ...pieces(item.input).map(
          (text): Unnumbered => ({ type: "response.custom_tool_call_input.delta", ...at, delta: text }),
        ),
        { type: "response.custom_tool_call_input.done", ...at, input: item.input },
      ];
    case "reasoning":
      return [
        ...item.summary.flatMap((part, summary_index) => summaryEvents(part.text, { ...at, summary_index })),
        ...(item.content ?? []).flatMap((part, content_index) =>
          thoughtEvents(part.text, { ...at, content_index }),
        ),
      ];
    default:
      return [];
  }
}

type PartAt = { item_id: string; output_index: number; content_index: number };

function partEvents(
  part: OpenAI.Responses.ResponseOutputMessage["content"][number],
  at: PartAt,
): Unnumbered[] {
  const begun = part.type === "refusal" ? { ...part, refusal: "" } : { ...part, text: "", annotations: [] };
  const inner: Unnumbered[] =
    part.type === "refusal"
      ? [
          ...pieces(part.refusal).map(
            (text): Unnumbered => ({ type: "response.refusal.delta", ...at, delta: text }),
          ),
          { type: "response.refusal.done", ...at, refusal: part.refusal },
        ]
      : [
          ...pieces(part.text).map(
            (text): Unnumbered => ({ type: "response.output_text.delta", ...at, delta: text, logprobs: [] }),
          ),
          ...part.annotations.map(
            (annotation, annotation_index): Unnumbered => ({
              type: "response.output_text.annotation.added",
              ...at,
              annotation_index,
              annotation,
            }),
          ),
          { type: "response.output_text.done", ...at, text: part.text, logprobs: [] },
        ];
  return [
    { type: "response.content_part.added", ...at, part: begun },
    ...inner,
    { type: "response.content_part.done", ...at, part },
  ];
}

function summaryEvents(
  text: string,
  at: { item_id: string; output_index: number; summary_index: number },
): Unnumbered[] {
  const part = { type: "summary_text" as const, text };
  return [
    { type: "response.reasoning_summary_part.added", ...at, part: { ...part, text: "" } },
    ...pieces(text).map(
      (delta): Unnumbered => ({ type: "response.reasoning_summary_text.delta", ...at, delta }),
    ),
    { type: "response.reasoning_summary_text.done", ...at, text },
    { type: "response.reasoning_summary_part.done", ...at, part },
  ];
}

function thoughtEvents(text: string, at: PartAt): Unnumbered[] {
  const part = { type: "reasoning_text" as const, text };
  return [
    { type: "response.content_part.added", ...at, part: { ...part, text: "" } },
    ...pieces(text).map((delta): Unnumbered => ({ type: "response.reasoning_text.delta", ...at, delta })),
    { type: "response.reasoning_text.done", ...at, text },
    { type: "response.content_part.done", ...at, part },
  ];
}

export function rText(
  text: string,
  annotations: OpenAI.Responses.ResponseOutputText["annotations"] = [],
): OpenAI.Responses.ResponseOutputMessage {
  return {
    type: "message",
    id: "msg_01",
    role: "assistant",
    status: "completed",
    content: [{ type: "output_text", text, annotations, logprobs: [] }],
  };
}

export function rCall(
  id: string,
  name: string,
  input: string,
): OpenAI.Responses.ResponseFunctionToolCallItem {
  return { type: "function_call", id: `fc_${id}`, call_id: id, name, arguments: input, status: "completed" };
}
