import {
  type Answer,
  type DeclaredTool,
  INPUT_TOKENS,
  type Json,
  jsonInput,
  list,
  OUTPUT_TOKENS,
  object,
  type Piece,
  text,
  toolOf,
  type Wire,
} from "../script.ts";

const HEAD = { modelVersion: "gemini-3-pro-preview", responseId: "scripted" };
const USAGE = {
  promptTokenCount: INPUT_TOKENS,
  candidatesTokenCount: OUTPUT_TOKENS,
  totalTokenCount: INPUT_TOKENS + OUTPUT_TOKENS,
};

/** Google ends lines with CR LF. */
function event(data: Json): string {
  return `data: ${JSON.stringify(data)}\r\n\r\n`;
}

function chunk(parts: readonly Json[], more: Json = {}): Json {
  const candidates = [{ index: 0, content: { role: "model", parts }, ...more }];
  return { ...HEAD, candidates, usageMetadata: USAGE };
}

/** The first call behind thoughts carries their state; behind a text answer a last empty part does. */
function partsOf({ pieces }: Answer, tools: readonly DeclaredTool[]): readonly Json[] {
  let state: string | undefined;
  const parts: Json[] = [];
  for (const piece of pieces) {
    const signed = piece.kind === "call" && state !== undefined ? { thoughtSignature: state } : {};
    if (piece.kind === "thinking") state = piece.state;
    if (piece.kind === "call") state = undefined;
    parts.push({ ...partOf(piece, tools), ...signed });
  }
  return state === undefined ? parts : [...parts, { text: "", thoughtSignature: state }];
}

function partOf(piece: Piece, tools: readonly DeclaredTool[]): Json {
  if (piece.kind === "thinking") return { text: piece.text, thought: true };
  if (piece.kind === "text") return { text: piece.text };
  const { name } = toolOf(tools, piece.tool);
  return { functionCall: { name, args: jsonInput(piece.input), id: piece.id } };
}

function parts(body: Json): readonly Json[] {
  return list(body.contents).flatMap((content) => list(content.parts));
}

/** Google reads both spellings of a member; LiteLLM writes the second. */
function either(object: Json, camel: string, snake: string): unknown {
  return object[camel] ?? object[snake];
}

export const geminiWire: Wire = {
  endEvents: 1,
  read: (body) => ({
    tools: list(body.tools)
      .flatMap((tool) => list(either(tool, "functionDeclarations", "function_declarations")))
      .map((tool) => ({ name: text(tool.name), freeform: false })),
    results: parts(body)
      .map((part) => either(part, "functionResponse", "function_response"))
      .filter((response) => response !== undefined)
      .map((response) => JSON.stringify(object(response).response)),
    states: parts(body)
      .map((part) => text(either(part, "thoughtSignature", "thought_signature")))
      .filter((state) => state !== ""),
  }),
  stream: (answer, tools) => [
    ...partsOf(answer, tools).map((part) => event(chunk([part]))),
    event(chunk([{ text: "" }], { finishReason: "STOP" })),
  ],
  error: (words) => event({ error: { code: 500, message: words, status: "INTERNAL" } }),
  whole: (answer, tools) => chunk(partsOf(answer, tools), { finishReason: "STOP" }),
};
