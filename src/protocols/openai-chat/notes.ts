import type { Extensions } from "../../core/generation/node.ts";
import type { GenerationRequest } from "../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import { loseForeign as loseForeignMembers } from "../lose-foreign.ts";
import type { LossReport } from "../translation.ts";
import { type MemberGroup, writtenGroup as writtenMembers } from "../written-groups.ts";

/**
 * How the chat client side notes what it read, and the chat upstream side writes it again: unknown members
 * lie in the extensions under their own names, the written form of known ones under names with a `$`.
 */
const CHAT = "openai-chat";

/** Null, and empty lists and objects: clients send them where they mean nothing. */
function isBlank(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === null || (typeof value === "object" && Object.keys(value as JsonObject).length === 0);
}

/**
 * Members that `known` does not name, to be kept. Blank ones, known or not, are noted apart, since they say
 * nothing; so are those whose name would pass for a note of ours.
 */
export function leftover(object: JsonObject, known: ReadonlySet<string>): Record<string, unknown> {
  const kept: [string, unknown][] = [];
  const blank: [string, unknown][] = [];
  for (const member of Object.entries(object)) {
    const [key, value] = member;
    if (isBlank(value) || key.startsWith("$")) blank.push(member);
    else if (!known.has(key)) kept.push(member);
  }
  if (blank.length > 0) kept.push(["$blank", Object.fromEntries(blank)]);
  // Not by assignment: a member may be called `__proto__`.
  return Object.fromEntries(kept);
}

/** The extensions of a node with these members; none where there is nothing to keep. */
export function extend(kept: JsonObject): { readonly extensions?: Extensions } {
  return Object.keys(kept).length > 0 ? { extensions: { [CHAT]: kept } } : {};
}

/** What the chat client side kept of a node. */
export function keptOf(node: { readonly extensions?: Extensions }): JsonObject {
  return node.extensions?.[CHAT] ?? NOTHING;
}

const NOTHING: JsonObject = {};

/** The members that were kept to be written as they came: blank and unknown ones. */
export function membersOf(kept: JsonObject): Record<string, unknown> {
  if (kept === NOTHING) return {};
  const own = Object.entries(kept).filter(([key]) => !key.startsWith("$"));
  return Object.fromEntries([...Object.entries(asObject(kept.$blank) ?? {}), ...own]);
}

/** Tells of every member that only another protocol has. */
export function loseForeign(extensions: Extensions | undefined, report: LossReport, at = ""): void {
  loseForeignMembers(extensions, CHAT, "no such field in chat", report, at);
}

/** Every member of a chat request that the neutral form understands, but the messages and the tools. */
export const GROUPS = {
  stream: { members: ["stream"], said: (request) => request.stream },
  limit: {
    members: ["max_tokens", "max_completion_tokens"],
    said: (request) => request.outputTokensMax,
  },
  sampling: {
    members: [
      "temperature",
      "top_p",
      "top_k",
      "seed",
      "stop",
      "presence_penalty",
      "frequency_penalty",
      "n",
      "logprobs",
      "top_logprobs",
      "logit_bias",
    ],
    said: (request) => request.sampling,
  },
  reasoning: {
    members: [
      "reasoning_effort",
      "reasoning",
      "include_reasoning",
      "thinking",
      "enable_thinking",
      "thinking_budget",
      "thinking_token_budget",
      "chat_template_kwargs",
      "extra_body",
      "google",
    ],
    said: (request) => request.reasoning,
  },
  format: { members: ["response_format"], said: (request) => request.format },
  verbosity: { members: ["verbosity"], said: (request) => request.verbosity },
  tier: { members: ["service_tier"], said: (request) => request.serviceTier },
  user: { members: ["user", "safety_identifier"], said: (request) => request.user },
  metadata: { members: ["metadata"], said: (request) => request.metadata },
  caching: {
    members: ["prompt_cache_key", "prompt_cache_retention", "cache_control"],
    said: (request) => request.caching,
  },
  store: { members: ["store"], said: (request) => request.state.store },
  modalities: { members: ["modalities"], said: (request) => request.modalities },
  choice: { members: ["tool_choice", "function_call"], said: (request) => request.toolChoice },
  parallel: { members: ["parallel_tool_calls"], said: (request) => request.parallelCalls },
} as const satisfies Record<string, MemberGroup>;

export type GroupName = keyof typeof GROUPS;

export const GROUP_NAMES = Object.keys(GROUPS) as readonly GroupName[];

/** The members of a group as the chat client wrote them, as long as the request still says the same. */
export function writtenGroup(request: GenerationRequest, name: GroupName): JsonObject | undefined {
  return writtenMembers(asObject(request.extensions[CHAT]?.$groups)?.[name], GROUPS[name], request);
}
