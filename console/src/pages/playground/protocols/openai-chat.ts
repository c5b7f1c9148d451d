import type { CallPart, MediaPart, Part, Piece, ResultPart, Turn } from "../turns.ts";
import { callsOf, dataUrlOf, textOf } from "../turns.ts";
import { audioFormat, bearer, listAt, type PlaygroundProtocol, some, wordAt } from "./protocol.ts";

function mediaOf(part: MediaPart): object {
  const { mime, base64, name } = part;
  const url = dataUrlOf(part);
  if (mime.startsWith("image/")) return { type: "image_url", image_url: { url } };
  if (mime.startsWith("audio/"))
    return { type: "input_audio", input_audio: { data: base64, format: audioFormat(mime) } };
  return { type: "file", file: { filename: name, file_data: url } };
}

function contentOf(parts: readonly Part[]): unknown {
  const media = parts.filter((part) => part.kind === "media");
  const text = textOf(parts);
  if (media.length === 0) return text;
  return [...(text ? [{ type: "text", text }] : []), ...media.map(mediaOf)];
}

const callOf = ({ callId, name, input }: CallPart) => ({
  id: callId,
  type: "function",
  function: { name, arguments: input || "{}" },
});

const resultOf = ({ callId, text }: ResultPart) => ({ role: "tool", tool_call_id: callId, content: text });

/** Results stand in messages of their own, before what the user says with them. */
function messagesOf(turn: Turn): readonly object[] {
  const { role, parts } = turn;
  if (role === "assistant")
    return [{ role, content: textOf(parts) || null, tool_calls: some(callsOf(turn).map(callOf)) }];
  const results = parts.filter((part) => part.kind === "result");
  const said = parts.filter((part) => part.kind !== "result");
  return [...results.map(resultOf), ...(said.length > 0 ? [{ role, content: contentOf(said) }] : [])];
}

function callPiece(delta: unknown): Piece {
  const slot = String((delta as { index?: unknown }).index ?? 0);
  const callId = wordAt(delta, "id");
  const text = wordAt(delta, "function", "arguments");
  if (callId === "") return { kind: "input", slot, text };
  return { kind: "call", callId, name: wordAt(delta, "function", "name"), input: text, slot };
}

export const OPENAI_CHAT: PlaygroundProtocol = {
  id: "openai-chat",
  title: "OpenAI Chat",
  ask: ({ model, system, turns, temperature, outputTokensMax, effort, tools }) => ({
    path: "/v1/chat/completions",
    headers: bearer,
    body: {
      model,
      messages: [...(system ? [{ role: "system", content: system }] : []), ...turns.flatMap(messagesOf)],
      stream: true,
      temperature,
      max_tokens: outputTokensMax,
      reasoning_effort: effort,
      tools: some(
        tools.map(({ name, description, schema }) => ({
          type: "function",
          function: { name, description: description || undefined, parameters: schema },
        })),
      ),
    },
  }),
  read(event) {
    const delta = ["choices", 0, "delta"] as const;
    const thought = wordAt(event, ...delta, "reasoning_content") || wordAt(event, ...delta, "reasoning");
    const text = wordAt(event, ...delta, "content") || wordAt(event, ...delta, "refusal");
    return [
      ...(thought ? [{ kind: "thought" as const, text: thought }] : []),
      ...(text ? [{ kind: "text" as const, text }] : []),
      ...listAt(event, ...delta, "tool_calls").map(callPiece),
    ];
  },
};
