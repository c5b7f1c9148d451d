import type { GenerationRequest, Part, Turn } from "../../core/generation/request.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import { fieldName } from "../../protocols/field-names.ts";
import type { LossReport } from "../../protocols/translation.ts";
import { isInstruction, joinTurns, leadingInstructions, mapItems, withTurns } from "./turns.ts";

/**
 * The turns in the shape of the target: Anthropic and Gemini have results in user turns, before all else,
 * and turns that alternate, the user's first; chat has one turn for each result and one for all that the
 * model said between two others. Comes last of the passes on turns.
 */
export function mergeTurns(
  request: GenerationRequest,
  traits: TargetTraits,
  report: LossReport,
): GenerationRequest {
  const { protocol, alternation } = traits;
  const inUserTurns = protocol === "anthropic-messages" || protocol === "gemini";
  const split = mapItems(request.turns, inUserTurns ? asUserTurn : oneResultEach);
  const merged = joinNeighbours(split, (one, other) => mayJoin(one, other, traits));
  const begun =
    inUserTurns || (alternation && protocol === "openai-chat")
      ? beginWithUser(merged, request, report)
      : merged;
  const turns = inUserTurns ? mapItems(begun, resultsFirst) : begun;
  return withTurns(request, protocol === "anthropic-messages" ? withoutTail(turns) : turns);
}

function asUserTurn(turn: Turn): Turn {
  return turn.role === "tool" ? { ...turn, role: "user" } : turn;
}

function oneResultEach(turn: Turn): Turn | readonly Turn[] {
  if (turn.role !== "tool" || turn.parts.length < 2) return turn;
  return turn.parts.map((part) => ({
    ...turn,
    parts: [part],
    ...(part.at === undefined ? {} : { at: part.at }),
  }));
}

function joinNeighbours(turns: readonly Turn[], may: (one: Turn, other: Turn) => boolean): readonly Turn[] {
  const isNext = (turn: Turn, at: number) => at > 0 && may(turns[at - 1] as Turn, turn);
  if (!turns.some(isNext)) return turns;
  const runs: Turn[][] = [];
  for (const turn of turns) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    if (run && before && may(before, turn)) run.push(turn);
    else runs.push([turn]);
  }
  return runs.map(joinTurns);
}

function mayJoin(one: Turn, other: Turn, { protocol, alternation, systemAnywhere }: TargetTraits): boolean {
  if (one.role !== other.role || one.role === "tool" || protocol === "openai-responses") return false;
  if (protocol === "anthropic-messages" || protocol === "gemini") return true;
  // Strict templates of chat servers know one system turn only.
  return isInstruction(one.role) ? !systemAnywhere : one.role === "assistant" || alternation;
}

const BEGIN = "(The conversation begins here.)";

function beginWithUser(
  turns: readonly Turn[],
  { origin }: GenerationRequest,
  report: LossReport,
): readonly Turn[] {
  const front = leadingInstructions(turns);
  if (turns[front]?.role === "user") return turns;
  report.lose("emulated", fieldName(origin, "turns"), "a user turn was put first");
  const first: Turn = { role: "user", parts: [{ kind: "text", text: BEGIN }] };
  return [...turns.slice(0, front), first, ...turns.slice(front)];
}

function resultsFirst(turn: Turn): Turn {
  const isResult = ({ kind }: Part) => kind === "result";
  if (turn.role !== "user" || !turn.parts.some(isResult)) return turn;
  return {
    ...turn,
    parts: [...turn.parts.filter(isResult), ...turn.parts.filter((part) => !isResult(part))],
  };
}

/** Anthropic refuses white space at the end of an answer that it is to go on with. */
function withoutTail(turns: readonly Turn[]): readonly Turn[] {
  const last = turns.at(-1);
  const part = last?.parts.at(-1);
  if (last?.role !== "assistant" || part?.kind !== "text") return turns;
  const parts = last.parts.with(-1, { ...part, text: part.text.trimEnd() });
  return turns.with(-1, { ...last, parts });
}
