import { GatewayError } from "../../core/errors.ts";
import type { StreamPart } from "../../core/generation/stream-part.ts";
import type { PartFilter } from "../part-filter.ts";

/** Far above what any protocol lets a client ask for. */
const CHOICES_MAX = 1_000;

/** What no client could use is the upstream's failure: a call without a name, an answer without a number. */
export function usableParts(): PartFilter {
  return { take: (part) => (isUsable(part) ? part : FAILED) };
}

function isUsable(part: StreamPart): boolean {
  if (part.type !== "open" && part.type !== "finish") return true;
  const { choice } = part;
  if (!Number.isInteger(choice) || choice < 0 || choice > CHOICES_MAX) return false;
  return part.type !== "open" || part.part.kind !== "call" || part.part.name !== "";
}

const FAILED: StreamPart = {
  type: "fail",
  error: new GatewayError(
    "upstream_error",
    "The upstream of this model answered with something that no client could use; try again.",
  ),
};
