/** Opaque state of a model, given back only in the protocol that it came in. */
export interface Seal {
  readonly protocol: string;
  readonly value: unknown;
}

interface Sealed {
  readonly seal?: Seal;
}

export interface TextPart extends Sealed {
  readonly kind: "text";
  readonly text: string;
}

export interface ThoughtPart extends Sealed {
  readonly kind: "thought";
  readonly text: string;
}

/** A picture, a recording or a document. */
export interface MediaPart {
  readonly kind: "media";
  /** Such as `image/png`. */
  readonly mime: string;
  readonly base64: string;
  readonly name: string;
}

export interface CallPart extends Sealed {
  readonly kind: "call";
  readonly callId: string;
  readonly name: string;
  /** The arguments as JSON, as far as they have come. */
  readonly input: string;
  /** What the stream calls the place that the arguments go to. */
  readonly slot?: string;
}

export interface ResultPart {
  readonly kind: "result";
  readonly callId: string;
  readonly name: string;
  readonly text: string;
}

export type Part = TextPart | ThoughtPart | MediaPart | CallPart | ResultPart;

/** One line of a conversation. */
export interface Turn {
  readonly role: "user" | "assistant";
  readonly parts: readonly Part[];
}

/** What an event adds to the model's turn. */
export type Piece =
  | TextPart
  | ThoughtPart
  | CallPart
  | { readonly kind: "input"; readonly slot: string; readonly text: string }
  | { readonly kind: "seal"; readonly seal: Seal };

const withInput = (part: Part, slot: string, text: string): Part =>
  part.kind === "call" && part.slot === slot ? { ...part, input: part.input + text } : part;

/** The parts of a turn grown by a piece: text goes on where text was last, unless that was sealed. */
export function grown(parts: readonly Part[], piece: Piece): readonly Part[] {
  const last = parts.at(-1);
  switch (piece.kind) {
    case "input":
      return parts.map((part) => withInput(part, piece.slot, piece.text));
    case "seal":
      return last?.kind === "thought" && !last.seal
        ? [...parts.slice(0, -1), { ...last, seal: piece.seal }]
        : [...parts, { kind: "thought", text: "", seal: piece.seal }];
    case "call":
      return [...parts, piece];
    default:
      return last?.kind === piece.kind && !last.seal
        ? [...parts.slice(0, -1), { ...last, ...piece, text: last.text + piece.text }]
        : [...parts, piece];
  }
}

export const callsOf = ({ parts }: Turn): readonly CallPart[] => parts.filter((part) => part.kind === "call");

export const textOf = (parts: readonly Part[]): string =>
  parts.map((part) => (part.kind === "text" ? part.text : "")).join("");

/** The state of a part that was sealed in this protocol. */
export function sealIn(protocol: string, { seal }: Sealed): unknown {
  return seal?.protocol === protocol ? seal.value : undefined;
}

/** The arguments of a call; an empty object where they are no JSON. */
export function argumentsOf({ input }: CallPart): unknown {
  try {
    return JSON.parse(input);
  } catch {
    return {};
  }
}

/** The arguments as people read them; what came so far where they are not whole. */
export function prettyInput({ input }: CallPart): string {
  try {
    return JSON.stringify(JSON.parse(input || "{}"), null, 2);
  } catch {
    return input;
  }
}

export const dataUrlOf = ({ mime, base64 }: Pick<MediaPart, "mime" | "base64">): string =>
  `data:${mime};base64,${base64}`;
