import type { GenerationRequest, Part, Turn } from "../../core/generation/request.ts";
import { isInstruction, mapItems, withTurns } from "./turns.ts";

/** Claude Code's line for Anthropic's own accounting, the first block of its instructions (CLIENTS.md 1). */
const ATTRIBUTION = /^x-anthropic-billing-header:/;

/**
 * Leaves out what a client tells its own vendor about itself: it is nothing to a model, and since it
 * changes from request to request, no prompt cache of another vendor would ever hit.
 */
export function fitAttribution(request: GenerationRequest): GenerationRequest {
  const turns = mapItems(request.turns, (turn): Turn => {
    if (!isInstruction(turn.role) || !turn.parts.some(isAttribution)) return turn;
    return { ...turn, parts: turn.parts.filter((part) => !isAttribution(part)) };
  });
  return withTurns(request, turns);
}

function isAttribution(part: Part): boolean {
  return part.kind === "text" && ATTRIBUTION.test(part.text);
}
