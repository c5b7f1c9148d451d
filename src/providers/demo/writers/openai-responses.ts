import type { Passage } from "../../../base/tokens.ts";
import { asList, asObject } from "../../../core/json.ts";
import { type DemoAnswer, namedEvent, partId } from "../demo-answer.ts";
import type { DemoCall, DemoReply } from "../demo-turn.ts";

type Fields = Readonly<Record<string, unknown>>;
/** An event without its sequence number. */
type Step = readonly [type: string, fields: Fields];

/** An output item: as it is added, the steps that fill it, and whole. */
interface Item {
  readonly added: Fields;
  readonly steps: (at: { output_index: number; item_id: string }) => Iterable<Step>;
  readonly done: Fields;
}

/** Stands for the vendor's sealed reasoning, where the client asks to have it (`include`). */
const SEALED = Buffer.from("a thought of Quoin's demo upstream").toString("base64");

function reasoningItem(thought: Passage, isSealed: boolean): Item {
  const head = { id: partId("rs"), type: "reasoning" };
  const part = { type: "summary_text", text: thought.text };
  const told = thought.text !== "";
  const sealed = isSealed ? { encrypted_content: SEALED } : {};
  return {
    added: { ...head, summary: [] },
    *steps(at) {
      if (!told) return;
      const where = { ...at, summary_index: 0 };
      yield ["response.reasoning_summary_part.added", { ...where, part: { type: "summary_text", text: "" } }];
      for (const delta of thought.pieces)
        yield ["response.reasoning_summary_text.delta", { ...where, delta }];
      yield ["response.reasoning_summary_text.done", { ...where, text: thought.text }];
      yield ["response.reasoning_summary_part.done", { ...where, part }];
    },
    done: { ...head, summary: told ? [part] : [], ...sealed },
  };
}

function messageItem(text: Passage, status: string): Item {
  const head = { id: partId("msg"), type: "message", role: "assistant" };
  const part = (said: string) => ({ type: "output_text", text: said, annotations: [], logprobs: [] });
  return {
    added: { ...head, status: "in_progress", content: [] },
    *steps(at) {
      const where = { ...at, content_index: 0 };
      yield ["response.content_part.added", { ...where, part: part("") }];
      for (const delta of text.pieces)
        yield ["response.output_text.delta", { ...where, delta, logprobs: [] }];
      yield ["response.output_text.done", { ...where, text: text.text, logprobs: [] }];
      yield ["response.content_part.done", { ...where, part: part(text.text) }];
    },
    done: { ...head, status, content: [part(text.text)] },
  };
}

/** Events and field of a call's input: JSON arguments, or a freeform tool's plain text. */
const CALL_WORDS = {
  json: {
    type: "function_call",
    prefix: "fc",
    event: "response.function_call_arguments",
    field: "arguments",
  },
  text: { type: "custom_tool_call", prefix: "ctc", event: "response.custom_tool_call_input", field: "input" },
} as const;

function callItem({ tool, input }: DemoCall): Item {
  const words = CALL_WORDS[tool.form];
  const namespace = tool.namespace === undefined ? {} : { namespace: tool.namespace };
  const head = {
    id: partId(words.prefix),
    type: words.type,
    call_id: partId("call"),
    name: tool.name,
    ...namespace,
  };
  return {
    added: { ...head, status: "in_progress", [words.field]: "" },
    *steps(at) {
      for (const delta of input.pieces) yield [`${words.event}.delta`, { ...at, delta }];
      yield [`${words.event}.done`, { ...at, name: tool.name, [words.field]: input.text }];
    },
    done: { ...head, status: "completed", [words.field]: input.text },
  };
}

function itemsOf(answer: DemoAnswer): Item[] {
  const reply = replyOf(answer);
  const status = endingOf(reply);
  const isSealed = asList(answer.request.include).includes("reasoning.encrypted_content");
  return [
    ...(reply.thought ? [reasoningItem(reply.thought, isSealed)] : []),
    ...(reply.text.text === "" ? [] : [messageItem(reply.text, status)]),
    ...reply.calls.map(callItem),
  ];
}

function usageOf({ usage }: DemoAnswer): Fields {
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.thoughtTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}

/** What a response repeats of its request, and the vendor's value where the request is silent. */
const ECHOED: Fields = {
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  parallel_tool_calls: true,
  presence_penalty: 0,
  frequency_penalty: 0,
  prompt_cache_key: null,
  safety_identifier: null,
  temperature: 1,
  tool_choice: "auto",
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: "disabled",
  user: null,
};

/** `Response` of openai, with every field that the SDK's type and Open Responses require. */
function responseOf(answer: DemoAnswer, status: string, output: readonly Fields[]): Fields {
  const echoed = Object.entries(ECHOED).map(([key, fallback]) => [key, answer.request[key] ?? fallback]);
  const ended = status !== "in_progress";
  return {
    id: `resp_${answer.id}`,
    object: "response",
    created_at: answer.created,
    completed_at: ended ? answer.created : null,
    status,
    background: false,
    error: null,
    incomplete_details: status === "incomplete" ? { reason: "max_output_tokens" } : null,
    model: answer.model,
    previous_response_id: null,
    service_tier: "default",
    store: false,
    ...Object.fromEntries(echoed),
    reasoning: { effort: null, summary: null, ...asObject(answer.request.reasoning) },
    text: { format: { type: "text" }, ...asObject(answer.request.text) },
    output,
    usage: ended ? usageOf(answer) : null,
  };
}

function replyOf(answer: DemoAnswer): DemoReply {
  const reply = answer.replies[0];
  if (!reply) throw new Error("an answer without a reply");
  return reply;
}

function endingOf(reply: DemoReply): string {
  return reply.finish === "length" ? "incomplete" : "completed";
}

export function writeResponses(answer: DemoAnswer): object {
  const reply = replyOf(answer);
  return responseOf(
    answer,
    endingOf(reply),
    itemsOf(answer).map((item) => item.done),
  );
}

function* stepsOf(answer: DemoAnswer): Iterable<Step> {
  const reply = replyOf(answer);
  const started = responseOf(answer, "in_progress", []);
  yield ["response.created", { response: started }];
  yield ["response.in_progress", { response: started }];
  const items = itemsOf(answer);
  for (const [output_index, item] of items.entries()) {
    yield ["response.output_item.added", { output_index, item: item.added }];
    yield* item.steps({ output_index, item_id: String(item.added.id) });
    yield ["response.output_item.done", { output_index, item: item.done }];
  }
  const status = endingOf(reply);
  const response = responseOf(
    answer,
    status,
    items.map((item) => item.done),
  );
  yield [`response.${status}`, { response }];
}

/** The events of `ResponseStreamEvent`, numbered from 0, and the `[DONE]` that Open Responses asks for. */
export function* streamResponses(answer: DemoAnswer): Generator<string> {
  let sequence_number = 0;
  for (const [type, fields] of stepsOf(answer))
    yield namedEvent(type, { sequence_number: sequence_number++, ...fields });
  yield "data: [DONE]\n\n";
}
