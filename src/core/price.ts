import type { Nanos } from "./money.ts";
import type { UsageKind } from "./usage.ts";

/**
 * Nanos of USD for a million units of each kind of usage (for `searches`: a million searches),
 * and nanos for each request. Absent kinds were filled in when the price was compiled.
 */
export interface Price {
  readonly perMillion: Readonly<Record<UsageKind, Nanos>>;
  readonly perRequest: Nanos;
}
