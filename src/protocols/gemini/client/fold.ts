import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import type { WireEvent } from "../../translation.ts";

interface FoldedPart {
  part: Record<string, unknown>;
  /** Whether more text may be added: not once a signature of Google's own has followed it. */
  growing: boolean;
}

interface FoldedCandidate {
  readonly parts: FoldedPart[];
  fields: JsonObject;
}

function isText(part: JsonObject): boolean {
  return typeof part.text === "string";
}

function isSame(one: JsonObject, other: JsonObject): boolean {
  return isText(one) && isText(other) && (one.thought === true) === (other.thought === true);
}

/** Pieces of one text become one part; an empty piece brings the signature of the text before it. */
function addPart({ parts }: FoldedCandidate, part: JsonObject): void {
  const last = parts.at(-1);
  const signed = part.thoughtSignature !== undefined;
  if (last?.growing && isSame(last.part, part) && !(signed && last.part.thoughtSignature !== undefined)) {
    const text = `${String(last.part.text)}${String(part.text)}`;
    last.part = { ...last.part, ...part, text };
    last.growing = !signed;
    return;
  }
  if (part.text === "" && !signed) return;
  parts.push({ part: { ...part }, growing: isText(part) && (!signed || part.text !== "") });
}

function addCandidate(candidates: Map<number, FoldedCandidate>, candidate: JsonObject): void {
  const { content, ...fields } = candidate;
  const index = typeof candidate.index === "number" ? candidate.index : 0;
  const folded = candidates.get(index) ?? { parts: [], fields: {} };
  candidates.set(index, folded);
  folded.fields = { ...folded.fields, ...fields };
  for (const value of asList(asObject(content)?.parts)) {
    const part = asObject(value);
    if (part) addPart(folded, part);
  }
}

function written({ parts, fields }: FoldedCandidate): JsonObject {
  const list = parts.length > 0 ? parts.map(({ part }) => part) : [{ text: "" }];
  return { content: { role: "model", parts: list }, ...fields };
}

/** The whole `GenerateContentResponse` that the chunks add up to. */
export function fold(events: readonly WireEvent[]): JsonObject {
  const candidates = new Map<number, FoldedCandidate>();
  let whole: JsonObject = {};
  for (const { data } of events) {
    const chunk = asObject(data);
    if (!chunk) continue;
    const { candidates: list, ...fields } = chunk;
    whole = { ...whole, ...fields };
    for (const value of asList(list)) {
      const candidate = asObject(value);
      if (candidate) addCandidate(candidates, candidate);
    }
  }
  const folded = [...candidates.values()].map(written);
  return folded.length > 0 ? { candidates: folded, ...whole } : whole;
}
