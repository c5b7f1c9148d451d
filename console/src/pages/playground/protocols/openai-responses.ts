import { dataUrlOf, type Part, type Piece, sealIn, type Turn } from "../turns.ts";
import { at, audioFormat, bearer, type PlaygroundProtocol, some, wordAt } from "./protocol.ts";

const ID = "openai-responses";

function contentOf(part: Part): readonly object[] {
  if (part.kind === "text") return [{ type: "input_text", text: part.text }];
  if (part.kind !== "media") return [];
  const { mime, base64, name } = part;
  if (mime.startsWith("image/")) return [{ type: "input_image", image_url: dataUrlOf(part) }];
  if (mime.startsWith("audio/"))
    return [{ type: "input_audio", input_audio: { data: base64, format: audioFormat(mime) } }];
  return [{ type: "input_file", filename: name, file_data: dataUrlOf(part) }];
}

function itemOf(part: Part): readonly object[] {
  switch (part.kind) {
    case "text":
      return [{ role: "assistant", content: part.text }];
    case "call":
      return [
        { type: "function_call", call_id: part.callId, name: part.name, arguments: part.input || "{}" },
      ];
    case "result":
      return [{ type: "function_call_output", call_id: part.callId, output: part.text }];
    case "thought": {
      const item = sealIn(ID, part);
      return item ? [item] : [];
    }
    case "media":
      return [];
  }
}

function itemsOf({ role, parts }: Turn): readonly object[] {
  if (role === "assistant") return parts.flatMap(itemOf);
  const content = parts.flatMap(contentOf);
  const results = parts.filter((part) => part.kind === "result").flatMap(itemOf);
  return [...results, ...(content.length > 0 ? [{ role, content }] : [])];
}

const READERS: Readonly<Record<string, (event: unknown) => readonly Piece[]>> = {
  "response.output_text.delta": (event) => [{ kind: "text", text: wordAt(event, "delta") }],
  "response.refusal.delta": (event) => [{ kind: "text", text: wordAt(event, "delta") }],
  "response.reasoning_text.delta": (event) => [{ kind: "thought", text: wordAt(event, "delta") }],
  "response.reasoning_summary_text.delta": (event) => [{ kind: "thought", text: wordAt(event, "delta") }],
  "response.reasoning_summary_part.added": (event) =>
    at(event, "summary_index") === 0 ? [] : [{ kind: "thought", text: "\n\n" }],
  "response.function_call_arguments.delta": (event) => [
    { kind: "input", slot: wordAt(event, "item_id"), text: wordAt(event, "delta") },
  ],
  "response.output_item.added": (event) =>
    at(event, "item", "type") === "function_call"
      ? [
          {
            kind: "call",
            callId: wordAt(event, "item", "call_id"),
            name: wordAt(event, "item", "name"),
            input: "",
            slot: wordAt(event, "item", "id"),
          },
        ]
      : [],
  "response.output_item.done": (event) =>
    at(event, "item", "type") === "reasoning"
      ? [{ kind: "seal", seal: { protocol: ID, value: at(event, "item") } }]
      : [],
};

export const OPENAI_RESPONSES: PlaygroundProtocol = {
  id: ID,
  title: "OpenAI Responses",
  ask: ({ model, system, turns, temperature, outputTokensMax, effort, tools }) => ({
    path: "/v1/responses",
    headers: bearer,
    body: {
      model,
      instructions: system || undefined,
      input: turns.flatMap(itemsOf),
      stream: true,
      store: false,
      temperature,
      max_output_tokens: outputTokensMax,
      reasoning: effort && { effort, summary: effort === "none" ? undefined : "auto" },
      include: effort && effort !== "none" ? ["reasoning.encrypted_content"] : undefined,
      tools: some(
        tools.map(({ name, description, schema }) => ({
          type: "function",
          name,
          description: description || undefined,
          parameters: schema,
          strict: false,
        })),
      ),
    },
  }),
  read: (event) => READERS[wordAt(event, "type")]?.(event) ?? [],
};
