import OpenAI from "openai";
import type { AnswerMeaning, AnswerPart, Finish, MeantUsage } from "../meaning.ts";
import { answering } from "./answering-fetch.ts";

const ASKED = { model: "m", messages: [{ role: "user" as const, content: "Hi" }] };

/** What servers of reasoning models add to a message, and clients of theirs read. */
interface Added {
  reasoning_content?: string | null;
  images?: { image_url: { url: string } }[];
}

export async function readChatAnswer(text: string, streamed: boolean): Promise<AnswerMeaning> {
  const sdk = new OpenAI({ apiKey: "k", maxRetries: 0, fetch: answering(text, streamed) });
  if (!streamed) return meaningOf(await sdk.chat.completions.create(ASKED), new Map());
  if (text.includes('"type":"custom"')) return readCustomCalls(sdk);
  const added = new Map<number, Added>();
  const stream = sdk.chat.completions.stream(ASKED);
  stream.on("chunk", (chunk) => addTo(added, chunk));
  return meaningOf(await stream.finalChatCompletion(), added);
}

/** The SDK's own sum of a stream knows functions only: whoever calls freeform tools adds the chunks up. */
async function readCustomCalls(sdk: OpenAI): Promise<AnswerMeaning> {
  const chunks = await Array.fromAsync(await sdk.chat.completions.create({ ...ASKED, stream: true }));
  const calls: { name: string; input: string }[] = [];
  for (const { delta } of chunks.flatMap(({ choices }) => choices)) {
    for (const piece of (delta.tool_calls ?? []) as readonly CustomPiece[]) {
      const { name = "", input = "" } = piece.custom ?? {};
      const known = calls[piece.index];
      if (known) known.input += input;
      else calls[piece.index] = { name, input };
    }
  }
  const usage = chunks.findLast((chunk) => chunk.usage)?.usage;
  const finish = chunks.flatMap(({ choices }) => choices.map((choice) => choice.finish_reason)).find(Boolean);
  const parts = calls.map(({ name, input }): AnswerPart => ({ tool: name, args: input, freeform: true }));
  return {
    model: chunks[0]?.model ?? "",
    choices: [{ parts, finish: finish === "tool_calls" ? "tool" : `unknown ${finish}` }],
    ...(usage && { usage: chatUsage(usage) }),
  };
}

interface CustomPiece {
  readonly index: number;
  readonly custom?: { readonly name?: string; readonly input?: string };
}

/** The SDK overwrites members that it does not know; whoever reads them adds them up. */
function addTo(added: Map<number, Added>, { choices }: OpenAI.ChatCompletionChunk): void {
  for (const { index, delta } of choices) {
    const { reasoning_content, images } = delta as Added;
    const known = added.get(index) ?? {};
    added.set(index, {
      ...known,
      ...(reasoning_content && { reasoning_content: (known.reasoning_content ?? "") + reasoning_content }),
      ...(images && { images: [...(known.images ?? []), ...images] }),
    });
  }
}

function meaningOf(answer: OpenAI.ChatCompletion, added: ReadonlyMap<number, Added>): AnswerMeaning {
  return {
    model: answer.model,
    choices: answer.choices.map((choice) => {
      const message = { ...choice.message, ...added.get(choice.index) };
      return { parts: partsOf(message, choice.logprobs), finish: finishOf(choice, message) };
    }),
    ...(answer.usage && { usage: chatUsage(answer.usage) }),
  };
}

function partsOf(
  message: OpenAI.ChatCompletionMessage & Added,
  logprobs: OpenAI.ChatCompletion.Choice.Logprobs | null,
): AnswerPart[] {
  const { reasoning_content, content, refusal, tool_calls = [], images = [], annotations = [] } = message;
  const cites = annotations.map(({ url_citation: { url, title } }) => ({ url, ...(title && { title }) }));
  const tokens = (logprobs?.content ?? []).map(({ token }) => token);
  const more = { ...(cites.length > 0 && { cites }), ...(tokens.length > 0 && { logprobs: tokens }) };
  return [
    ...(reasoning_content ? [{ thinking: reasoning_content }] : []),
    ...(content ? [{ text: content, ...more }] : []),
    ...(refusal ? [{ refusal }] : []),
    ...images.map(({ image_url }) => ({ image: image_url.url.replace(/^data:[^,]*,/, "") })),
    ...tool_calls.map(callOf),
  ];
}

function callOf(call: OpenAI.ChatCompletionMessageToolCall): AnswerPart {
  if (!call.id) throw new Error("a call without an id");
  if (call.type === "custom") return { tool: call.custom.name, args: call.custom.input, freeform: true };
  return { tool: call.function.name, args: argumentsOf(call.function.arguments) };
}

/** `unread` where they are cut short. */
export function argumentsOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { unread: text };
  }
}

function finishOf(
  { finish_reason }: OpenAI.ChatCompletion.Choice,
  { refusal }: { refusal?: string | null },
): Finish {
  switch (finish_reason) {
    case "stop":
      return refusal ? "refusal" : "stop";
    case "length":
      return "length";
    case "tool_calls":
    case "function_call":
      return "tool";
    case "content_filter":
      return "filter";
    default:
      return `unknown ${finish_reason}`;
  }
}

export function chatUsage(usage: OpenAI.CompletionUsage): MeantUsage {
  const {
    prompt_tokens,
    completion_tokens,
    prompt_tokens_details: input,
    completion_tokens_details: output,
  } = usage;
  const [cached, written] = [input?.cached_tokens ?? 0, input?.cache_write_tokens ?? 0];
  return {
    fresh: prompt_tokens - cached - written,
    cached,
    written,
    output: completion_tokens,
    reasoning: output?.reasoning_tokens ?? 0,
  };
}
