import { rawIndex, writeJson } from "../../../src/base/raw-json.ts";
import type { SseEvent } from "../../../src/base/sse.ts";
import type { Loss } from "../../../src/core/generation/loss.ts";
import type { Signature } from "../../../src/core/generation/node.ts";
import type { GenerationRequest } from "../../../src/core/generation/request.ts";
import type { StreamPart } from "../../../src/core/generation/stream-part.ts";
import type { TargetTraits } from "../../../src/core/generation/traits.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { anthropicMessagesClient } from "../../../src/protocols/anthropic-messages/client/client.ts";
import { anthropicMessagesUpstream } from "../../../src/protocols/anthropic-messages/upstream/upstream.ts";
import type { AnswerContext, DecodeContext, WireEvent } from "../../../src/protocols/translation.ts";
import { fitRequest } from "../../../src/translation/fit/fit-request.ts";

/** An envelope that a test can read: what it wraps, in hexadecimal. */
export function seal(signatures: readonly Signature[]): string {
  return `qn1.${Buffer.from(JSON.stringify(signatures)).toString("hex")}`;
}

export function unseal(text: string): readonly Signature[] | undefined {
  return text.startsWith("qn1.") ? JSON.parse(Buffer.from(text.slice(4), "hex").toString()) : undefined;
}

export const CLAUDE: TargetTraits = {
  protocol: "anthropic-messages",
  model: "claude-opus-5-5",
  vendor: "anthropic",
  scope: "account",
  outputTokensMax: 64_000,
  thinking: "adaptive",
  efforts: ["low", "medium", "high", "xhigh", "max"],
  sampling: true,
  media: ["image", "document"],
  mediaUrls: true,
  schemaOutput: true,
  systemAnywhere: true,
  developerRole: false,
  alternation: true,
  completionTokensField: false,
  streamUsage: true,
  reasoningField: "reasoning_content",
  replayReasoning: "optional",
  thinkTags: false,
  stopsMax: 100,
  choices: false,
  freeformTools: false,
  toolNameMax: 128,
  callIdMax: 64,
  webSearch: true,
  cacheMarks: true,
  jsonSchema: true,
};

export function decodeContext(text: string, body: unknown): DecodeContext {
  return { raw: rawIndex(text, body), path: { operation: "generate" }, unseal };
}

/** A body as text or object, as the client codec reads it. */
export function decode(body: string | object): GenerationRequest {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const parsed = JSON.parse(text) as JsonObject;
  return anthropicMessagesClient.decodeRequest(parsed, decodeContext(text, parsed));
}

export interface Written {
  readonly text: string;
  readonly body: JsonObject;
  readonly losses: readonly Loss[];
}

/** A request as the upstream codec writes it, fitted as the gateway fits it. */
export function encode(request: GenerationRequest, traits: TargetTraits = CLAUDE): Written {
  const losses: Loss[] = [];
  const report = {
    lose: (action: Loss["action"], path: string, reason: string) =>
      void losses.push({ action, path, reason }),
  };
  const fitted = fitRequest(request, traits, report);
  const text = writeJson(anthropicMessagesUpstream.encodeRequest(fitted.request, { traits, report }));
  return { text, body: JSON.parse(text), losses };
}

/** A request that another protocol's client made, with what a test says of it. */
export function foreign(members: Partial<GenerationRequest>): GenerationRequest {
  return {
    origin: "openai-chat",
    model: "claude",
    stream: false,
    wantsUsage: true,
    turns: [{ role: "user", parts: [{ kind: "text", text: "hi" }] }],
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
    ...members,
  };
}

export const ANSWER_ID = "0123456789abcdef0123456789abcdef";

export function answerContext(request: Partial<GenerationRequest> = {}): AnswerContext {
  return {
    answerId: ANSWER_ID,
    model: "my-alias",
    created: 1_790_000_000,
    request: foreign({ origin: "anthropic-messages", ...request }),
    seal,
  };
}

export const THINKING: Partial<GenerationRequest> = { reasoning: { mode: "auto" } };

/** The events of an answer; the grammar is asked about every one. */
export function write(parts: readonly StreamPart[], request: Partial<GenerationRequest> = {}): WireEvent[] {
  const context = answerContext(request);
  const encoder = anthropicMessagesClient.openEncoder(context);
  const grammar = anthropicMessagesClient.openGrammar(context.request);
  const events = parts.flatMap((part) => encoder.encode(part));
  const wrong = [...events.map((event) => grammar.check(event)), grammar.end()].filter(Boolean);
  if (wrong.length > 0) throw new Error(`the grammar objects: ${wrong.join("; ")}`);
  return events;
}

export function sseOf(events: readonly WireEvent[]): string {
  return events.map(({ name, data }) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join("");
}

function openDecoder(traits: TargetTraits) {
  return anthropicMessagesUpstream.openDecoder({ traits, request: foreign({}), answerId: ANSWER_ID });
}

/** The parts of a stream of events, to its end. */
export function read(events: readonly (object | SseEvent)[], traits: TargetTraits = CLAUDE): StreamPart[] {
  const decoder = openDecoder(traits);
  const parts = events.flatMap((event) =>
    decoder.decode("data" in event ? (event as SseEvent) : { name: "", data: JSON.stringify(event) }),
  );
  return [...parts, ...decoder.end()];
}

/** The parts of a whole answer. */
export function readWhole(answer: string | object, traits: TargetTraits = CLAUDE): readonly StreamPart[] {
  const text = typeof answer === "string" ? answer : JSON.stringify(answer);
  const parsed = JSON.parse(text) as JsonObject;
  const context = { traits, request: foreign({}), answerId: ANSWER_ID };
  return anthropicMessagesUpstream.decodeWhole(parsed, rawIndex(text, parsed), context);
}
