import type { Plan, Wire } from "./plan.ts";

/** What the client's dialect and the upstream's side of one protocol look like on the wire. */
interface WireForms {
  readonly path: (plan: Plan) => string;
  readonly body: (plan: Plan, prompt: string) => object;
  readonly whole: (plan: Plan) => object;
  readonly opening: (plan: Plan) => readonly string[];
  readonly piece: (plan: Plan, text: string) => string;
  /** From the first event that belongs to the end; the usage is in it. */
  readonly closing: (plan: Plan) => readonly string[];
  readonly failure: () => string;
}

function units(plan: Plan, kind: string): number {
  return plan.usage[kind] ?? 0;
}

function textOf(plan: Plan): string {
  return plan.pieces.join("");
}

function data(body: object): string {
  return `data: ${JSON.stringify(body)}\n\n`;
}

function named(type: string, fields: object = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

function chatUsage(plan: Plan): object {
  const prompt = units(plan, "input") + units(plan, "cacheRead");
  const completion = units(plan, "output") + units(plan, "reasoning");
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: units(plan, "cacheRead") },
    completion_tokens_details: { reasoning_tokens: units(plan, "reasoning") },
  };
}

function chatChunk(plan: Plan, choices: readonly object[], usage: object | null): string {
  const id = `chatcmpl-${plan.number}`;
  return data({ id, object: "chat.completion.chunk", created: 1, model: plan.model, choices, usage });
}

const chat: WireForms = {
  path: () => "/v1/chat/completions",
  body: (plan, prompt) => ({
    model: plan.model,
    messages: [{ role: "user", content: prompt }],
    max_completion_tokens: plan.outputTokensMax,
    stream: plan.stream,
    ...(plan.stream && plan.wantsUsage ? { stream_options: { include_usage: true } } : {}),
  }),
  whole: (plan) => ({
    id: `chatcmpl-${plan.number}`,
    object: "chat.completion",
    created: 1,
    model: plan.model,
    choices: [{ index: 0, message: { role: "assistant", content: textOf(plan) }, finish_reason: "stop" }],
    usage: chatUsage(plan),
  }),
  opening: (plan) => [
    chatChunk(plan, [{ index: 0, delta: { role: "assistant" }, finish_reason: null }], null),
  ],
  piece: (plan, content) => chatChunk(plan, [{ index: 0, delta: { content }, finish_reason: null }], null),
  closing: (plan) => [
    chatChunk(plan, [{ index: 0, delta: {}, finish_reason: "stop" }], null),
    chatChunk(plan, [], chatUsage(plan)),
    "data: [DONE]\n\n",
  ],
  failure: () => data({ error: { message: "the model fell over", type: "server_error", code: null } }),
};

function messagesUsage(plan: Plan, output: number): object {
  const write5m = units(plan, "cacheWrite5m");
  const write1h = units(plan, "cacheWrite1h");
  return {
    input_tokens: units(plan, "input"),
    cache_read_input_tokens: units(plan, "cacheRead"),
    cache_creation_input_tokens: write5m + write1h,
    cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
    output_tokens: output,
  };
}

function message(plan: Plan, content: readonly object[], usage: object): object {
  const id = `msg_${plan.number}`;
  const base = { id, type: "message", role: "assistant", model: plan.model, content };
  return { ...base, stop_reason: content.length > 0 ? "end_turn" : null, stop_sequence: null, usage };
}

const messages: WireForms = {
  path: () => "/v1/messages",
  body: (plan, prompt) => ({
    model: plan.model,
    max_tokens: plan.outputTokensMax,
    messages: [{ role: "user", content: prompt }],
    stream: plan.stream,
  }),
  whole: (plan) =>
    message(plan, [{ type: "text", text: textOf(plan) }], messagesUsage(plan, units(plan, "output"))),
  opening: (plan) => [
    named("message_start", { message: message(plan, [], messagesUsage(plan, 1)) }),
    named("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
  ],
  piece: (_, text) => named("content_block_delta", { index: 0, delta: { type: "text_delta", text } }),
  closing: (plan) => [
    named("content_block_stop", { index: 0 }),
    named("message_delta", {
      delta: { stop_reason: "end_turn" },
      usage: { output_tokens: units(plan, "output") },
    }),
    named("message_stop"),
  ],
  failure: () => named("error", { error: { type: "api_error", message: "the model fell over" } }),
};

function response(plan: Plan, status: string, usage: object | null): object {
  const base = { id: `resp_${plan.number}`, object: "response", created_at: 1, model: plan.model, status };
  const content = [{ type: "output_text", text: textOf(plan), annotations: [] }];
  const said = { id: `item_${plan.number}`, type: "message", role: "assistant", status, content };
  return { ...base, output: usage === null ? [] : [said], usage };
}

function responsesUsage(plan: Plan): object {
  const input = units(plan, "input") + units(plan, "cacheRead");
  const output = units(plan, "output") + units(plan, "reasoning");
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: units(plan, "cacheRead") },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: units(plan, "reasoning") },
    total_tokens: input + output,
  };
}

const responses: WireForms = {
  path: () => "/v1/responses",
  body: (plan, prompt) => ({
    model: plan.model,
    input: prompt,
    max_output_tokens: plan.outputTokensMax,
    stream: plan.stream,
  }),
  whole: (plan) => response(plan, "completed", responsesUsage(plan)),
  opening: (plan) => [
    named("response.created", { sequence_number: 0, response: response(plan, "in_progress", null) }),
  ],
  piece: (plan, delta) =>
    named("response.output_text.delta", {
      sequence_number: 1,
      item_id: `item_${plan.number}`,
      output_index: 0,
      content_index: 0,
      delta,
    }),
  closing: (plan) => [
    named("response.completed", {
      sequence_number: 2,
      response: response(plan, "completed", responsesUsage(plan)),
    }),
  ],
  failure: () => named("error", { sequence_number: 2, code: "server_error", message: "fell over" }),
};

function generated(plan: Plan, text: string, ended: boolean): object {
  const usage = {
    promptTokenCount: units(plan, "input") + units(plan, "cacheRead"),
    cachedContentTokenCount: units(plan, "cacheRead"),
    candidatesTokenCount: units(plan, "output"),
    thoughtsTokenCount: units(plan, "reasoning"),
  };
  const candidate = { index: 0, content: { role: "model", parts: [{ text }] } };
  const base = { responseId: `gen-${plan.number}`, modelVersion: plan.model };
  if (!ended) return { candidates: [candidate], ...base };
  return { candidates: [{ ...candidate, finishReason: "STOP" }], usageMetadata: usage, ...base };
}

const gemini: WireForms = {
  path({ model, stream, array }) {
    if (!stream) return `/v1beta/models/${model}:generateContent`;
    return `/v1beta/models/${model}:streamGenerateContent${array ? "" : "?alt=sse"}`;
  },
  body: (plan, prompt) => ({
    contents: [{ role: "user", parts: [{ text: prompt }] }],
    generationConfig: { maxOutputTokens: plan.outputTokensMax },
  }),
  whole: (plan) => generated(plan, textOf(plan), true),
  opening: () => [],
  piece: (plan, text) => data(generated(plan, text, false)),
  closing: (plan) => [data(generated(plan, "", true))],
  failure: () => data({ error: { code: 503, message: "the model fell over", status: "UNAVAILABLE" } }),
};

const FORMS: Readonly<Record<Wire, WireForms>> = {
  "openai-chat": chat,
  "anthropic-messages": messages,
  "openai-responses": responses,
  gemini,
};

/** Bytes in the narrow model's prompt: more than its context window, so that the window bounds the hold. */
const NARROW_PROMPT_BYTES = 17_000;

export function pathOf(plan: Plan): string {
  return FORMS[plan.wire].path(plan);
}

/** The request's body; the upstream finds the plan by the marker in its prompt. */
export function requestBody(plan: Plan): string {
  const padding = plan.model === "narrow" ? "x".repeat(NARROW_PROMPT_BYTES) : "";
  return JSON.stringify(FORMS[plan.wire].body(plan, `marker=${plan.number}; say something.${padding}`));
}

/** The number of the plan that a request's body belongs to. */
export function markerOf(body: string): number | undefined {
  const found = /marker=(\d+);/.exec(body)?.[1];
  return found === undefined ? undefined : Number(found);
}

export function wholeAnswer(plan: Plan): string {
  return JSON.stringify(FORMS[plan.wire].whole(plan));
}

export interface Script {
  readonly opening: readonly string[];
  readonly pieces: readonly string[];
  readonly closing: readonly string[];
  readonly failure: string;
}

/** The events of a streamed answer, in the order in which the upstream sends them. */
export function scriptOf(plan: Plan): Script {
  const forms = FORMS[plan.wire];
  return {
    opening: forms.opening(plan),
    pieces: plan.pieces.map((text) => forms.piece(plan, text)),
    closing: forms.closing(plan),
    failure: forms.failure(),
  };
}

/** What one event tells a client. */
export type Sign =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "end" | "error" | "other" };

interface EventBody {
  readonly type?: string;
  readonly error?: unknown;
  readonly choices?: readonly { readonly delta?: { readonly content?: string } }[];
  readonly candidates?: readonly {
    readonly finishReason?: string;
    readonly content?: { readonly parts?: readonly { readonly text?: string }[] };
  }[];
  readonly delta?: string | { readonly text?: string; readonly stop_reason?: string };
}

const ENDS = ["message_stop", "response.completed"];
const FAILURES = ["error", "response.failed"];

function pieceIn(body: EventBody): string {
  if (typeof body.delta === "string") return body.delta;
  const said = body.choices?.[0]?.delta?.content ?? body.candidates?.[0]?.content?.parts?.[0]?.text;
  return said ?? body.delta?.text ?? "";
}

/** Reads the data of one event (or an element of Gemini's array) as a client would. */
export function readSign(text: string): Sign {
  if (text === "[DONE]") return { kind: "end" };
  const body = JSON.parse(text) as EventBody;
  if (FAILURES.includes(body.type ?? "") || (body.error !== undefined && body.error !== null)) {
    return { kind: "error" };
  }
  // Claude Code takes the stop reason for the end, so nobody may see it unpaid either.
  const stopped = typeof body.delta === "object" && body.delta.stop_reason !== undefined;
  const finished = body.candidates?.[0]?.finishReason !== undefined;
  if (ENDS.includes(body.type ?? "") || stopped || finished) return { kind: "end" };
  const said = pieceIn(body);
  return said === "" ? { kind: "other" } : { kind: "text", text: said };
}
