import { GatewayError } from "../../core/errors.ts";
import type { CallPart, GenerationRequest, Part, ResultPart, Turn } from "../../core/generation/request.ts";
import { fieldName } from "../../protocols/field-names.ts";
import type { LossReport } from "../../protocols/translation.ts";
import { orphanAsText } from "./results.ts";
import { hasPart } from "./turns.ts";

/** A call, and the result that answers it. */
interface Slot {
  readonly call: CallPart;
  result: ResultPart | undefined;
}

/** The calls of one id, and how many of them have their result. */
interface Waiting {
  readonly slots: Slot[];
  answered: number;
}

interface Pairs {
  readonly slots: ReadonlyMap<CallPart, Slot>;
  readonly matched: ReadonlySet<Part>;
}

/**
 * Puts the results of each step right behind the turns that made the calls, in the order of the calls, in
 * one `tool` turn, and gives each the name of its tool. A result without a call becomes the user's text.
 * @throws GatewayError `bad_request` naming a call that has no result
 */
export function pairResults(request: GenerationRequest, report: LossReport): GenerationRequest {
  if (!hasPart(request.turns, isCallOrResult)) return request;
  const pairs = findPairs(request.turns);
  const turns: Turn[] = [];
  let open: Slot[] = [];
  for (const turn of request.turns) {
    if (turn.role !== "assistant") {
      turns.push(...resultTurn(open, request));
      open = [];
    }
    turns.push(...withoutResults(turn, pairs, request, report));
    for (const part of turn.parts) {
      const slot = part.kind === "call" ? pairs.slots.get(part) : undefined;
      if (slot) open.push(slot);
    }
  }
  turns.push(...resultTurn(open, request));
  return { ...request, turns };
}

function isCallOrResult({ kind }: Part): boolean {
  return kind === "call" || kind === "result";
}

/** Each result answers the oldest call of its id before it that has none yet: ids come again in long histories. */
function findPairs(turns: readonly Turn[]): Pairs {
  const slots = new Map<CallPart, Slot>();
  const matched = new Set<Part>();
  const waiting = new Map<string, Waiting>();
  for (const part of turns.flatMap(({ parts }) => parts)) {
    if (part.kind === "call") {
      const slot: Slot = { call: part, result: undefined };
      slots.set(part, slot);
      const line = waiting.get(part.callId);
      if (line) line.slots.push(slot);
      else waiting.set(part.callId, { slots: [slot], answered: 0 });
    } else if (part.kind === "result") {
      const line = waiting.get(part.callId);
      const slot = line?.slots[line.answered];
      if (!line || !slot) continue;
      line.answered++;
      slot.result = { ...part, name: slot.call.name };
      matched.add(part);
    }
  }
  return { slots, matched };
}

function resultTurn(open: readonly Slot[], { origin }: GenerationRequest): readonly Turn[] {
  const parts = open.map(({ call, result }) => {
    if (result) return result;
    const param = call.at ?? fieldName(origin, "turns");
    const message = `${param}: the call "${call.callId}" has no result; every call needs one before the conversation goes on.`;
    throw new GatewayError("bad_request", message, { param });
  });
  return parts.length === 0 ? [] : [{ role: "tool", parts }];
}

function withoutResults(
  turn: Turn,
  { matched }: Pairs,
  { origin }: GenerationRequest,
  report: LossReport,
): readonly Turn[] {
  const parts = turn.parts.flatMap((part) => {
    if (part.kind !== "result") return [part];
    if (matched.has(part)) return [];
    const at = part.at ?? turn.at ?? fieldName(origin, "turns");
    report.lose("emulated", at, "a result without its call as text");
    return orphanAsText(part);
  });
  if (parts.length === 0 && turn.parts.length > 0) return [];
  return [turn.role === "tool" ? { ...turn, role: "user", parts } : { ...turn, parts }];
}
