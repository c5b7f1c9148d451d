import { rawIndex, writeJson } from "../../../src/base/raw-json.ts";
import type { Loss } from "../../../src/core/generation/loss.ts";
import type { Signature } from "../../../src/core/generation/node.ts";
import type { GenerationRequest } from "../../../src/core/generation/request.ts";
import type { StreamPart } from "../../../src/core/generation/stream-part.ts";
import type { TargetTraits } from "../../../src/core/generation/traits.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { openaiChatClient } from "../../../src/protocols/openai-chat/client/client.ts";
import { openaiChatUpstream } from "../../../src/protocols/openai-chat/upstream/upstream.ts";
import type { AnswerContext, DecodeContext, WireEvent } from "../../../src/protocols/translation.ts";

export const ANSWER_ID = "0123456789abcdef0123456789abcdef";

export const TRAITS: TargetTraits = {
  protocol: "openai-chat",
  model: "up-model",
  vendor: "vllm-1",
  scope: "account",
  outputTokensMax: 8192,
  thinking: "effort",
  efforts: [],
  sampling: true,
  media: ["image", "document", "audio", "video"],
  mediaUrls: true,
  schemaOutput: true,
  systemAnywhere: true,
  developerRole: true,
  alternation: false,
  completionTokensField: false,
  streamUsage: true,
  reasoningField: "reasoning_content",
  replayReasoning: "optional",
  thinkTags: false,
  stopsMax: 4,
  choices: true,
  freeformTools: true,
  toolNameMax: 64,
  callIdMax: 64,
  webSearch: true,
  cacheMarks: false,
  jsonSchema: true,
};

/** An envelope that anybody can read: what tests need of the real one. */
export const seal = (signatures: readonly Signature[]) =>
  `qn1.${Buffer.from(JSON.stringify(signatures)).toString("base64url")}.x`;

function unseal(text: string): readonly Signature[] | undefined {
  if (!text.startsWith("qn1.")) return undefined;
  return JSON.parse(Buffer.from(text.slice(4, -2), "base64url").toString()) as Signature[];
}

function decodeContext(text: string, body: JsonObject): DecodeContext {
  return { raw: rawIndex(text, body), path: { operation: "generate" }, unseal };
}

export function decode(body: object | string): GenerationRequest {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const parsed = JSON.parse(text) as JsonObject;
  return openaiChatClient.decodeRequest(parsed, decodeContext(text, parsed));
}

/** A request's body as the upstream gets it, with what was lost on the way. */
export function encode(request: GenerationRequest, traits: Partial<TargetTraits> = {}) {
  const losses: Loss[] = [];
  const report = {
    lose: (action: Loss["action"], path: string, reason: string) => losses.push({ action, path, reason }),
  };
  const body = openaiChatUpstream.encodeRequest(request, { traits: { ...TRAITS, ...traits }, report });
  const text = writeJson(body);
  return { text, body: JSON.parse(text) as Record<string, unknown>, losses };
}

/** A request as another protocol's client side would have read it. */
export function foreign(members: Partial<GenerationRequest>): GenerationRequest {
  return {
    origin: "anthropic-messages",
    model: "m",
    stream: false,
    wantsUsage: true,
    turns: [],
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

export function answerContext(request: GenerationRequest): AnswerContext {
  return { answerId: ANSWER_ID, model: "asked", created: 1_700_000_000, request, seal };
}

/** The events of an answer; what the grammar says against them is thrown. */
export function writeAnswer(parts: readonly StreamPart[], request = foreign({ stream: true })): WireEvent[] {
  const encoder = openaiChatClient.openEncoder(answerContext(request));
  const events = parts.flatMap((part) => [...encoder.encode(part)]);
  const grammar = openaiChatClient.openGrammar(request);
  const wrong =
    events.map((event) => grammar.check(event)).find((found) => found !== undefined) ?? grammar.end();
  if (wrong !== undefined)
    throw new Error(`${wrong}\n${events.map((event) => JSON.stringify(event.data)).join("\n")}`);
  return events;
}

/** The parts of a stream whose events hold these values; strings stand as they are. */
export function readAnswer(
  events: readonly (object | string)[],
  {
    traits = {},
    request = foreign({ stream: true }),
  }: { traits?: Partial<TargetTraits>; request?: GenerationRequest } = {},
): StreamPart[] {
  const decoder = openaiChatUpstream.openDecoder({
    traits: { ...TRAITS, ...traits },
    request,
    answerId: ANSWER_ID,
  });
  const parts = events.flatMap((event) => [
    ...decoder.decode({ name: "", data: typeof event === "string" ? event : JSON.stringify(event) }),
  ]);
  return [...parts, ...decoder.end()];
}

/** What is said of each part: its kind, and its texts or inputs joined. */
export function outline(parts: readonly StreamPart[]): string[] {
  const said = new Map<number, string>();
  for (const part of parts) {
    if (part.type === "open") {
      const { part: head } = part;
      said.set(part.index, head.kind === "call" ? `call ${head.name} ${head.callId}: ` : `${head.kind}: `);
    } else if (part.type === "text" || part.type === "input") {
      said.set(part.index, (said.get(part.index) ?? "") + part.text);
    } else if (part.type === "finish") said.set(1000 + part.choice, `finish ${part.reason.unified}`);
    else if (part.type === "fail") said.set(2000, `fail ${part.error.kind}`);
    else if (part.type === "end") said.set(2001, "end");
  }
  return [...said.values()];
}

/** What is wrong with the order of parts, or undefined (core/generation/stream-part.ts). */
export function orderFault(parts: readonly StreamPart[]): string | undefined {
  const open = new Map<number, number>();
  let next = 0;
  let over = false;
  for (const [at, part] of parts.entries()) {
    if (over) return `part ${at} after the end`;
    if (part.type === "start" && at !== 0) return "start is not first";
    if (part.type === "open") {
      if (part.index !== next++) return `index ${part.index} out of order`;
      if ([...open.values()].includes(part.choice)) return `two parts of choice ${part.choice} are open`;
      open.set(part.index, part.choice);
    }
    if (["text", "input", "cite", "logprobs", "sign", "close"].includes(part.type) && "index" in part) {
      if (!open.has(part.index)) return `${part.type} of part ${part.index}, which is not open`;
      if (part.type === "close") open.delete(part.index);
    }
    if (part.type === "finish" && [...open.values()].includes(part.choice)) return "finish with an open part";
    over = part.type === "end" || part.type === "fail";
  }
  return over ? undefined : "no end";
}
