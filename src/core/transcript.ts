import type { MediaKind, Role } from "./generation/request.ts";

/** A piece of what was said, as people read it: bytes of media are not kept, only what they were. */
export type TranscriptPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "thinking"; readonly text: string }
  | TranscriptMedia
  | { readonly kind: "call"; readonly callId: string; readonly name: string; readonly input: string }
  | {
      readonly kind: "result";
      readonly callId: string;
      readonly text: string;
      readonly media: readonly TranscriptMedia[];
    }
  /** What only its own protocol can say, by its `type` there. */
  | { readonly kind: "other"; readonly type: string };

export interface TranscriptMedia {
  readonly kind: "media";
  readonly media: MediaKind;
  /** Undefined where nothing told it. */
  readonly mime?: string;
  /** SHA-256 of the bytes in hexadecimal, or where they lie. */
  readonly source: string;
}

export interface TranscriptTurn {
  readonly role: Role;
  readonly parts: readonly TranscriptPart[];
}

/** What a request said and what it was answered, kept because its key asks for that. */
export interface Transcript {
  readonly requestId: string;
  readonly accountId: string;
  readonly keyId: string;
  /** Who made the key. */
  readonly userId: string | undefined;
  /** Milliseconds since the epoch, like `expiresAt`. */
  readonly at: number;
  readonly expiresAt: number;
  readonly turns: readonly TranscriptTurn[];
  /** One turn for each choice; none where the request failed. */
  readonly answer: readonly TranscriptTurn[];
  /** JSON of the request's body with digests in the place of media; undefined: it was too large. */
  readonly body: string | undefined;
  /** Some text was too long and is shortened. */
  readonly isCut: boolean;
}

/** What an account has said about keeping prompts; all of it holds beside what the operator says. */
export interface PromptRule {
  /** Nothing is kept, whatever keys say. */
  readonly forbidden: boolean;
  /** Days that they are kept; undefined: the operator's. */
  readonly days: number | undefined;
  /** Whether those who run the installation may read them. */
  readonly operators: boolean;
}

export const NO_PROMPT_RULE: PromptRule = { forbidden: false, days: undefined, operators: false };
