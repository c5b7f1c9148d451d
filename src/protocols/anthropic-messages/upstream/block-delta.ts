import { rawIndex } from "../../../base/raw-json.ts";
import { asObject, asWord, type JsonObject } from "../../../core/json.ts";
import { closeBlock } from "./block-end.ts";
import { openText, openThinking } from "./block-start.ts";
import type { DecodeState, Parts } from "./state.ts";

type DeltaReader = (state: DecodeState, delta: JsonObject) => Parts;

const NO_SOURCE = rawIndex("{}", {});

/** Ends what is open, and begins a part of another kind: servers of the family mix the kinds of one block. */
function turnTo(state: DecodeState, opener: typeof openText): Parts {
  return [...closeBlock(state), ...opener(state, {}, NO_SOURCE)];
}

const DELTAS: Readonly<Record<string, DeltaReader>> = {
  text_delta(state, { text }) {
    if (typeof text !== "string" || text === "") return [];
    const { open } = state;
    if (open?.kind === "call") {
      // Blank lines between calls are a template's, not the model's (sgl-project/sglang#24293).
      if (text.trim() !== "" || open.stray !== "") open.stray += text;
      return [];
    }
    const before = open?.kind === "text" ? [] : turnTo(state, openText);
    if (state.open?.kind !== "text") return before;
    state.open.length += text.length;
    return [...before, { type: "text", index: state.open.index, text }];
  },
  thinking_delta(state, { thinking: text }) {
    if (typeof text !== "string" || text === "" || state.open?.kind === "call") return [];
    const shown = state.open?.kind === "reasoning" && !state.open.redacted;
    const before = shown ? [] : turnTo(state, openThinking);
    if (state.open?.kind !== "reasoning") return before;
    return [...before, { type: "text", index: state.open.index, text }];
  },
  signature_delta({ open }, { signature }) {
    if (open?.kind === "reasoning" && typeof signature === "string") open.signature = signature;
    return [];
  },
  input_json_delta({ open }, { partial_json: text }) {
    if (typeof text !== "string" || text === "") return [];
    if (open?.kind === "whole") open.input += text;
    if (open?.kind !== "call") return [];
    open.begun = true;
    return [{ type: "input", index: open.index, text }];
  },
  citations_delta({ open }, { citation }) {
    const wire = asObject(citation);
    if (open?.kind === "text" && wire) open.citations.push(wire);
    return [];
  },
  compaction_delta({ open }, { type: _, ...members }) {
    if (open?.kind !== "whole") return [];
    open.block = { ...open.block, ...members };
    open.changed = true;
    return [];
  },
};

/** What a `content_block_delta` adds; a kind that is not known here adds nothing. */
export function readDelta(state: DecodeState, delta: JsonObject): Parts {
  const read = Object.hasOwn(DELTAS, asWord(delta.type)) ? DELTAS[asWord(delta.type)] : undefined;
  return read ? read(state, delta) : [];
}
