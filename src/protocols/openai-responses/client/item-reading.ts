import type { Signature } from "../../../core/generation/node.ts";
import type { Part, Turn } from "../../../core/generation/request.ts";
import type { Tool } from "../../../core/generation/tool.ts";

/** What an input item is in the neutral form: a turn, or parts of what the assistant said; neither for an aside. */
export interface ItemReading {
  readonly turn?: Turn;
  readonly said?: readonly Part[];
  /** Tools that may be called from here on. */
  readonly tools?: readonly Tool[];
  /** Signatures of calls that travelled in this item. */
  readonly bound?: readonly Signature[];
  /** The item was made by us, and is nothing that the vendor knows. */
  readonly ours?: boolean;
  /** The answer shall be one compaction item. */
  readonly compaction?: boolean;
}
