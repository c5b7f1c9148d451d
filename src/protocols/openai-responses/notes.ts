import type { Extensions, RawJson } from "../../core/generation/node.ts";
import type { GenerationRequest } from "../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import { loseForeign as loseForeignMembers } from "../lose-foreign.ts";
import type { LossReport } from "../translation.ts";
import { type MemberGroup, writtenGroup } from "../written-groups.ts";

/**
 * What the client side keeps of a request beside the neutral form, in the extensions of its nodes, and the
 * upstream side writes again where the request goes on in the Responses API:
 *
 * - `$item` on a turn, or on the first part that an item of the assistant became: the item's source text; ""
 *   on the item's other parts. `$before` on a turn, `$after` on the request: items that became no turn.
 * - `$entry` on a tool: the source text of its entry in `tools`; "" where an earlier tool or an item has it.
 * - `$body` on the request: the body's members but `input`. `$fields`: see `noteGroups`.
 * - `$compaction` on the request: the answer shall be one compaction item.
 *
 * Members that the neutral form does not understand lie under their own names, for the report of losses.
 */
export const RESPONSES = "openai-responses";

/** Written by Codex and SDKs for the vendor's own telemetry; nothing that a model sees. */
const TELEMETRY = new Set([
  "client_metadata",
  "stream_options",
  "internal_chat_message_metadata_passthrough",
]);

/** Members that `known` does not name and that say something: no nulls. */
export function leftover(object: JsonObject, known: ReadonlySet<string>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) {
    if (value !== null && !known.has(key) && !TELEMETRY.has(key)) kept[key] = value;
  }
  return kept;
}

/** The extensions of a node with these members; none where there is nothing to keep. */
export function extend(kept: JsonObject): { readonly extensions?: Extensions } {
  return Object.keys(kept).length > 0 ? { extensions: { [RESPONSES]: kept } } : {};
}

interface Noted {
  readonly extensions?: Extensions;
}

export function keptOf(node: Noted): JsonObject {
  return node.extensions?.[RESPONSES] ?? {};
}

/** The node with one more note. */
export function withNote<Kind extends Noted>(node: Kind, key: string, value: unknown): Kind {
  return { ...node, extensions: { ...node.extensions, [RESPONSES]: { ...keptOf(node), [key]: value } } };
}

/** A note that is source text: `$item`, `$entry`. */
export function textNote(node: Noted, key: string): RawJson | undefined {
  const note = keptOf(node)[key];
  return typeof note === "string" ? note : undefined;
}

/** Tells of every member that only another protocol has. */
export function loseForeign(node: Noted, report: LossReport, at = ""): void {
  loseForeignMembers(node.extensions, RESPONSES, "no such field in the Responses API", report, at);
}

/** Every member of a request that the neutral form understands, but instructions, input and tools. */
export const FIELDS = {
  stream: { members: ["stream"], said: (request) => request.stream },
  limit: { members: ["max_output_tokens"], said: (request) => request.outputTokensMax },
  sampling: { members: ["temperature", "top_p", "top_logprobs"], said: (request) => request.sampling },
  reasoning: { members: ["reasoning"], said: (request) => request.reasoning },
  text: { members: ["text"], said: (request) => [request.format, request.verbosity] },
  choice: { members: ["tool_choice"], said: (request) => request.toolChoice },
  parallel: { members: ["parallel_tool_calls"], said: (request) => request.parallelCalls },
  tier: { members: ["service_tier"], said: (request) => request.serviceTier },
  user: { members: ["user", "safety_identifier"], said: (request) => request.user },
  metadata: { members: ["metadata"], said: (request) => request.metadata },
  caching: {
    members: ["prompt_cache_key", "prompt_cache_retention"],
    said: (request) => request.caching,
  },
  state: {
    members: ["previous_response_id", "store", "include", "background", "conversation"],
    said: (request) => request.state,
  },
} as const satisfies Record<string, MemberGroup>;

export type FieldGroup = keyof typeof FIELDS;

/** The members that the neutral form understands. */
export const KNOWN_MEMBERS: ReadonlySet<string> = new Set([
  "model",
  "input",
  "instructions",
  "tools",
  ...Object.values(FIELDS).flatMap((field) => [...field.members]),
]);

/** The members of a group as the client wrote them; undefined where the request says something else by now. */
export function writtenField(request: GenerationRequest, group: FieldGroup): JsonObject | undefined {
  return writtenGroup(asObject(keptOf(request).$fields)?.[group], FIELDS[group], request);
}
