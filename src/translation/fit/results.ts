import type { GenerationRequest, Part, ResultPart, TextPart } from "../../core/generation/request.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import { fieldName } from "../../protocols/field-names.ts";
import type { LossReport } from "../../protocols/translation.ts";
import { mapParts, withTurns } from "./turns.ts";

const MARK = "[tool error]";
/** Results that say by themselves that the tool failed. */
const SAYS_SO = /^\s*(?:\[?tool error|<tool_use_error>|\S*error\b|failed\b|exception\b)/i;

/** Chat and Responses have no flag for a tool that failed: its result says so in words. */
export function fitFailures(
  request: GenerationRequest,
  { protocol }: TargetTraits,
  report: LossReport,
): GenerationRequest {
  if (protocol === "anthropic-messages" || protocol === "gemini") return request;
  const turns = mapParts(request.turns, (part, { at }) => {
    if (part.kind !== "result" || !part.failed) return part;
    report.lose(
      "emulated",
      part.at ?? at ?? fieldName(request.origin, "turns"),
      "a failed call is told in words",
    );
    return inWords(part);
  });
  return withTurns(request, turns);
}

function inWords(result: ResultPart): ResultPart {
  const { failed: _, ...rest } = result;
  const [first, ...others] = result.content;
  if (first?.kind !== "text") return { ...rest, content: [{ kind: "text", text: MARK }, ...result.content] };
  if (SAYS_SO.test(first.text)) return rest;
  return { ...rest, content: [{ ...first, text: `${MARK} ${first.text}` }, ...others] };
}

/** A result whose call is not in the conversation, as the user's words: an invented call would be a lie. */
export function orphanAsText({ callId, name, content }: ResultPart): readonly Part[] {
  const of = name === undefined ? callId : `${name} (${callId})`;
  const label: TextPart = { kind: "text", text: `Result of an earlier tool call, ${of}:` };
  return [label, ...content];
}
