import {
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

function declared(tool: Json, namespace?: string): readonly DeclaredTool[] {
  if (tool.type === "namespace") return list(tool.tools).flatMap((inner) => declared(inner, text(tool.name)));
  const place = namespace === undefined ? {} : { namespace };
  return [{ name: text(tool.name), freeform: tool.type === "custom", ...place }];
}

/** Tools of the request, and those that Codex gives to known models in an item of their own. */
function toolsOf(body: Json): readonly DeclaredTool[] {
  const added = list(body.input).filter(({ type }) => type === "additional_tools");
  return [body, ...added].flatMap(({ tools }) => list(tools)).flatMap((tool) => declared(tool));
}

function outputText(output: unknown): string {
  if (typeof output === "string") return output;
  return list(output)
    .map((part) => text(part.text))
    .join("");
}

function callItem(piece: Extract<Piece, { kind: "call" }>, at: number, tools: readonly DeclaredTool[]): Json {
  const { name, namespace, freeform } = toolOf(tools, piece.tool);
  const place = namespace === undefined ? {} : { namespace };
  const head = { id: `${freeform ? "ctc" : "fc"}_${at}`, call_id: piece.id, name, ...place };
  if (freeform) return { type: "custom_tool_call", ...head, input: text(piece.input) };
  return { type: "function_call", ...head, arguments: JSON.stringify(jsonInput(piece.input)) };
}

function itemOf(piece: Piece, at: number, tools: readonly DeclaredTool[]): Json {
  const status = "completed";
  if (piece.kind === "call") return { ...callItem(piece, at, tools), status };
  if (piece.kind === "text") {
    const content = [{ type: "output_text", text: piece.text, annotations: [], logprobs: [] }];
    return { id: `msg_${at}`, type: "message", role: "assistant", status, content };
  }
  const summary = [{ type: "summary_text", text: piece.text }];
  return { id: `rs_${at}`, type: "reasoning", summary, encrypted_content: piece.state };
}

type Event = Json & { readonly type: string };

/** What fills an item between its `added` and its `done`. */
function fillings(item: Json, output_index: number): readonly Event[] {
  const place = { item_id: item.id, output_index };
  if (item.type === "message") {
    const place0 = { ...place, content_index: 0 };
    const part = object(list(item.content)[0]);
    return [
      { type: "response.content_part.added", ...place0, part: { ...part, text: "" } },
      ...halves(text(part.text)).map((delta) => ({
        type: "response.output_text.delta",
        ...place0,
        delta,
        logprobs: [],
      })),
      { type: "response.output_text.done", ...place0, text: part.text, logprobs: [] },
      { type: "response.content_part.done", ...place0, part },
    ];
  }
  if (item.type === "reasoning") {
    const place0 = { ...place, summary_index: 0 };
    const part = object(list(item.summary)[0]);
    return [
      { type: "response.reasoning_summary_part.added", ...place0, part: { ...part, text: "" } },
      ...halves(text(part.text)).map((delta) => ({
        type: "response.reasoning_summary_text.delta",
        ...place0,
        delta,
      })),
      { type: "response.reasoning_summary_text.done", ...place0, text: part.text },
      { type: "response.reasoning_summary_part.done", ...place0, part },
    ];
  }
  const [name, field] =
    item.type === "function_call"
      ? ["response.function_call_arguments", "arguments"]
      : ["response.custom_tool_call_input", "input"];
  const whole = text(item[field]);
  return [
    ...halves(whole).map((delta) => ({ type: `${name}.delta`, ...place, delta })),
    { type: `${name}.done`, ...place, name: item.name, [field]: whole },
  ];
}

const EMPTIED: Readonly<Record<string, Json>> = {
  message: { content: [], status: "in_progress" },
  reasoning: { summary: [], encrypted_content: "" },
  function_call: { arguments: "", status: "in_progress" },
  custom_tool_call: { input: "", status: "in_progress" },
};

function itemEvents(item: Json, output_index: number): readonly Event[] {
  const empty = { ...item, ...EMPTIED[text(item.type)] };
  return [
    { type: "response.output_item.added", output_index, item: empty },
    ...fillings(item, output_index),
    { type: "response.output_item.done", output_index, item },
  ];
}

function response(status: string, output: readonly Json[]): Json {
  const usage = {
    input_tokens: INPUT_TOKENS,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: OUTPUT_TOKENS,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: INPUT_TOKENS + OUTPUT_TOKENS,
  };
  return {
    id: "resp_scripted",
    object: "response",
    created_at: 1_790_000_000,
    status,
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model: "gpt-5.5",
    output,
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: "auto",
    tools: [],
    top_p: 1,
    store: false,
    usage: status === "completed" ? usage : null,
  };
}

export const responsesWire: Wire = {
  endEvents: 4,
  read: (body) => ({
    tools: toolsOf(body),
    results: list(body.input)
      .filter(({ type }) => type === "function_call_output" || type === "custom_tool_call_output")
      .map(({ output }) => outputText(output)),
    states: list(body.input)
      .filter(({ type }) => type === "reasoning")
      .map(({ encrypted_content }) => text(encrypted_content)),
  }),
  stream(answer, tools) {
    const items = answer.pieces.map((piece, at) => itemOf(piece, at, tools));
    const events: Event[] = [
      { type: "response.created", response: response("in_progress", []) },
      { type: "response.in_progress", response: response("in_progress", []) },
      ...items.flatMap(itemEvents),
      { type: "response.completed", response: response("completed", items) },
    ];
    return events.map((event, sequence_number) => namedEvent({ ...event, sequence_number }));
  },
  error(words) {
    const failed = { ...response("failed", []), error: { code: "server_error", message: words } };
    return namedEvent({ type: "response.failed", sequence_number: 99, response: failed });
  },
  whole: (answer, tools) =>
    response(
      "completed",
      answer.pieces.map((piece, at) => itemOf(piece, at, tools)),
    ),
};
