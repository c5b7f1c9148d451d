/** Reads a streamed answer off the wire, as strictly as the documents describe it. */
import { z } from "zod";
import type { AnswerFacts } from "./read-answer.ts";

interface WireEvent {
  readonly name: string;
  readonly data: string;
}

function eventsOf(text: string): WireEvent[] {
  const blocks = text.split("\n\n").filter((block) => block.trim() !== "");
  return blocks.map((block) => {
    const lines = block.split("\n");
    const fieldOf = (field: string) =>
      lines.find((line) => line.startsWith(`${field}: `))?.slice(field.length + 2) ?? "";
    return { name: fieldOf("event"), data: fieldOf("data") };
  });
}

const ANTHROPIC_EVENT = z.object({
  type: z.string(),
  message: z.object({ model: z.string(), usage: z.object({ input_tokens: z.int().min(1) }) }).optional(),
  delta: z.object({ text: z.string().optional(), stop_reason: z.string().optional() }).optional(),
  usage: z.object({ output_tokens: z.int().min(1) }).optional(),
});

const ANTHROPIC_ORDER =
  /^message_start (content_block_start (content_block_delta )+content_block_stop )+message_delta message_stop$/;

export function readAnthropicStream(text: string): AnswerFacts {
  const events = eventsOf(text).filter(({ name }) => name !== "ping");
  const bodies = events.map(({ data }) => ANTHROPIC_EVENT.parse(JSON.parse(data)));
  const order = bodies.map(({ type }) => type).join(" ");
  if (!ANTHROPIC_ORDER.test(order)) throw new Error(`Events out of order: ${order}`);
  if (events.some(({ name }, index) => name !== bodies[index]?.type))
    throw new Error("An event's name is not its type.");
  const start = bodies[0]?.message;
  const end = bodies.find(({ type }) => type === "message_delta");
  return {
    text: bodies.map(({ delta }) => delta?.text ?? "").join(""),
    calls: [],
    model: start?.model ?? "",
    finish: end?.delta?.stop_reason ?? "",
    tokens: { input: start?.usage.input_tokens ?? 0, output: end?.usage?.output_tokens ?? 0 },
  };
}

const OPENAI_CHUNK = z.object({
  object: z.enum(["chat.completion.chunk", "text_completion"]),
  model: z.string(),
  choices: z.array(
    z.object({
      text: z.string().optional(),
      delta: z.object({ content: z.string().nullish() }).optional(),
      finish_reason: z.string().nullish(),
    }),
  ),
});

/** Chat and Completions: unnamed events, `[DONE]` at the end. */
export function readOpenAiStream(text: string): AnswerFacts {
  const events = eventsOf(text);
  if (events.at(-1)?.data !== "[DONE]") throw new Error("The stream does not end with [DONE].");
  const chunks = events.slice(0, -1).map(({ data }) => OPENAI_CHUNK.parse(JSON.parse(data)));
  const choices = chunks.flatMap((chunk) => chunk.choices);
  return {
    text: choices.map((choice) => choice.text ?? choice.delta?.content ?? "").join(""),
    calls: [],
    model: chunks[0]?.model ?? "",
    finish: choices.find((choice) => typeof choice.finish_reason === "string")?.finish_reason ?? "",
    tokens: undefined,
  };
}
