import type { Part, ReasoningPart, Signature } from "../../../core/generation/request.ts";

/** A part, and what an envelope in its `thoughtSignature` held for the thinking before it. */
export interface DecodedPart {
  readonly part: Part;
  readonly carried: readonly Signature[];
}

/**
 * Appends a part. Signatures of other vendors' thinking travel to Gemini clients on the part after it:
 * here they go back to the thinking, which is made anew where the client dropped it (Gemini CLI drops
 * thoughts, others cut them in pieces; the envelope has them whole).
 */
export function withCarried(parts: Part[], { part, carried }: DecodedPart): void {
  if (carried.length > 0) {
    const shown = takeUnsigned(parts);
    for (const [index, { text, ...signature }] of carried.entries()) {
      parts.push({ kind: "reasoning", text: text ?? shown[index]?.text ?? "", signature });
    }
  }
  parts.push(part);
}

/** Takes the unsigned thoughts off the end. */
function takeUnsigned(parts: Part[]): ReasoningPart[] {
  const taken: ReasoningPart[] = [];
  for (let last = parts.at(-1); last?.kind === "reasoning" && !last.signature; last = parts.at(-1)) {
    taken.unshift(last);
    parts.pop();
  }
  return taken;
}
