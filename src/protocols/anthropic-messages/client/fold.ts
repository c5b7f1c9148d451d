import { Raw } from "../../../base/raw-json.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import type { WireEvent } from "../../translation.ts";
import { mergedUsage } from "../usage.ts";

interface Folding {
  message: JsonObject;
  readonly content: JsonObject[];
  /** Pieces of the last block's input. */
  input: string;
}

type Fold = (folding: Folding, event: JsonObject) => void;

/** Changes the block that is open, which is the last. */
function change(folding: Folding, members: (block: JsonObject) => JsonObject): void {
  const block = folding.content.at(-1);
  if (block) folding.content[folding.content.length - 1] = { ...block, ...members(block) };
}

const DELTAS: Readonly<Record<string, Fold>> = {
  text_delta: (folding, { text }) => change(folding, (block) => ({ text: `${block.text ?? ""}${text}` })),
  thinking_delta: (folding, { thinking }) =>
    change(folding, (block) => ({ thinking: `${block.thinking ?? ""}${thinking}` })),
  signature_delta: (folding, { signature }) => change(folding, () => ({ signature })),
  citations_delta: (folding, { citation }) =>
    change(folding, (block) => ({ citations: [...asList(block.citations), citation] })),
  input_json_delta(folding, { partial_json: piece }) {
    folding.input += String(piece);
  },
};

/** An input that a length limit cut is no JSON; nobody may run such a call. */
function inputOf(text: string): JsonObject | Raw {
  try {
    return asObject(JSON.parse(text)) ? new Raw(text) : {};
  } catch {
    // The stop reason says that it was cut.
    return {};
  }
}

const EVENTS: Readonly<Record<string, Fold>> = {
  message_start(folding, event) {
    folding.message = asObject(event.message) ?? {};
  },
  content_block_start(folding, event) {
    folding.content.push(asObject(event.content_block) ?? {});
    folding.input = "";
  },
  content_block_delta(folding, event) {
    const delta = asObject(event.delta) ?? {};
    DELTAS[String(delta.type)]?.(folding, delta);
  },
  content_block_stop(folding) {
    const { input } = folding;
    if (input !== "") change(folding, () => ({ input: inputOf(input) }));
  },
  message_delta(folding, event) {
    const usage = mergedUsage(asObject(folding.message.usage) ?? {}, asObject(event.usage) ?? {});
    folding.message = { ...folding.message, ...asObject(event.delta), usage };
  },
};

/**
 * The `Message` that a stream adds up to, as the SDK adds it up (`MessageStream`). Inputs of calls are `Raw`:
 * the source text that the model wrote.
 */
export function fold(events: readonly WireEvent[]): JsonObject {
  const folding: Folding = { message: {}, content: [], input: "" };
  for (const { data } of events) {
    if (data !== "[DONE]") EVENTS[String(data.type)]?.(folding, data);
  }
  return { ...folding.message, content: folding.content };
}
