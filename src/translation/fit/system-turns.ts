import { GatewayError } from "../../core/errors.ts";
import type { GenerationRequest, Part, Turn } from "../../core/generation/request.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import { fieldName } from "../../protocols/field-names.ts";
import type { LossReport } from "../../protocols/translation.ts";
import { reminder } from "./reminder.ts";
import { isInstruction, leadingInstructions, mapItems, withTurns } from "./turns.ts";

/**
 * Instructions at the places that the target allows: those at the front stay, those in mid-conversation
 * become a reminder in the user's place where they may not stand, and are never moved: a prompt's cache
 * and the order of what was said depend on the place. `developer` becomes `system` where it is unknown.
 * Comes after `pairResults`.
 */
export function fitSystemTurns(
  request: GenerationRequest,
  traits: TargetTraits,
  report: LossReport,
): GenerationRequest {
  const keepsDeveloper = traits.developerRole && isOpenAi(traits);
  const turns = mapItems(request.turns, (turn): Turn => {
    if (!isInstruction(turn.role)) return turn;
    refuseMedia(turn, request, traits);
    return turn.role === "developer" && !keepsDeveloper ? { ...turn, role: "system" } : turn;
  });
  const front = leadingInstructions(turns);
  const between = traits.protocol === "anthropic-messages" ? placesBetween(turns) : undefined;
  const placed = mapItems(turns, (turn, position) => {
    if (position < front || !isInstruction(turn.role)) return turn;
    if (mayStand(traits, between?.has(position) ?? true)) return turn;
    report.lose("emulated", turn.at ?? fieldName(request.origin, "turns"), "a system turn as a reminder");
    return asReminder(turn);
  });
  return withTurns(request, placed);
}

function isOpenAi({ protocol }: TargetTraits): boolean {
  return protocol === "openai-chat" || protocol === "openai-responses";
}

/** Whether an instruction behind the front may stay what it is. */
function mayStand({ protocol, systemAnywhere }: TargetTraits, isBetween: boolean): boolean {
  if (protocol === "openai-responses") return true;
  return (protocol === "openai-chat" || protocol === "anthropic-messages") && systemAnywhere && isBetween;
}

/**
 * The positions of instructions where Anthropic takes them: behind a user turn, before an assistant turn or
 * at the end (mid-conversation system messages).
 */
function placesBetween(turns: readonly Turn[]): ReadonlySet<number> {
  const places = new Set<number>();
  let run: number[] = [];
  let before: Turn | undefined;
  const end = (next: Turn | undefined) => {
    const follows = before?.role === "user" || before?.role === "tool";
    if (follows && (next === undefined || next.role === "assistant")) for (const at of run) places.add(at);
    run = [];
    before = next;
  };
  for (const [position, turn] of turns.entries()) {
    if (isInstruction(turn.role)) run.push(position);
    else end(turn);
  }
  end(undefined);
  return places;
}

function asReminder(turn: Turn): Turn {
  const parts = turn.parts.map((part): Part => {
    return part.kind === "text" ? { ...part, ...reminder(part.text) } : part;
  });
  return { ...turn, role: "user", parts };
}

function refuseMedia(turn: Turn, { origin }: GenerationRequest, traits: TargetTraits): void {
  const media = turn.parts.find(({ kind }) => kind === "media");
  if (!media || traits.protocol === "openai-responses") return;
  const param = media.at ?? turn.at ?? fieldName(origin, "system");
  const message = `${param}: "${traits.model}" takes text only in instructions; send the media in a user turn.`;
  throw new GatewayError("unsupported", message, { param });
}
