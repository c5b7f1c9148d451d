import type { JsonObject } from "../../../src/core/json.ts";

/** Events as OpenAI's servers send them, numbered by the order of the list. */
export function numbered(events: readonly JsonObject[]): JsonObject[] {
  return events.map((event, sequence_number) => ({ ...event, sequence_number }));
}

export const RESPONSE: JsonObject = {
  id: "resp_up",
  object: "response",
  created_at: 1_780_000_000,
  model: "gpt-5.6-2026-06-01",
  status: "in_progress",
  output: [],
};

export const CREATED: JsonObject = { type: "response.created", response: RESPONSE };

const USAGE: JsonObject = {
  input_tokens: 20,
  input_tokens_details: { cached_tokens: 5 },
  output_tokens: 9,
  output_tokens_details: { reasoning_tokens: 4 },
  total_tokens: 29,
};

export function completed(output: readonly unknown[] = [], rest: JsonObject = {}): JsonObject {
  const response = { ...RESPONSE, status: "completed", output, usage: USAGE, ...rest };
  return { type: "response.completed", response };
}

export function message(text: string, id = "msg_up"): JsonObject {
  const content = [{ type: "output_text", text, annotations: [] }];
  return { id, type: "message", role: "assistant", status: "completed", content };
}

/** The events of a message at an output index, its text in these pieces. */
export function messageEvents(
  pieces: readonly string[],
  output_index = 0,
  item = message(pieces.join("")),
): JsonObject[] {
  const at = { item_id: item.id, output_index, content_index: 0 };
  const text = pieces.join("");
  return [
    {
      type: "response.output_item.added",
      output_index,
      item: { ...item, status: "in_progress", content: [] },
    },
    { type: "response.content_part.added", ...at, part: { type: "output_text", text: "", annotations: [] } },
    ...pieces.map((delta) => ({ type: "response.output_text.delta", ...at, delta })),
    { type: "response.output_text.done", ...at, text },
    { type: "response.content_part.done", ...at, part: { type: "output_text", text, annotations: [] } },
    { type: "response.output_item.done", output_index, item },
  ];
}

export function functionCall(rest: JsonObject = {}): JsonObject {
  return {
    id: "fc_up",
    type: "function_call",
    status: "completed",
    call_id: "call_up",
    name: "f",
    arguments: '{"a":1}',
    ...rest,
  };
}

export function callEvents(item = functionCall(), output_index = 0): JsonObject[] {
  const at = { item_id: item.id, output_index };
  const whole = String(item.arguments);
  return [
    { type: "response.output_item.added", output_index, item: { ...item, arguments: "" } },
    { type: "response.function_call_arguments.delta", ...at, delta: whole.slice(0, 3) },
    { type: "response.function_call_arguments.delta", ...at, delta: whole.slice(3) },
    { type: "response.function_call_arguments.done", ...at, arguments: whole, name: item.name },
    { type: "response.output_item.done", output_index, item },
  ];
}

export function reasoning(rest: JsonObject = {}): JsonObject {
  return {
    id: "rs_up",
    type: "reasoning",
    summary: [
      { type: "summary_text", text: "one" },
      { type: "summary_text", text: "two" },
    ],
    encrypted_content: "gAAA",
    ...rest,
  };
}

export function reasoningEvents(item = reasoning(), output_index = 0): JsonObject[] {
  const sections = item.summary as readonly { text: string }[];
  return [
    {
      type: "response.output_item.added",
      output_index,
      item: { ...item, summary: [], encrypted_content: "" },
    },
    ...sections.flatMap(({ text }, summary_index) => {
      const at = { item_id: item.id, output_index, summary_index };
      return [
        { type: "response.reasoning_summary_part.added", ...at, part: { type: "summary_text", text: "" } },
        { type: "response.reasoning_summary_text.delta", ...at, delta: text },
        { type: "response.reasoning_summary_text.done", ...at, text },
        { type: "response.reasoning_summary_part.done", ...at, part: { type: "summary_text", text } },
      ];
    }),
    { type: "response.output_item.done", output_index, item },
  ];
}
