import type { GenerationRequest, Part, Turn } from "../../core/generation/request.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import { fieldName } from "../../protocols/field-names.ts";
import type { LossReport } from "../../protocols/translation.ts";
import { mapItems, withTurns } from "./turns.ts";

/**
 * Leaves out text that targets refuse, and turns that have nothing else: Anthropic takes no text of white
 * space only, Gemini calls an empty part invalid. A signed part says something even if it is empty. Comes
 * before the passes that look at which turns are neighbours.
 */
export function fitEmptyText(
  request: GenerationRequest,
  traits: TargetTraits,
  report: LossReport,
): GenerationRequest {
  const fallback = fieldName(request.origin, "turns");
  const turns = mapItems(request.turns, (turn): Turn | readonly Turn[] => {
    const parts = mapItems(turn.parts, (part) => (isFull(part, traits) ? withFullContent(part, traits) : []));
    if (parts.length > 0) return parts === turn.parts ? turn : { ...turn, parts };
    report.lose("dropped", turn.at ?? fallback, "a turn without content");
    return [];
  });
  return withTurns(request, turns);
}

function isFull(part: Part, { protocol, alternation }: TargetTraits): boolean {
  if (part.kind !== "text" || part.signature) return true;
  if (protocol === "anthropic-messages") return part.text.trim() !== "";
  return part.text !== "" || (protocol !== "gemini" && !alternation);
}

function withFullContent(part: Part, traits: TargetTraits): Part {
  if (part.kind !== "result") return part;
  const content = mapItems(part.content, (inner) => (isFull(inner, traits) ? inner : []));
  return content === part.content ? part : { ...part, content };
}
