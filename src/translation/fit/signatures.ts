import type { Node, Signature } from "../../core/generation/node.ts";
import type { GenerationRequest, Part, ReasoningPart, Turn } from "../../core/generation/request.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import { fieldName } from "../../protocols/field-names.ts";
import type { LossReport } from "../../protocols/translation.ts";
import { mapAllParts, mapItems, reasoningText, withTurns } from "./turns.ts";

/** Vendors that seal their models' thinking: without their signature it cannot be sent back to them. */
const SEALING: ReadonlySet<string> = new Set(["anthropic", "openai", "google"]);

/**
 * Leaves the opaque state that the target can read (PROTOCOLS.md 1.5c), and of the reasoning what the
 * target may see again. Reasoning never becomes visible text.
 */
export function fitSignatures(
  request: GenerationRequest,
  traits: TargetTraits,
  report: LossReport,
): GenerationRequest {
  const carried = new Map<string, Signature>();
  const judge = request.origin === traits.protocol ? judgeOwn : judgeForeign;
  const fallback = fieldName(request.origin, "turns");
  const settled = mapAllParts(request.turns, (part) => takeCarried(withWords(part), carried));
  const late = lastAnswer(settled);
  const turns = mapAllParts(settled, (part, turn) => {
    const { at = fallback } = turn;
    const signed = giveCarried(part, carried);
    if (signed.kind !== "reasoning") return withReadable(signed, traits, report, at);
    const isTold = late.has(turn) || !isUnread(signed, traits);
    return judge(signed, traits, isTold ? report : UNTOLD, signed.at ?? at) ?? [];
  });
  return withTurns(
    request,
    mapItems(turns, (turn) => withReadable(turn, traits, report, fallback)),
  );
}

/** The model's last turns, which no request before this one had. */
function lastAnswer(turns: readonly Turn[]): ReadonlySet<Turn> {
  const end = turns.findLastIndex(({ role }) => role === "assistant");
  const begin = turns.findLastIndex(({ role }, at) => at < end && role !== "assistant");
  return new Set(turns.slice(begin + 1, end + 1));
}

/**
 * Google's models think anew and read signatures alone: to say of every thought again, in each later request, that
 * its words were left out would tell of nothing that is lost.
 */
function isUnread({ signature }: ReasoningPart, { vendor }: TargetTraits): boolean {
  return vendor === "google" && (signature === undefined || signature.by === "gateway");
}

const UNTOLD: LossReport = { lose: () => undefined };

/** Thinking that the client was not to see comes back without its words: they travelled with its signature. */
function withWords(part: Part): Part {
  if (part.kind !== "reasoning" || part.signature?.text === undefined) return part;
  const { text, ...signature } = part.signature;
  return reasoningText(part) === "" ? { ...part, text, signature } : part;
}

/** A call's signature may have travelled in a thinking block; one that only carried it was never a thought. */
function takeCarried(part: Part, carried: Map<string, Signature>): Part | readonly Part[] {
  const callId = part.kind === "reasoning" ? part.signature?.callId : undefined;
  if (part.kind !== "reasoning" || !part.signature || callId === undefined) return part;
  carried.set(callId, part.signature);
  // The words are a model's own, though nobody signed them.
  return reasoningText(part) === "" ? [] : { ...part, signature: { value: "", by: "gateway" } };
}

function giveCarried(part: Part, carried: ReadonlyMap<string, Signature>): Part {
  const signature = part.kind === "call" && !part.signature ? carried.get(part.callId) : undefined;
  return signature ? { ...part, signature } : part;
}

function isReadable(signature: Signature, traits: TargetTraits): boolean {
  if (signature.by !== traits.vendor) return false;
  if (signature.by === "google") return isSameGeneration(signature.model, traits.model);
  // OpenAI binds encrypted reasoning to the organisation.
  return signature.by !== "openai" || signature.scope === undefined || signature.scope === traits.scope;
}

/** Google wants the signatures of an older generation left out as if another vendor's model had made the call. */
function isSameGeneration(one: string | undefined, other: string): boolean {
  const [a, b] = [one, other].map((model) => /gemini-(\d+)/.exec(model ?? "")?.[1]);
  return a === undefined || b === undefined || a === b;
}

const FOREIGN_STATE = "opaque state that the target cannot read";
const FOREIGN_THOUGHT = "reasoning that the target cannot take back";

function withReadable<N extends Node>(node: N, traits: TargetTraits, report: LossReport, at: string): N {
  const { signature } = node;
  if (!signature || isReadable(signature, traits)) return node;
  if (signature.by !== "gateway") report.lose("dropped", node.at ?? at, FOREIGN_STATE);
  const { signature: _, ...bare } = node;
  return bare as N;
}

/** Among peers of one protocol only what others made is taken out: the rest is the client's own affair. */
function judgeOwn(
  part: ReasoningPart,
  traits: TargetTraits,
  report: LossReport,
  at: string,
): ReasoningPart | undefined {
  if (!part.signature || isReadable(part.signature, traits)) return part;
  return judgeForeign(part, traits, report, at);
}

function judgeForeign(
  part: ReasoningPart,
  traits: TargetTraits,
  report: LossReport,
  at: string,
): ReasoningPart | undefined {
  const { signature } = part;
  if (signature && isReadable(signature, traits) && hasPlace(traits)) return part;
  if (SEALING.has(traits.vendor)) {
    report.lose("dropped", at, FOREIGN_THOUGHT);
    return undefined;
  }
  // The model's maker wants it left out: nothing is lost.
  if (traits.replayReasoning === "forbidden") return undefined;
  const text = openText(part);
  const own = signature === undefined || signature.by === "gateway";
  if (text !== "" && (own || traits.replayReasoning === "required")) return asText(part, text);
  if (text !== "" || !own) report.lose("dropped", at, FOREIGN_THOUGHT);
  return undefined;
}

/** OpenAI's own chat takes no reasoning back; servers before it (OpenRouter) have a list for opaque state. */
function hasPlace({ protocol, vendor, reasoningField }: TargetTraits): boolean {
  return protocol !== "openai-chat" || vendor !== "openai" || reasoningField === "reasoning";
}

/** Where a client was not to see the reasoning, our own envelope carried its words (restore/hide-reasoning.ts). */
function openText(part: ReasoningPart): string {
  const text = reasoningText(part);
  return text === "" && part.signature?.by === "gateway" ? part.signature.value : text;
}

function asText(part: ReasoningPart, text: string): ReasoningPart {
  const { signature: _, summary: __, id: ___, ...bare } = part;
  return { ...bare, text };
}
