import type { Signature } from "../../../core/generation/node.ts";
import type { Part, ReasoningPart, Turn } from "../../../core/generation/request.ts";

/** A part, and what an envelope in its `thoughtSignature` held for the thinking before it. */
export interface DecodedPart {
  readonly part: Part;
  readonly carried: readonly Signature[];
}

/** A turn in the making, and the turns before it. */
export interface Growing {
  readonly parts: Part[];
  readonly before: Turn[];
}

/**
 * Appends a part. Signatures of other vendors' thinking travel to Gemini clients on the part after it:
 * here they go back to the thinking, which is made anew where the client dropped it (Gemini CLI drops
 * thoughts; @google/genai sends every chunk back as a content of its own; the envelope has them whole).
 */
export function withCarried(growing: Growing, { part, carried }: DecodedPart): void {
  const { parts } = growing;
  if (carried.length > 0) {
    const shown = takeUnsigned(growing);
    for (const [index, { text, ...signature }] of carried.entries()) {
      const words = text ?? wordsOf(signature) ?? shown[index]?.text ?? "";
      parts.push({ kind: "reasoning", text: words, signature });
    }
  }
  parts.push(part);
}

/** Our own word that thinking is a model's is that thinking (translation/restore/hide-reasoning.ts). */
function wordsOf({ by, value }: Signature): string | undefined {
  return by === "gateway" && value !== "" ? value : undefined;
}

/** Takes the unsigned thoughts off the end, also those in contents of their own just before. */
function takeUnsigned({ parts, before }: Growing): ReasoningPart[] {
  const taken = unsignedAtEnd(parts);
  parts.length -= taken.length;
  while (parts.length === 0) {
    const last = before.at(-1);
    const earlier = last?.role === "assistant" ? unsignedAtEnd(last.parts) : [];
    if (!last || earlier.length === 0) break;
    taken.unshift(...earlier);
    before.pop();
    const rest = last.parts.slice(0, last.parts.length - earlier.length);
    if (rest.length > 0) {
      before.push({ ...last, parts: rest });
      break;
    }
  }
  return taken;
}

function unsignedAtEnd(parts: readonly Part[]): ReasoningPart[] {
  const last = parts.findLastIndex((part) => part.kind !== "reasoning" || part.signature !== undefined);
  return parts.slice(last + 1).filter((part) => part.kind === "reasoning");
}
