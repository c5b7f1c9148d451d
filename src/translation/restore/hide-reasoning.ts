import type { Signature } from "../../core/generation/node.ts";
import type { GenerationRequest } from "../../core/generation/request.ts";
import type { OpenPart, StreamPart } from "../../core/generation/stream-part.ts";
import type { PartFilter, Parts } from "../part-filter.ts";
import { type Numbering, newNumbering, numberOf, openNumber } from "./numbering.ts";

/** A reasoning part whose words are not shown. */
interface HiddenPart {
  readonly head: OpenPart;
  words: string;
  section: number;
  signature: Signature | undefined;
}

interface HideState {
  readonly hidden: Map<number, HiddenPart>;
  readonly numbering: Numbering;
}

/**
 * Keeps reasoning out of the answer where the client did not ask to see it. Its opaque state goes on in an
 * empty part, since the next turn needs it; where the vendor gives none, our own envelope carries the
 * words, so that a model that wants its reasoning back (DeepSeek) gets it (fit/signatures.ts).
 */
export function hideReasoning(): PartFilter {
  const state: HideState = { hidden: new Map(), numbering: newNumbering() };
  return { take: (part) => take(state, part) };
}

/** Whether the client asked to see it. Chat has no word for it, and clients that do not know the field do not look. */
export function showsReasoning({ reasoning: { show, mode }, origin }: GenerationRequest): boolean {
  if (show !== undefined) return show !== "none";
  if (origin === "openai-chat") return true;
  return origin === "anthropic-messages" && (mode === "on" || mode === "auto");
}

function take(state: HideState, part: StreamPart): Parts {
  if (part.type === "open" && part.part.kind === "reasoning") {
    state.hidden.set(part.index, { head: part, words: "", section: 0, signature: undefined });
    return [];
  }
  if (part.type === "open") return { ...part, index: openNumber(state.numbering, part.index) };
  if (!("index" in part)) return part;
  const hidden = state.hidden.get(part.index);
  return hidden ? swallow(state, hidden, part) : renumber(state, part);
}

type Indexed = Extract<StreamPart, { readonly index: number }>;

function renumber<P extends Indexed>({ numbering }: HideState, part: P): P {
  return { ...part, index: numberOf(numbering, part.index) ?? part.index };
}

function swallow(state: HideState, hidden: HiddenPart, part: Indexed): readonly StreamPart[] {
  if (part.type === "sign") hidden.signature = part.signature;
  if (part.type === "text") addWords(hidden, part.text, part.section ?? 0);
  if (part.type !== "close") return [];
  state.hidden.delete(part.index);
  const signature = signatureOf(hidden);
  if (!signature) return [];
  const index = openNumber(state.numbering, part.index);
  return [
    { ...hidden.head, index },
    { type: "sign", index, signature },
    { type: "close", index },
  ];
}

function addWords(hidden: HiddenPart, text: string, section: number): void {
  if (section !== hidden.section && hidden.words !== "") hidden.words += "\n\n";
  hidden.section = section;
  hidden.words += text;
}

/**
 * Anthropic's signature is of the words, which must come back with it, unchanged; another vendor's says all;
 * ours, which only says that the words are the model's, has to hold them.
 */
function signatureOf({ signature, words }: HiddenPart): Signature | undefined {
  if (signature?.by === "anthropic" && words !== "") return { ...signature, text: words };
  if (signature && signature.by !== "gateway") return signature;
  return words === "" ? undefined : { ...signature, value: words, by: "gateway" };
}
