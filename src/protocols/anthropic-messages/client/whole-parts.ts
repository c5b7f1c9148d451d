import { Raw, rawIndex } from "../../../base/raw-json.ts";
import type { RawJson } from "../../../core/generation/node.ts";
import type { Citation, MediaPart, OpaquePart, SearchPart } from "../../../core/generation/request.ts";
import { asObject, asWord, type JsonObject } from "../../../core/json.ts";
import type { WireEvent } from "../../translation.ts";
import { keptOf } from "../kept-members.ts";
import { type AnswerState, wholeBlock } from "./state.ts";

/** Marks what another vendor found: the envelope keeps it from ever being sent to Anthropic as its own. */
function foreignMark(state: AnswerState): string {
  return state.context.seal([{ value: "", by: "gateway" }]);
}

const SEARCH_ID = /^srvtoolu_[A-Za-z0-9_]+$/;

function searchResults(state: AnswerState, { sources, failed }: SearchPart): unknown {
  if (failed !== undefined) return { type: "web_search_tool_result_error", error_code: failed };
  return sources.map((source) => ({
    type: "web_search_result",
    url: source.url,
    title: source.title ?? source.url,
    page_age: source.pageAge ?? null,
    encrypted_content: source.opaque ?? foreignMark(state),
  }));
}

/** Claude Code counts these two blocks as one search that was done (PROTOCOLS.md 1.3). */
export function searchBlocks(state: AnswerState, part: SearchPart): readonly WireEvent[] {
  const { $blocks: own } = keptOf(part);
  if (Array.isArray(own)) {
    return own.flatMap((block) => (block instanceof Raw ? anthropicBlock(state, block.text) : []));
  }
  const minted = `srvtoolu_${state.context.answerId}${state.blocks}`;
  const id = SEARCH_ID.test(part.searchId) ? part.searchId : minted;
  const input = JSON.stringify({ query: part.queries.join("\n") });
  return [
    ...wholeBlock(state, { type: "server_tool_use", id, name: "web_search", input: {} }, [
      { type: "input_json_delta", partial_json: input },
    ]),
    ...wholeBlock(state, {
      type: "web_search_tool_result",
      tool_use_id: id,
      content: searchResults(state, part),
    }),
  ];
}

/** A block of Anthropic's; the input of a tool that runs there is streamed, since clients read it only so. */
function anthropicBlock(state: AnswerState, source: RawJson): readonly WireEvent[] {
  const block = asObject(JSON.parse(source));
  if (!block) return [];
  const input = asObject(block.input);
  if (!input || !asWord(block.type).endsWith("tool_use")) return wholeBlock(state, block);
  const text = rawIndex(source, block).of(input);
  return wholeBlock(state, { ...block, input: {} }, [{ type: "input_json_delta", partial_json: text }]);
}

/** What other protocols alone can say has no form here. */
export function opaqueBlock(state: AnswerState, part: OpaquePart): readonly WireEvent[] {
  return part.protocol === "anthropic-messages" ? anthropicBlock(state, part.raw) : [];
}

/** An answer of this protocol has no pictures and no sound; the client is told rather than left to wonder. */
export function mediaBlock(state: AnswerState, part: MediaPart): readonly WireEvent[] {
  const what = part.mime === undefined ? part.media : `${part.media}, ${part.mime}`;
  const text = `[The model made a file (${what}) that the Anthropic Messages protocol cannot carry.]`;
  return wholeBlock(state, { type: "text", text: "" }, [{ type: "text_delta", text }]);
}

/**
 * A citation of any vendor: Anthropic's as it was written, that of a page as a web search's; one without an
 * address has no form here.
 * @param blockText the text so far of the block that it belongs to
 */
export function wireCitation(
  state: AnswerState,
  citation: Citation,
  blockText: string,
): JsonObject | undefined {
  const own = citation.extensions?.["anthropic-messages"];
  if (own) return own;
  if (citation.url === undefined) return undefined;
  return {
    type: "web_search_result_location",
    url: citation.url,
    title: citation.title ?? null,
    cited_text: citation.citedText ?? blockText.slice(citation.start ?? 0, citation.end),
    encrypted_index: foreignMark(state),
  };
}
