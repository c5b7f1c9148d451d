import {
  type Answer,
  type DeclaredTool,
  halves,
  INPUT_TOKENS,
  type Json,
  jsonEvent,
  jsonInput,
  list,
  OUTPUT_TOKENS,
  object,
  type Piece,
  text,
  toolOf,
  type Wire,
} from "../script.ts";

const HEAD = { id: "chatcmpl-scripted", created: 1_790_000_000, model: "deepseek-v4-pro" };
const USAGE = {
  prompt_tokens: INPUT_TOKENS,
  completion_tokens: OUTPUT_TOKENS,
  total_tokens: INPUT_TOKENS + OUTPUT_TOKENS,
};

function chunk(delta: Json, finish_reason: string | null = null): string {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason }];
  return jsonEvent({ ...HEAD, object: "chat.completion.chunk", choices });
}

function isCall(piece: Piece): piece is Extract<Piece, { kind: "call" }> {
  return piece.kind === "call";
}

function callOf(piece: Extract<Piece, { kind: "call" }>, tools: readonly DeclaredTool[]): Json {
  const { name } = toolOf(tools, piece.tool);
  const args = JSON.stringify(jsonInput(piece.input));
  return { id: piece.id, type: "function", function: { name, arguments: args } };
}

function callEvents(call: Json, index: number): readonly string[] {
  const { name, arguments: args } = object(call.function);
  const first = { index, ...call, function: { name, arguments: "" } };
  const rest = halves(text(args)).map((part) => ({ index, function: { arguments: part } }));
  return [first, ...rest].map((fragment) => chunk({ tool_calls: [fragment] }));
}

function textOf({ pieces }: Answer, kind: "text" | "thinking"): string {
  return pieces.map((piece) => (piece.kind === kind ? piece.text : "")).join("");
}

const finishOf = ({ pieces }: Answer) => (pieces.some(isCall) ? "tool_calls" : "stop");

function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  return list(content)
    .map((part) => text(part.text))
    .join("");
}

export const chatWire: Wire = {
  endEvents: 3,
  read: (body) => ({
    tools: list(body.tools).map((tool) => ({ name: text(object(tool.function).name), freeform: false })),
    results: list(body.messages)
      .filter(({ role }) => role === "tool")
      .map(({ content }) => contentText(content)),
    states: list(body.messages)
      .map(({ reasoning_content }) => text(reasoning_content))
      .filter((thinking) => thinking !== ""),
  }),
  stream: (answer, tools) => [
    chunk({ role: "assistant", content: "" }),
    ...halves(textOf(answer, "thinking")).map((part) => chunk({ reasoning_content: part })),
    ...halves(textOf(answer, "text")).map((part) => chunk({ content: part })),
    ...answer.pieces.filter(isCall).flatMap((piece, index) => callEvents(callOf(piece, tools), index)),
    chunk({}, finishOf(answer)),
    jsonEvent({ ...HEAD, object: "chat.completion.chunk", choices: [], usage: USAGE }),
    "data: [DONE]\n\n",
  ],
  error: (words) => jsonEvent({ error: { message: words, type: "server_error", code: 500 } }),
  whole(answer, tools) {
    const calls = answer.pieces.filter(isCall).map((piece) => callOf(piece, tools));
    const message = {
      role: "assistant",
      content: textOf(answer, "text"),
      reasoning_content: textOf(answer, "thinking"),
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: finishOf(answer) }];
    return { ...HEAD, object: "chat.completion", choices, usage: USAGE };
  },
};
