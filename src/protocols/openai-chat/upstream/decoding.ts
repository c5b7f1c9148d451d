import type { RawIndex } from "../../../base/raw-json.ts";
import type { GatewayError } from "../../../core/errors.ts";
import type { Signature } from "../../../core/generation/node.ts";
import type { PartHead, StreamPart, TokenLogprob } from "../../../core/generation/stream-part.ts";
import type { AnswerDecodeContext } from "../../translation.ts";

/** All that is known of one answer while it comes: changed by the functions of this room only. */
export interface Decoding {
  readonly context: AnswerDecodeContext;
  started: boolean;
  /** `end` or `fail` has been said. */
  over: boolean;
  nextIndex: number;
  /** Call ids given out so far: servers leave them out, and give one to two calls. */
  readonly callIds: Set<string>;
  readonly choices: Map<number, ChoiceDecoding>;
  /** What the chunk at hand makes. */
  out: StreamPart[];
  /** Source text of the chunk at hand. */
  raw: RawIndex;
}

/** A part that is open in the neutral answer. */
interface OpenPart {
  readonly index: number;
  readonly kind: "text" | "refusal" | "reasoning" | "call";
  /** Its text so far: annotations count characters of it. */
  text: string;
  signature?: Signature;
}

/** The call whose fragments come; it opens once its name is known. */
export interface CallDecoding {
  /** The fragment's `index`; undefined where the server gives none. */
  readonly slot: number | undefined;
  /** As the server wrote it; undefined until it does. */
  id: string | undefined;
  name: string;
  form: "json" | "text";
  input: string;
  signature: Signature | undefined;
  /** The id under which it was opened. */
  opened: string | undefined;
}

interface AudioDecoding {
  id: string;
  chunks: string[];
  transcript: string;
  expiresAt: unknown;
}

export interface ChoiceDecoding {
  readonly choice: number;
  open: OpenPart | undefined;
  /** Parts opened so far. */
  parts: number;
  /** White space that is text only if text follows. */
  held: string;
  heldTokens: TokenLogprob[];
  call: CallDecoding | undefined;
  /** Calls that are complete, by their slot, with the server's id. */
  readonly closed: Map<number, string | undefined>;
  /** State that came before or after the call it belongs to, by the call's id. */
  readonly callState: Map<string, Signature>;
  /** State that came in the middle of a call, to stand in parts of its own. */
  readonly lateState: Signature[];
  audio: AudioDecoding | undefined;
  refused: boolean;
  /** The last reason given; servers that give one on every chunk mean the last. */
  finish: { readonly reason: string; readonly matched?: string } | undefined;
  /** Google marks thoughts by tags and by a field; the closing tag comes with the text. */
  inThought: boolean;
}

export function newDecoding(context: AnswerDecodeContext): Decoding {
  return {
    context,
    started: false,
    over: false,
    nextIndex: 0,
    callIds: new Set(),
    choices: new Map(),
    out: [],
    raw: { of: (value) => JSON.stringify(value) },
  };
}

export function choiceOf(state: Decoding, choice: number): ChoiceDecoding {
  const known = state.choices.get(choice);
  if (known) return known;
  const fresh: ChoiceDecoding = {
    choice,
    open: undefined,
    parts: 0,
    held: "",
    heldTokens: [],
    call: undefined,
    closed: new Map(),
    callState: new Map(),
    lateState: [],
    audio: undefined,
    refused: false,
    finish: undefined,
    inThought: false,
  };
  state.choices.set(choice, fresh);
  return fresh;
}

/** The parts that the chunk at hand made. */
export function takeOut(state: Decoding): StreamPart[] {
  const { out } = state;
  state.out = [];
  return out;
}

export function failWith(state: Decoding, error: GatewayError): void {
  if (state.over) return;
  state.over = true;
  state.out.push({ type: "fail", error });
}

export function openPart(
  state: Decoding,
  choice: ChoiceDecoding,
  kind: OpenPart["kind"],
  part: PartHead,
): OpenPart {
  closePart(state, choice);
  const open: OpenPart = { index: state.nextIndex++, kind, text: "" };
  choice.open = open;
  choice.parts++;
  choice.held = "";
  choice.heldTokens = [];
  state.out.push({ type: "open", index: open.index, choice: choice.choice, part });
  return open;
}

/** Parts that come whole: media. */
export function wholePart(state: Decoding, choice: ChoiceDecoding, part: PartHead): void {
  closePart(state, choice);
  const index = state.nextIndex++;
  choice.parts++;
  state.out.push({ type: "open", index, choice: choice.choice, part }, { type: "close", index });
}

export function closePart(state: Decoding, choice: ChoiceDecoding): void {
  const { open } = choice;
  if (!open) return;
  choice.open = undefined;
  const { index } = open;
  const signature = open.signature ?? ownWord(state, open);
  if (signature) state.out.push({ type: "sign", index, signature });
  state.out.push({ type: "close", index });
}

/** Reasoning that no vendor signed is the model's by our word, so that clients which need one can send it back. */
function ownWord({ context }: Decoding, open: OpenPart): Signature | undefined {
  if (open.kind !== "reasoning") return undefined;
  return { value: "", by: "gateway", model: context.traits.model };
}

/** State that this target made. OpenAI's is bound to the account. */
export function stateSignature({ context }: Decoding, value: string, by = context.traits.vendor): Signature {
  const { model, scope } = context.traits;
  return by === "openai" ? { value, by, model, scope } : { value, by, model };
}
