import type { GenerationRequest, Turn } from "../../../core/generation/request.ts";
import type { Tool } from "../../../core/generation/tool.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import { badField, optionalBoolean, requiredModel } from "../../fields.ts";
import type { DecodeContext } from "../../translation.ts";
import { noteGroups } from "../../written-groups.ts";
import { refuseTopLevel } from "../head.ts";
import { some, wordOf } from "../members.ts";
import { extend, FIELDS, KNOWN_MEMBERS, leftover, RESPONSES } from "../notes.ts";
import {
  readFormat,
  readLimit,
  readReasoningField,
  readSampling,
  readState,
  reasoningExtras,
} from "./fields.ts";
import { type ReadInput, readInput } from "./input.ts";
import { readToolChoice } from "./tool-choice.ts";
import { readToolList } from "./tools.ts";

/**
 * openai `ResponseCreateParams` in the neutral form. Items of the assistant that follow each other are one turn.
 * @throws GatewayError `bad_request` naming the member, `unsupported` for what lives at the vendor
 */
export function decodeRequest(body: JsonObject, context: DecodeContext): GenerationRequest {
  refuseTopLevel(body);
  const input = readInput(body.input, context);
  const tools = allTools(body, input, context);
  const choice = readToolChoice(body.tool_choice, tools);
  const request: GenerationRequest = {
    origin: RESPONSES,
    model: requiredModel(body),
    stream: optionalBoolean(body, "stream"),
    wantsUsage: true,
    turns: [...instructionTurns(body), ...input.turns],
    tools,
    // A summary is asked for, and a call would be no answer to that.
    toolChoice: input.compaction && tools.length > 0 ? { mode: "none" } : choice,
    parallelCalls: typeof body.parallel_tool_calls === "boolean" ? body.parallel_tool_calls : undefined,
    outputTokensMax: readLimit(body),
    sampling: readSampling(body),
    reasoning: readReasoningField(body),
    format: readFormat(body, context),
    verbosity: wordOf(asObject(body.text)?.verbosity),
    serviceTier: wordOf(body.service_tier),
    user: wordOf(body.safety_identifier) ?? wordOf(body.user),
    metadata: asObject(body.metadata),
    caching: {
      ...some("key", wordOf(body.prompt_cache_key)),
      ...some("retention", wordOf(body.prompt_cache_retention)),
    },
    state: readState(body),
    modalities: [],
    extensions: {},
  };
  return { ...request, ...extend(kept(body, request, input, context)) };
}

function instructionTurns(body: JsonObject): Turn[] {
  const { instructions } = body;
  if (instructions === undefined || instructions === null || instructions === "") return [];
  if (typeof instructions !== "string") throw badField("instructions", "must be a string.");
  const at = "instructions";
  return [
    {
      role: "system",
      at,
      parts: [{ kind: "text", at, text: instructions }],
      ...extend({ $instructions: true }),
    },
  ];
}

/** The tools of the body, then those of the input that are not among them. */
function allTools(body: JsonObject, input: ReadInput, context: DecodeContext): Tool[] {
  const tools = readToolList(asList(body.tools), { at: "tools", context });
  const known = new Set(tools.map(fullName));
  for (const tool of input.tools) {
    if (known.has(fullName(tool))) continue;
    known.add(fullName(tool));
    tools.push(tool);
  }
  return tools;
}

function fullName({ namespace = "", name }: Tool): string {
  return `${namespace}/${name}`;
}

/** What is said in other members, or is the default. */
const SILENT: ReadonlySet<string> = new Set([...KNOWN_MEMBERS, "background"]);

function kept(
  body: JsonObject,
  request: GenerationRequest,
  input: ReadInput,
  { raw }: DecodeContext,
): JsonObject {
  const { input: written, ...others } = body;
  const unknown = leftover(others, SILENT);
  if (unknown.truncation === "disabled") delete unknown.truncation;
  return {
    ...unknown,
    ...reasoningExtras(body),
    $body: others,
    $raw: Object.fromEntries(
      Object.entries(others).flatMap(([key, value]) =>
        typeof value === "object" && value !== null ? [[key, raw.of(value)]] : [],
      ),
    ),
    $fields: noteGroups(FIELDS, body, raw, request),
    ...(Array.isArray(written) ? {} : { $input: "input" in body ? (written ?? null) : undefined }),
    ...(input.after.length > 0 ? { $after: input.after } : {}),
    ...(input.compaction ? { $compaction: true } : {}),
  };
}
