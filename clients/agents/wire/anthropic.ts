import {
  type Answer,
  type DeclaredTool,
  halves,
  INPUT_TOKENS,
  type Json,
  jsonInput,
  list,
  namedEvent,
  OUTPUT_TOKENS,
  object,
  type Piece,
  text,
  toolOf,
  type Wire,
} from "../script.ts";

const MODEL = "claude-sonnet-4-5";

function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  return list(content)
    .map((block) => text(block.text))
    .join("");
}

function blocksOf(body: Json, type: string): readonly Json[] {
  return list(body.messages)
    .flatMap((message) => list(message.content))
    .filter((block) => block.type === type);
}

function blockOf(piece: Piece, tools: readonly DeclaredTool[]): Json {
  if (piece.kind === "thinking") return { type: "thinking", thinking: piece.text, signature: piece.state };
  if (piece.kind === "text") return { type: "text", text: piece.text };
  const { name } = toolOf(tools, piece.tool);
  return { type: "tool_use", id: piece.id, name, input: jsonInput(piece.input) };
}

/** The block as it starts, and the deltas that fill it. */
function startOf(block: Json): { start: Json; deltas: readonly Json[] } {
  if (block.type === "thinking") {
    const deltas = halves(text(block.thinking)).map((thinking) => ({ type: "thinking_delta", thinking }));
    const signature = { type: "signature_delta", signature: block.signature };
    return { start: { type: "thinking", thinking: "", signature: "" }, deltas: [...deltas, signature] };
  }
  if (block.type === "text") {
    const deltas = halves(text(block.text)).map((part) => ({ type: "text_delta", text: part }));
    return { start: { type: "text", text: "" }, deltas };
  }
  const deltas = halves(JSON.stringify(block.input)).map((partial_json) => ({
    type: "input_json_delta",
    partial_json,
  }));
  return { start: { ...block, input: {} }, deltas };
}

function blockEvents(block: Json, index: number): readonly string[] {
  const { start, deltas } = startOf(block);
  return [
    namedEvent({ type: "content_block_start", index, content_block: start }),
    ...deltas.map((delta) => namedEvent({ type: "content_block_delta", index, delta })),
    namedEvent({ type: "content_block_stop", index }),
  ];
}

const stopReason = ({ pieces }: Answer) =>
  pieces.some(({ kind }) => kind === "call") ? "tool_use" : "end_turn";

function message(content: readonly Json[], stop_reason: string | null): Json {
  return {
    id: "msg_scripted",
    type: "message",
    role: "assistant",
    model: MODEL,
    content,
    stop_reason,
    stop_sequence: null,
    usage: { input_tokens: INPUT_TOKENS, output_tokens: stop_reason === null ? 1 : OUTPUT_TOKENS },
  };
}

export const anthropicWire: Wire = {
  endEvents: 3,
  read: (body) => ({
    tools: list(body.tools).map((tool) => ({ name: text(tool.name), freeform: false })),
    results: blocksOf(body, "tool_result").map(({ content }) => contentText(content)),
    states: blocksOf(body, "thinking").map(({ signature }) => text(signature)),
  }),
  stream: (answer, tools) => [
    namedEvent({ type: "message_start", message: message([], null) }),
    namedEvent({ type: "ping" }),
    ...answer.pieces.flatMap((piece, index) => blockEvents(object(blockOf(piece, tools)), index)),
    namedEvent({
      type: "message_delta",
      delta: { stop_reason: stopReason(answer), stop_sequence: null },
      usage: { output_tokens: OUTPUT_TOKENS },
    }),
    namedEvent({ type: "message_stop" }),
  ],
  error: (words) => namedEvent({ type: "error", error: { type: "api_error", message: words } }),
  whole: (answer, tools) =>
    message(
      answer.pieces.map((piece) => blockOf(piece, tools)),
      stopReason(answer),
    ),
};
