/**
 * wrong: what was given proves nothing · confirm: the password, or a fresh sign-in, is asked for first · closed:
 * nobody new is let in this way · unavailable: what is needed is not set up or out of reach.
 */
export type RefusalKind =
  | "invalid"
  | "wrong_credentials"
  | "wrong_code"
  | "expired"
  | "confirm"
  | "closed"
  | "forbidden"
  | "conflict"
  | "last_owner"
  | "not_found"
  | "limited"
  | "unavailable";

export interface RefusalTerms {
  readonly field?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** What a person is told instead of what was asked for: a sentence that names the mend. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly kind: RefusalKind;
  readonly terms: RefusalTerms;

  constructor(kind: RefusalKind, message: string, terms: RefusalTerms = {}) {
    super(message);
    this.kind = kind;
    this.terms = terms;
  }
}
