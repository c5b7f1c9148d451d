/**
 * dropped: not sent · emulated: sent in another way that means the same to the model ·
 * changed: sent with another value (clamped, renamed).
 */
export type LossAction = "dropped" | "emulated" | "changed";

/** Something of a request that its target cannot express. */
export interface Loss {
  readonly action: LossAction;
  /** The field as the client wrote it (`messages[2].content[0]`, `top_k`). */
  readonly path: string;
  /** Why, in a few words; no comma, no semicolon, ASCII. */
  readonly reason: string;
}

/** How a client or its key wants losses treated: refused with a 400, told in a header and the record, or recorded only. */
export const LOSS_POLICIES = ["reject", "warn", "silent"] as const;
export type LossPolicy = (typeof LOSS_POLICIES)[number];
