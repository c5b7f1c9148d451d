import type OpenAI from "openai";
import { frames, pieces, type Wire } from "./sse.ts";

type Chunk = OpenAI.ChatCompletionChunk;
type Finish = OpenAI.ChatCompletion.Choice["finish_reason"];
type Delta = OpenAI.ChatCompletionChunk.Choice.Delta & { reasoning_content?: string };

/** A message of a chat server; `reasoning_content` as DeepSeek, vLLM and many others have it. */
export type ChatAnswer = Partial<OpenAI.ChatCompletionMessage> & { reasoning_content?: string };

export const CHAT_USAGE: OpenAI.CompletionUsage = {
  prompt_tokens: 10,
  completion_tokens: 5,
  total_tokens: 15,
};

const HEAD = { id: "chatcmpl-1", created: 1_780_000_000, model: "gpt-4.1-2025-04-14" };

interface Said {
  readonly finish?: Finish;
  readonly usage?: OpenAI.CompletionUsage;
  readonly logprobs?: OpenAI.ChatCompletionTokenLogprob[];
}

/** An answer of a chat server, whole and as its stream. */
export function chat(message: ChatAnswer, said: Said = {}): Wire {
  return chatChoices([message], [said]);
}

/** Several answers (`n`). */
export function chatChoices(messages: readonly ChatAnswer[], said: readonly Said[] = []): Wire {
  const usage = said[0]?.usage ?? CHAT_USAGE;
  const whole: OpenAI.ChatCompletion = {
    ...HEAD,
    object: "chat.completion",
    choices: messages.map((message, index) => ({
      index,
      message: { role: "assistant", content: null, refusal: null, ...message },
      finish_reason: finishOf(message, said[index]),
      logprobs: said[index]?.logprobs ? { content: said[index].logprobs, refusal: null } : null,
    })),
    usage,
  };
  const chunks = messages.flatMap((message, index) => chunksOf(message, said[index] ?? {}, index));
  return {
    stream: frames([...chunks, chunk([], usage), "[DONE]"]),
    whole: JSON.stringify(whole),
  };
}

function finishOf(message: ChatAnswer, said: Said | undefined): Finish {
  return said?.finish ?? (message.tool_calls ? "tool_calls" : "stop");
}

export function chunk(choices: OpenAI.ChatCompletionChunk.Choice[], usage?: OpenAI.CompletionUsage): Chunk {
  return { ...HEAD, object: "chat.completion.chunk", choices, ...(usage && { usage }) };
}

export function delta(delta: Delta, finish_reason: Finish | null = null, index = 0): Chunk {
  return chunk([{ index, delta, finish_reason, logprobs: null }]);
}

function chunksOf(message: ChatAnswer, said: Said, index: number): Chunk[] {
  const { content, refusal, reasoning_content, tool_calls = [], annotations } = message;
  const texts = pieces(content ?? "").map((text, at): Chunk => {
    const token = said.logprobs?.[at];
    const logprobs = token ? { content: [token], refusal: null } : null;
    return chunk([{ index, delta: { content: text }, finish_reason: null, logprobs }]);
  });
  return [
    delta({ role: "assistant", content: "" }, null, index),
    ...pieces(reasoning_content ?? "").map((text) => delta({ reasoning_content: text }, null, index)),
    ...texts,
    ...pieces(refusal ?? "").map((text) => delta({ refusal: text }, null, index)),
    ...(annotations ? [delta({ annotations } as Delta, null, index)] : []),
    ...tool_calls.flatMap((call, at) => callChunks(call, at, index)),
    delta({}, finishOf(message, said), index),
  ];
}

function callChunks(call: OpenAI.ChatCompletionMessageToolCall, at: number, choice: number): Chunk[] {
  if (call.type !== "function") return [];
  const { name, arguments: input } = call.function;
  const head = { index: at, id: call.id, type: "function" as const, function: { name, arguments: "" } };
  return [
    delta({ tool_calls: [head] }, null, choice),
    ...pieces(input).map((text) =>
      delta({ tool_calls: [{ index: at, function: { arguments: text } }] }, null, choice),
    ),
  ];
}

export function cCall(id: string, name: string, input: string): OpenAI.ChatCompletionMessageFunctionToolCall {
  return { id, type: "function", function: { name, arguments: input } };
}
