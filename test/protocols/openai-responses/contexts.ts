import { rawIndex, writeJson } from "../../../src/base/raw-json.ts";
import type { Loss } from "../../../src/core/generation/loss.ts";
import type { Signature } from "../../../src/core/generation/node.ts";
import type { GenerationRequest } from "../../../src/core/generation/request.ts";
import type { StreamPart } from "../../../src/core/generation/stream-part.ts";
import type { TargetTraits } from "../../../src/core/generation/traits.ts";
import { asObject, type JsonObject } from "../../../src/core/json.ts";
import { openaiResponsesClient } from "../../../src/protocols/openai-responses/client/client.ts";
import { openaiResponsesUpstream } from "../../../src/protocols/openai-responses/upstream/upstream.ts";
import type { AnswerContext, WireEvent } from "../../../src/protocols/translation.ts";

/** A seal that tests can read: it wraps nothing but base64. */
export function seal(signatures: readonly Signature[]): string {
  return `sealed.${Buffer.from(JSON.stringify(signatures)).toString("base64url")}`;
}

function unseal(text: string): readonly Signature[] | undefined {
  if (!text.startsWith("sealed.")) return undefined;
  return JSON.parse(Buffer.from(text.slice(7), "base64url").toString()) as Signature[];
}

export function decode(body: JsonObject | string): GenerationRequest {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const parsed = asObject(JSON.parse(text)) ?? {};
  return openaiResponsesClient.decodeRequest(parsed, {
    raw: rawIndex(text, parsed),
    path: { operation: "generate" },
    unseal,
  });
}

export const OPENAI: TargetTraits = {
  protocol: "openai-responses",
  model: "gpt-5.6",
  vendor: "openai",
  scope: "org-1",
  outputTokensMax: 128_000,
  thinking: "effort",
  efforts: [],
  sampling: true,
  media: ["image", "document"],
  mediaUrls: true,
  schemaOutput: true,
  systemAnywhere: true,
  developerRole: true,
  alternation: false,
  completionTokensField: true,
  streamUsage: true,
  reasoningField: "reasoning_content",
  replayReasoning: "optional",
  thinkTags: false,
  stopsMax: 0,
  choices: false,
  freeformTools: true,
  toolNameMax: 64,
  callIdMax: 64,
  webSearch: true,
  cacheMarks: true,
  jsonSchema: true,
};

export interface Encoded {
  /** The body as the upstream reads it. */
  readonly body: JsonObject;
  readonly text: string;
  readonly losses: readonly Loss[];
}

export function encode(request: GenerationRequest, traits: Partial<TargetTraits> = {}): Encoded {
  const losses: Loss[] = [];
  const context = {
    traits: { ...OPENAI, ...traits },
    report: {
      lose(action: Loss["action"], path: string, reason: string) {
        losses.push({ action, path, reason });
      },
    },
  };
  const text = writeJson(openaiResponsesUpstream.encodeRequest(request, context));
  return { body: JSON.parse(text) as JsonObject, text, losses };
}

/** A request of a client of another protocol; what a test does not say is empty. */
export function generation(fields: Partial<GenerationRequest> = {}): GenerationRequest {
  return {
    origin: "anthropic-messages",
    model: "some-model",
    stream: true,
    wantsUsage: true,
    turns: [{ role: "user", at: "messages[0]", parts: [{ kind: "text", text: "hi" }] }],
    tools: [],
    toolChoice: undefined,
    parallelCalls: undefined,
    outputTokensMax: undefined,
    sampling: {},
    reasoning: {},
    format: { type: "text" },
    verbosity: undefined,
    serviceTier: undefined,
    user: undefined,
    metadata: undefined,
    caching: {},
    state: {},
    modalities: [],
    extensions: {},
    ...fields,
  };
}

export const ANSWER_ID = "0123456789abcdef0123456789abcdef";

export function answerContext(body: JsonObject = { model: "m", input: "hi" }): AnswerContext {
  return { answerId: ANSWER_ID, model: "my-model", created: 1_790_000_000, request: decode(body), seal };
}

/**
 * The events of an answer, each checked by the grammar, and the JSON that the client parses of them.
 * @throws Error at the first event that the grammar refuses, or where the end lacks something
 */
export function write(parts: readonly StreamPart[], context = answerContext()): JsonObject[] {
  return eventsOf(parts, context).flatMap(({ data }) => (data === "[DONE]" ? [] : [data]));
}

export function eventsOf(parts: readonly StreamPart[], context = answerContext()): WireEvent[] {
  const encoder = openaiResponsesClient.openEncoder(context);
  const grammar = openaiResponsesClient.openGrammar(context.request);
  const events: WireEvent[] = [];
  for (const part of parts) {
    for (const event of encoder.encode(part)) {
      const wrong = grammar.check(event);
      if (wrong !== undefined) throw new Error(`${wrong}: ${JSON.stringify(event)}`);
      // What a client gets is bytes: later changes of our objects must not show.
      events.push(JSON.parse(JSON.stringify(event)) as WireEvent);
    }
  }
  const missing = grammar.end();
  if (missing !== undefined) throw new Error(missing);
  return events;
}

/** The response that the events end with. */
export function foldOf(parts: readonly StreamPart[], context = answerContext()): JsonObject {
  return openaiResponsesClient.fold(eventsOf(parts, context));
}

export function read(events: readonly JsonObject[], traits: Partial<TargetTraits> = {}): StreamPart[] {
  const decoder = openaiResponsesUpstream.openDecoder(decodeContext(traits));
  const parts = events.flatMap((event) => [
    ...decoder.decode({ name: String(event.type ?? ""), data: JSON.stringify(event) }),
  ]);
  return [...parts, ...decoder.end()];
}

export function readWhole(answer: JsonObject, traits: Partial<TargetTraits> = {}): readonly StreamPart[] {
  return openaiResponsesUpstream.decodeWhole(
    answer,
    rawIndex(JSON.stringify(answer), answer),
    decodeContext(traits),
  );
}

function decodeContext(traits: Partial<TargetTraits>) {
  return { traits: { ...OPENAI, ...traits }, request: generation(), answerId: ANSWER_ID };
}

/** What is wrong with an order of parts, by the rule of `StreamPart`; undefined for a good one. */
export function brokenOrder(parts: readonly StreamPart[]): string | undefined {
  let open: number | undefined;
  let next = 0;
  const last = parts.at(-1);
  if (parts[0]?.type !== "start") return "no start first";
  if (last?.type !== "end" && last?.type !== "fail") return "no end last";
  for (const [at, part] of parts.entries()) {
    if (part.type === "start" && at > 0) return "a second start";
    if ((part.type === "end" || part.type === "fail") && part !== last) return "parts after the end";
    if (part.type === "open") {
      if (open !== undefined) return "a part opens inside another";
      if (part.index !== next++) return `index ${part.index} out of turn`;
      open = part.index;
    } else if ("index" in part && part.index !== open) return `${part.type} of a part that is not open`;
    if (part.type === "close") open = undefined;
    if (part.type === "finish" && open !== undefined) return "finish inside a part";
  }
  return undefined;
}
