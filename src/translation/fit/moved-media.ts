import type { GenerationRequest, MediaPart, Part, ResultPart, Turn } from "../../core/generation/request.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import { fieldName } from "../../protocols/field-names.ts";
import type { LossReport } from "../../protocols/translation.ts";
import { hasPart, isMedia } from "./turns.ts";

/**
 * Media where the target cannot hold it moves into a user turn right behind: out of tool results (chat;
 * Gemini before its third generation), behind the whole run of results, and out of the model's own turns.
 * Comes after `pairResults`.
 */
export function moveMedia(
  request: GenerationRequest,
  traits: TargetTraits,
  report: LossReport,
): GenerationRequest {
  if (!hasPart(request.turns, holdsAnyMedia)) return request;
  const turns: Turn[] = [];
  // What an assistant turn made may not stand between its calls and their results.
  let made: Part[] = [];
  for (const turn of request.turns) {
    if (turn.role === "assistant" && traits.protocol !== "gemini") {
      const moved = turn.parts.filter(isMedia);
      for (const { at = turn.at } of moved) tell(request, report, at);
      if (moved.length > 0) made.push({ kind: "text", text: "Made by the assistant:" });
      for (const part of moved) made.push(part);
      if (moved.length < turn.parts.length)
        turns.push({ ...turn, parts: turn.parts.filter((part) => !isMedia(part)) });
      continue;
    }
    const shown = turn.role === "tool" && !holdsMedia(traits) ? showApart(turn, request, report) : [turn];
    turns.push(...shown);
    if (made.length > 0) turns.push({ role: "user", parts: made });
    made = [];
  }
  if (made.length > 0) turns.push({ role: "user", parts: made });
  return { ...request, turns };
}

function holdsAnyMedia(part: Part): boolean {
  return isMedia(part) || (part.kind === "result" && part.content.some(isMedia));
}

function holdsMedia({ protocol, thinking }: TargetTraits): boolean {
  return protocol === "gemini" ? thinking === "level" : protocol !== "openai-chat";
}

function tell({ origin }: GenerationRequest, report: LossReport, at: string | undefined): void {
  report.lose("emulated", at ?? fieldName(origin, "turns"), "media moved into a user turn");
}

/** A run of results without media, and the user turn that shows it. */
function showApart(turn: Turn, request: GenerationRequest, report: LossReport): readonly Turn[] {
  const shown: Part[] = [];
  const parts = turn.parts.map((part): Part => {
    if (part.kind !== "result") return part;
    const media = part.content.filter(isMedia);
    if (media.length === 0) return part;
    tell(request, report, part.at ?? turn.at);
    shown.push({ kind: "text", text: `From ${labelOf(part)}:` }, ...media);
    return withPointer(part, media);
  });
  return shown.length === 0
    ? [turn]
    : [
        { ...turn, parts },
        { role: "user", parts: shown },
      ];
}

function labelOf({ name, callId }: ResultPart): string {
  return name === undefined ? `the tool call ${callId}` : `the tool \`${name}\` (call ${callId})`;
}

function withPointer(result: ResultPart, media: readonly MediaPart[]): ResultPart {
  const kinds = [...new Set(media.map((part) => part.media))].join(" and ");
  const pointer: Part = { kind: "text", text: `(${kinds}: see the user's next message)` };
  return { ...result, content: [...result.content.filter((part) => !isMedia(part)), pointer] };
}
