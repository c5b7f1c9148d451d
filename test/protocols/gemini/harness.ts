import { rawIndex, writeJson } from "../../../src/base/raw-json.ts";
import type { Signature } from "../../../src/core/generation/node.ts";
import type { GenerationRequest } from "../../../src/core/generation/request.ts";
import type { StreamPart } from "../../../src/core/generation/stream-part.ts";
import type { TargetTraits } from "../../../src/core/generation/traits.ts";
import { asObject, type JsonObject } from "../../../src/core/json.ts";
import { geminiClient } from "../../../src/protocols/gemini/client/client.ts";
import { geminiUpstream } from "../../../src/protocols/gemini/upstream/upstream.ts";
import type { PathFacts } from "../../../src/protocols/protocol.ts";
import type { AnswerContext, WireEvent } from "../../../src/protocols/translation.ts";

export const ANSWER_ID = "0123456789abcdef0123456789abcdef";

const TRAITS: TargetTraits = {
  protocol: "gemini",
  model: "gemini-3.8-flash",
  vendor: "google",
  scope: "",
  outputTokensMax: 65_536,
  thinking: "level",
  efforts: [],
  sampling: true,
  media: ["image", "document", "audio", "video"],
  mediaUrls: false,
  schemaOutput: true,
  systemAnywhere: false,
  developerRole: false,
  alternation: true,
  completionTokensField: false,
  streamUsage: false,
  reasoningField: "reasoning_content",
  replayReasoning: "optional",
  thinkTags: false,
  stopsMax: 5,
  choices: true,
  freeformTools: false,
  toolNameMax: 128,
  callIdMax: 64,
  webSearch: true,
  cacheMarks: false,
  jsonSchema: true,
};

/** An envelope for tests: one that is easy to read, and only made of the letters of a real one. */
export function seal(signatures: readonly Signature[]): string {
  return `test.${Buffer.from(JSON.stringify(signatures)).toString("base64url")}`;
}

/** Takes the bare and the base64-wrapped form, as the hub's does. */
export function unseal(text: string): readonly Signature[] | undefined {
  const bare = text.startsWith("test.") ? text : Buffer.from(text, "base64").toString();
  return bare.startsWith("test.")
    ? JSON.parse(Buffer.from(bare.slice(5), "base64url").toString())
    : undefined;
}

const GENERATE: PathFacts = { operation: "generate", model: "gemini-3.8-flash", stream: false };

/** Decodes a body as it would come off the wire. */
export function decode(body: object | string, path: PathFacts = GENERATE): GenerationRequest {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const parsed = asObject(JSON.parse(text)) ?? {};
  return geminiClient.decodeRequest(parsed, { raw: rawIndex(text, parsed), path, unseal });
}

export interface Encoded {
  readonly body: JsonObject;
  readonly text: string;
  /** `action path` of every loss. */
  readonly losses: readonly string[];
}

export function encode(request: GenerationRequest, traits: Partial<TargetTraits> = {}): Encoded {
  const losses: string[] = [];
  const report = { lose: (action: string, path: string) => void losses.push(`${action} ${path}`) };
  const text = writeJson(geminiUpstream.encodeRequest(request, { traits: { ...TRAITS, ...traits }, report }));
  return { body: JSON.parse(text), text, losses };
}

/** A request of another protocol's client, as fit leaves it. */
export function foreign(fields: Partial<GenerationRequest>): GenerationRequest {
  return {
    origin: "openai-chat",
    model: "m",
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
    ...fields,
  };
}

const decodeContext = (request = foreign({})) => ({ traits: TRAITS, request, answerId: ANSWER_ID });

/** The parts of a stream whose events hold these JSON texts or objects. */
export function decodeStream(chunks: readonly (object | string)[]): StreamPart[] {
  const decoder = geminiUpstream.openDecoder(decodeContext());
  const events = chunks.map((chunk) => (typeof chunk === "string" ? chunk : JSON.stringify(chunk)));
  return [...events.flatMap((data) => decoder.decode({ name: "", data })), ...decoder.end()];
}

export function decodeWhole(answer: object): StreamPart[] {
  const text = JSON.stringify(answer);
  const parsed = JSON.parse(text);
  return [...geminiUpstream.decodeWhole(parsed, rawIndex(text, parsed), decodeContext())];
}

export function answerContext(request = decode({ contents: [] })): AnswerContext {
  return { answerId: ANSWER_ID, model: "alias", created: 1_700_000_000, request, seal };
}

/** Encodes an answer, every event of it checked by the grammar; the events as a client reads them. */
export function encodeAnswer(parts: readonly StreamPart[], request = decode({ contents: [] })): WireEvent[] {
  const encoder = geminiClient.openEncoder(answerContext(request));
  const grammar = geminiClient.openGrammar(request);
  const events = parts.flatMap((part) => encoder.encode(part));
  for (const event of events) {
    const wrong = grammar.check(event);
    if (wrong !== undefined) throw new Error(`grammar: ${wrong}: ${writeJson(event.data)}`);
  }
  const missing = grammar.end();
  if (missing !== undefined) throw new Error(`grammar: missing ${missing}`);
  return events.map(({ data }) => ({ data: JSON.parse(writeJson(data)) }));
}

/** What `fold` makes of an answer's events. */
export function wholeAnswer(parts: readonly StreamPart[], request = decode({ contents: [] })): JsonObject {
  const encoder = geminiClient.openEncoder(answerContext(request));
  return JSON.parse(writeJson(geminiClient.fold(parts.flatMap((part) => encoder.encode(part)))));
}
