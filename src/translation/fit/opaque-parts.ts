import { GatewayError } from "../../core/errors.ts";
import type { GenerationRequest, OpaquePart, Part, Turn } from "../../core/generation/request.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import { asList, asObject, asWord, type JsonObject, ownMember } from "../../core/json.ts";
import { fieldName } from "../../protocols/field-names.ts";
import type { LossReport } from "../../protocols/translation.ts";
import { mapAllParts, withTurns } from "./turns.ts";

/**
 * Parts that only their own protocol can express: those with words become text, the traces of a vendor's
 * own tools in the model's turns are left out, and what a user or a tool says with them is refused.
 * @throws GatewayError `unsupported`
 */
export function fitOpaqueParts(
  request: GenerationRequest,
  traits: TargetTraits,
  report: LossReport,
): GenerationRequest {
  const turns = mapAllParts(request.turns, (part, turn) => {
    const at = part.at ?? turn.at ?? fieldName(request.origin, "turns");
    if (part.kind === "search") {
      report.lose("dropped", at, "the trace of a search that another vendor made");
      return [];
    }
    return part.kind === "opaque" && part.protocol !== traits.protocol
      ? fitOpaque(part, turn, traits, report, at)
      : part;
  });
  return withTurns(request, turns);
}

function fitOpaque(
  part: OpaquePart,
  { role }: Turn,
  { model }: TargetTraits,
  report: LossReport,
  at: string,
): readonly Part[] {
  const raw = asObject(JSON.parse(part.raw)) ?? {};
  const text = ownMember(WORDS, part.type)?.(raw);
  if (text !== undefined) {
    report.lose("emulated", at, `${part.type} as text`);
    return [{ kind: "text", text, ...(part.at === undefined ? {} : { at: part.at }) }];
  }
  if (role === "assistant" && !HOLDS_CONTENT.has(part.type)) {
    report.lose("dropped", at, `${part.type} is of another vendor`);
    return [];
  }
  const message = `${at}: "${part.type}" cannot be told to "${model}", which is of another vendor; send it as text, or ask a model that knows it.`;
  throw new GatewayError("unsupported", message, { param: at });
}

/** Stands for turns of the conversation that are not sent any more: without it the model knows nothing of them. */
const HOLDS_CONTENT: ReadonlySet<string> = new Set(["compaction", "context_compaction"]);

const WORDS: Readonly<Record<string, (raw: JsonObject) => string | undefined>> = {
  search_result: ({ title, source, content }) =>
    [title, source, "", textOf(content)].filter((line) => typeof line === "string").join("\n"),
  /** Claude Code's answer of its tool search; the tool itself is in the same request's list. */
  tool_reference: ({ tool_name }) => `The tool ${asWord(tool_name)} can be called now.`,
  /** In Claude Code's system messages; a tool that one of them defines is among the request's tools. */
  tool_addition: ({ tool }) => `The tool ${changedTool(tool)} can be called now.`,
  tool_removal: ({ tool }) => `The tool ${changedTool(tool)} can no longer be called; do not call it.`,
  compaction: ({ content }) => (typeof content === "string" && content !== "" ? content : undefined),
};

function changedTool(tool: unknown): string {
  const { name, definition, server_name } = asObject(tool) ?? {};
  return asWord(name ?? asObject(definition)?.name ?? server_name);
}

function textOf(content: unknown): string {
  const blocks = asList(content).map((block) => asObject(block)?.text);
  return blocks.filter((text) => typeof text === "string").join("\n");
}
