import { Raw, rawIndex, writeJson } from "../../../base/raw-json.ts";
import type { PartHead } from "../../../core/generation/stream-part.ts";
import type { JsonObject } from "../../../core/json.ts";
import { asWord } from "../../../core/json.ts";
import { readCitation } from "../citations.ts";
import { isResultOf, isSearchUse, readSearch } from "../searches.ts";
import { openText } from "./block-start.ts";
import { type DecodeState, type OpenBlock, type Parts, type WholeBlock, wholePart } from "./state.ts";

type Closers = {
  readonly [K in OpenBlock["kind"]]: (state: DecodeState, block: Extract<OpenBlock, { kind: K }>) => Parts;
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // A piece is missing: the block goes on without its input.
    return false;
  }
};

/** The block's source text with the input that came in pieces. */
function sourceOf({ block, raw, input, changed }: WholeBlock): string {
  if (input !== "" && isJson(input)) return writeJson({ ...block, input: new Raw(input) });
  return changed ? JSON.stringify(block) : raw.of(block);
}

function opaqueHead(whole: WholeBlock): PartHead {
  const type = asWord(whole.block.type);
  return { kind: "opaque", protocol: "anthropic-messages", type, raw: sourceOf(whole) };
}

/** A search that was asked for, when no result follows: a turn that paused in the middle of it. */
export function closeAsked(state: DecodeState): Parts {
  const { asked } = state;
  state.asked = undefined;
  return asked ? wholePart(state, opaqueHead(asked)) : [];
}

function searchHead(asked: WholeBlock, found: WholeBlock): PartHead {
  const text = `[${sourceOf(asked)},${sourceOf(found)}]`;
  const [use, result] = JSON.parse(text) as [JsonObject, JsonObject];
  return readSearch(use, result, rawIndex(text, [use, result]), () => false);
}

/** @param next the block that begins now */
export function closeAskedBefore(state: DecodeState, next: JsonObject): Parts {
  const { asked } = state;
  return asked && !isResultOf(asked.block, next) ? closeAsked(state) : [];
}

function closeWhole(state: DecodeState, whole: WholeBlock): Parts {
  const { asked } = state;
  if (isSearchUse(whole.block)) {
    state.asked = whole;
    return [];
  }
  if (!asked) return wholePart(state, opaqueHead(whole));
  state.asked = undefined;
  return wholePart(state, searchHead(asked, whole));
}

const CLOSERS: Closers = {
  text: (_state, { index, length, citations }) => [
    ...citations.map((wire) => ({ type: "cite" as const, index, citation: readCitation(wire, length) })),
    { type: "close", index },
  ],
  reasoning({ context }, { index, signature, redacted }) {
    if (signature === "") return [{ type: "close", index }];
    const { vendor, model } = context.traits;
    const signed = { value: signature, by: vendor, model, ...(redacted ? { redacted } : {}) };
    return [
      { type: "sign", index, signature: signed },
      { type: "close", index },
    ];
  },
  call(state, { index, given, begun, stray }) {
    const rest = begun ? [] : [{ type: "input" as const, index, text: given === "" ? "{}" : given }];
    const after = stray === "" ? [] : [...openText(state, { text: stray }, NO_SOURCE), ...closeBlock(state)];
    return [...rest, { type: "close", index }, ...after];
  },
  whole: closeWhole,
};

const NO_SOURCE = rawIndex("{}", {});

/** Ends the open block, whether or not the upstream said that it ended. */
export function closeBlock(state: DecodeState): Parts {
  const { open } = state;
  if (!open) return [];
  state.open = undefined;
  const close = CLOSERS[open.kind] as (state: DecodeState, block: OpenBlock) => Parts;
  return close(state, open);
}
