import type { StreamPart } from "../../../core/generation/stream-part.ts";
import type { AnswerContext } from "../../translation.ts";
import { RESPONSES } from "../notes.ts";

/** An answer that shall be exactly one compaction item, on its way there. */
export interface Compaction {
  readonly context: AnswerContext;
  /** Indexes of the parts that are the summary's text. */
  readonly texts: Set<number>;
  summary: string;
  /** Index of the vendor's own compaction item. */
  own: number | undefined;
}

export function newCompaction(context: AnswerContext): Compaction {
  return { context, texts: new Set(), summary: "", own: undefined };
}

/** The parts that the encoder sees: the vendor's own item, or ours in place of the summary's text. */
export function compactParts(compaction: Compaction, part: StreamPart): readonly StreamPart[] {
  switch (part.type) {
    case "open":
      return openPart(compaction, part);
    case "text":
      if (compaction.texts.has(part.index)) compaction.summary += part.text;
      return [];
    case "close":
      return part.index === compaction.own ? [part] : [];
    case "input":
    case "cite":
    case "logprobs":
    case "sign":
      return [];
    case "finish":
      return finish(compaction, part);
    default:
      return [part];
  }
}

function openPart(
  compaction: Compaction,
  part: Extract<StreamPart, { type: "open" }>,
): readonly StreamPart[] {
  const { part: head, index } = part;
  if (head.kind === "text") compaction.texts.add(index);
  if (head.kind !== "opaque" || head.type !== "compaction" || compaction.own !== undefined) return [];
  compaction.own = index;
  return [part];
}

/** Codex takes an answer without the item for a fault of the server's, which it is. */
function finish(
  compaction: Compaction,
  part: Extract<StreamPart, { type: "finish" }>,
): readonly StreamPart[] {
  if (compaction.own !== undefined) return [part];
  const { context, summary } = compaction;
  if (summary.trim() === "") {
    return [{ ...part, reason: { unified: "error", raw: "no summary" } }];
  }
  const item = {
    id: `cmp_${context.answerId}`,
    type: "compaction",
    encrypted_content: context.seal([{ value: summary, by: "gateway" }]),
  };
  const head = {
    kind: "opaque",
    protocol: RESPONSES,
    type: "compaction",
    raw: JSON.stringify(item),
  } as const;
  return [{ type: "open", index: 0, choice: 0, part: head }, { type: "close", index: 0 }, part];
}
