import { argumentsOf, type MediaPart, type Part, type Piece, sealIn, type Turn } from "../turns.ts";
import { type Asked, at, BUDGET_TOKENS, type PlaygroundProtocol, some, wordAt } from "./protocol.ts";

const ID = "anthropic-messages";
const OUTPUT_TOKENS = 1024;

function mediaOf({ mime, base64 }: MediaPart): object {
  const source = { type: "base64", media_type: mime, data: base64 };
  return { type: mime.startsWith("image/") ? "image" : "document", source };
}

/** A signature is a word; thinking that was hidden as a whole is its block. */
function thoughtOf(text: string, seal: unknown): readonly object[] {
  if (typeof seal === "string") return [{ type: "thinking", thinking: text, signature: seal }];
  return seal ? [seal] : [];
}

function blockOf(part: Part): readonly object[] {
  switch (part.kind) {
    case "text":
      return [{ type: "text", text: part.text }];
    case "thought":
      return thoughtOf(part.text, sealIn(ID, part));
    case "call":
      return [{ type: "tool_use", id: part.callId, name: part.name, input: argumentsOf(part) }];
    case "result":
      return [{ type: "tool_result", tool_use_id: part.callId, content: part.text }];
    case "media":
      return [mediaOf(part)];
  }
}

function messageOf({ role, parts }: Turn): object {
  const [first, second] = parts;
  const content = first?.kind === "text" && !second ? first.text : parts.flatMap(blockOf);
  return { role, content };
}

/** Newer models decide themselves how much they think; older ones and other vendors' are told a number. */
function thinkingOf({ effort, thinking, outputTokensMax }: Asked): object {
  if (effort === undefined) return {};
  if (effort === "none") return { thinking: { type: "disabled" } };
  if (thinking[ID] === "adaptive")
    return { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort } };
  const most = outputTokensMax ?? Number.POSITIVE_INFINITY;
  return { thinking: { type: "enabled", budget_tokens: Math.min(BUDGET_TOKENS[effort], most - 1) } };
}

/** A limit is required; with thinking, the answer comes on top of it. */
const limitOf = ({ outputTokensMax, effort }: Asked): number =>
  outputTokensMax ?? OUTPUT_TOKENS + BUDGET_TOKENS[effort ?? "none"];

function begun(event: unknown): readonly Piece[] {
  const block = at(event, "content_block");
  const slot = String(at(event, "index"));
  switch (at(block, "type")) {
    case "tool_use":
      return [{ kind: "call", callId: wordAt(block, "id"), name: wordAt(block, "name"), input: "", slot }];
    case "redacted_thinking":
      return [{ kind: "seal", seal: { protocol: ID, value: block } }];
    default:
      return [];
  }
}

const DELTAS: Readonly<Record<string, (delta: unknown, slot: string) => Piece>> = {
  text_delta: (delta) => ({ kind: "text", text: wordAt(delta, "text") }),
  thinking_delta: (delta) => ({ kind: "thought", text: wordAt(delta, "thinking") }),
  signature_delta: (delta) => ({ kind: "seal", seal: { protocol: ID, value: wordAt(delta, "signature") } }),
  input_json_delta: (delta, slot) => ({ kind: "input", slot, text: wordAt(delta, "partial_json") }),
};

function gone(event: unknown): readonly Piece[] {
  const piece = DELTAS[wordAt(event, "delta", "type")]?.(at(event, "delta"), String(at(event, "index")));
  return piece ? [piece] : [];
}

export const ANTHROPIC_MESSAGES: PlaygroundProtocol = {
  id: ID,
  title: "Anthropic Messages",
  ask: (asked) => ({
    path: "/v1/messages",
    headers: (key) => ({ "x-api-key": key, "anthropic-version": "2023-06-01" }),
    body: {
      model: asked.model,
      system: asked.system || undefined,
      messages: asked.turns.map(messageOf),
      stream: true,
      temperature: asked.temperature,
      max_tokens: limitOf(asked),
      ...thinkingOf(asked),
      tools: some(
        asked.tools.map(({ name, description, schema }) => ({
          name,
          description: description || undefined,
          input_schema: schema,
        })),
      ),
    },
  }),
  read(event) {
    const type = at(event, "type");
    if (type === "content_block_start") return begun(event);
    return type === "content_block_delta" ? gone(event) : [];
  },
};
