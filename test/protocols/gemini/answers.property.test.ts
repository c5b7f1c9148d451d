import { expect, test } from "bun:test";
import fc from "fast-check";
import type { StreamPart } from "../../../src/core/generation/stream-part.ts";
import { decodeStream, decodeWhole, encodeAnswer, wholeAnswer } from "./harness.ts";

const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 });
const signature = fc.constantFrom("c2ln", "YWJjZA==");

const part = fc.oneof(
  fc.record({ text: words }),
  fc.record({ text: words, thought: fc.constant(true) }),
  fc.record({ text: words, thoughtSignature: signature }),
  fc.record({
    functionCall: fc.record({ name: words, args: fc.dictionary(words, fc.integer(), { maxKeys: 2 }) }),
  }),
  fc.record({
    functionCall: fc.record({ id: fc.uuid(), name: words }),
    thoughtSignature: signature,
  }),
  fc.record({ inlineData: fc.record({ mimeType: fc.constant("image/png"), data: fc.constant("AA==") }) }),
  fc.record({ executableCode: fc.record({ code: words }) }),
);

/** Parts, and where their stream is cut into chunks: after each of them, or not. */
const answer = fc.array(fc.tuple(part, fc.boolean()), { maxLength: 8 });
const finishReason = fc.constantFrom("STOP", "MAX_TOKENS", "SAFETY");

function chunksOf(pieces: readonly (readonly [object, boolean])[], reason: string): object[] {
  const chunks: object[][] = [[]];
  for (const [piece, cut] of pieces) {
    chunks.at(-1)?.push(piece);
    if (cut) chunks.push([]);
  }
  return chunks.map((parts, index) => {
    const last = index === chunks.length - 1 ? { finishReason: reason } : {};
    return { candidates: [{ index: 0, content: { role: "model", parts }, ...last }] };
  });
}

/** What breaks the order of parts, which every encoder relies on. */
function disorder(parts: readonly StreamPart[]): string | undefined {
  if (parts[0]?.type !== "start") return "no start";
  let [next, open] = [0, -1];
  for (const part of parts) {
    if (part.type === "open") {
      if (open >= 0 || part.index !== next++) return `part ${part.index} opens`;
      open = part.index;
    } else if ("index" in part) {
      if (part.index !== open) return `${part.type} of part ${part.index}`;
      if (part.type === "close") open = -1;
    } else if ((part.type === "finish" || part.type === "end") && open >= 0)
      return `${part.type} with a part open`;
  }
  const last = parts.at(-1)?.type;
  return last === "end" || last === "fail" ? undefined : "no end";
}

test("an answer means the same however its stream is cut, and as a whole", () => {
  fc.assert(
    fc.property(answer, finishReason, (pieces, reason) => {
      const parts = decodeStream(chunksOf(pieces, reason));
      expect(disorder(parts)).toBeUndefined();
      const [whole] = chunksOf(
        pieces.map(([piece]) => [piece, false] as const),
        reason,
      );
      expect(wholeAnswer(parts)).toEqual(wholeAnswer(decodeWhole(whole ?? {})));
    }),
    { numRuns: 150 },
  );
});

test("what Gemini said, Gemini's clients read, in order", () => {
  fc.assert(
    fc.property(answer, finishReason, (pieces, reason) => {
      const parts = decodeStream(chunksOf(pieces, reason));
      // Throws where the grammar finds fault.
      expect(encodeAnswer(parts).at(-1)?.data).toMatchObject({ candidates: [{ finishReason: reason }] });
    }),
    { numRuns: 150 },
  );
});

const FIELDS = [
  "candidates",
  "content",
  "parts",
  "text",
  "functionCall",
  "name",
  "args",
  "id",
  "index",
  "finishReason",
  "usageMetadata",
  "promptFeedback",
  "groundingMetadata",
  "groundingSupports",
  "groundingChunks",
  "segment",
  "thoughtSignature",
  "error",
  "inlineData",
  "logprobsResult",
  "citationMetadata",
];
const { nonsense } = fc.letrec((tie) => ({
  nonsense: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.constantFrom(null, true, 0, -1, 1.5, "", "STOP", "x"),
    fc.array(tie("nonsense"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...FIELDS), tie("nonsense"), { maxKeys: 4 }),
  ),
}));

test("no nonsense of an upstream throws or breaks the order", () => {
  fc.assert(
    fc.property(fc.array(nonsense, { maxLength: 3 }), (chunks) => {
      expect(disorder(decodeStream(chunks.map((chunk) => JSON.stringify(chunk))))).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});
