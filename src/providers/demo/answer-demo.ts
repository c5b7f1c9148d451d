import { newId } from "../../base/id.ts";
import { loadTokens, type Tokens } from "../../base/tokens.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Protocol } from "../../core/protocol.ts";
import { composeReply } from "./compose-reply.ts";
import { asksForSlowness } from "./conversation.ts";
import type { DemoAnswer } from "./demo-answer.ts";
import type { DemoReply, DemoTurn } from "./demo-turn.ts";
import { streamFrames } from "./event-stream.ts";
import { parseBody } from "./fields.ts";
import { readAnthropic } from "./readers/anthropic-messages.ts";
import { readGemini } from "./readers/gemini.ts";
import { readChat } from "./readers/openai-chat.ts";
import { readCompletions } from "./readers/openai-completions.ts";
import { readResponses } from "./readers/openai-responses.ts";
import { DemoRefusal, refusalBody } from "./refusal.ts";
import { streamAnthropic, writeAnthropic } from "./writers/anthropic-messages.ts";
import { streamGemini, writeGemini } from "./writers/gemini.ts";
import { streamChat, writeChat } from "./writers/openai-chat.ts";
import { streamCompletions, writeCompletions } from "./writers/openai-completions.ts";
import { streamResponses, writeResponses } from "./writers/openai-responses.ts";

export interface DemoRequest {
  readonly protocol: Protocol;
  readonly model: string;
  readonly stream: boolean;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
  /** Only the count of the input's tokens is wanted. */
  readonly countTokens?: boolean;
}

type Reader = (body: JsonObject, request: DemoRequest, tokens: Tokens) => DemoTurn[];

const READERS: Record<Protocol, Reader> = {
  "anthropic-messages": (body, { model, countTokens }) => [readAnthropic(body, model, countTokens === true)],
  "openai-chat": (body, { model }) => [readChat(body, model)],
  "openai-responses": (body, { model }) => [readResponses(body, model)],
  "openai-completions": (body, { model }, tokens) => readCompletions(body, model, tokens),
  gemini: (body, { model }) => [readGemini(body, model)],
};

interface Writer {
  readonly whole: (answer: DemoAnswer) => object;
  readonly stream: (answer: DemoAnswer) => Generator<string>;
}

const WRITERS: Record<Protocol, Writer> = {
  "anthropic-messages": { whole: writeAnthropic, stream: streamAnthropic },
  "openai-chat": { whole: writeChat, stream: streamChat },
  "openai-responses": { whole: writeResponses, stream: streamResponses },
  "openai-completions": { whole: writeCompletions, stream: streamCompletions },
  gemini: { whole: writeGemini, stream: streamGemini },
};

/** Tokens that a chat template puts around each line. */
const LINE_TOKENS = 3;

function inputTokensOf(turn: DemoTurn, tokens: Tokens): number {
  const texts = [...turn.lines.map((line) => line.text), turn.declarations];
  return tokens.count(texts) + turn.lines.length * LINE_TOKENS;
}

function answerOf(
  turns: readonly DemoTurn[],
  request: DemoRequest,
  body: JsonObject,
  tokens: Tokens,
): DemoAnswer {
  const replies = turns.flatMap((turn) =>
    Array.from({ length: turn.choices }, (_, choice) => composeReply(turn, choice, tokens)),
  );
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    id: newId(),
    model: request.model,
    created: Math.floor(Date.now() / 1000),
    replies,
    usage: {
      inputTokens: sum(turns.map((turn) => inputTokensOf(turn, tokens))),
      outputTokens: sum(replies.map((reply: DemoReply) => reply.outputTokens)),
      thoughtTokens: sum(replies.map((reply) => reply.thought?.tokens ?? 0)),
    },
    request: body,
  };
}

/** Between two events when the user asks for an answer "slowly". */
const SLOW_MS = 20;

async function answer(request: DemoRequest): Promise<Response> {
  const body = parseBody(request.body);
  const tokens = await loadTokens();
  const turns = READERS[request.protocol](body, request, tokens);
  if (request.countTokens) {
    const count = turns.reduce((total, turn) => total + inputTokensOf(turn, tokens), 0);
    return Response.json(request.protocol === "gemini" ? { totalTokens: count } : { input_tokens: count });
  }
  const writer = WRITERS[request.protocol];
  const answered = answerOf(turns, request, body, tokens);
  if (!request.stream) return Response.json(writer.whole(answered));
  const gapMs = turns.some(asksForSlowness) ? SLOW_MS : 0;
  return new Response(streamFrames(writer.stream(answered), gapMs, request.signal), {
    headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" },
  });
}

/**
 * Quoin's demo upstream, inside this process: answers any of the protocols as its vendor would,
 * says that it is a demo, and refuses what it does not understand with the vendor's own 400.
 */
export async function answerDemo(request: DemoRequest): Promise<Response> {
  try {
    return await answer(request);
  } catch (fault) {
    if (!(fault instanceof DemoRefusal)) throw fault;
    const body = refusalBody(request.protocol, fault, `req_${newId()}`);
    return Response.json(body, { status: 400 });
  }
}
