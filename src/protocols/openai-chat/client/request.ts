import type { RawIndex } from "../../../base/raw-json.ts";
import { asWritten } from "../../../base/raw-json.ts";
import type { GenerationRequest, Turn } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { optionalBoolean, requiredList, requiredModel } from "../../fields.ts";
import type { DecodeContext } from "../../translation.ts";
import { noteGroups } from "../../written-groups.ts";
import { readOutputLimit } from "../head.ts";
import { extend, GROUP_NAMES, GROUPS, leftover } from "../notes.ts";
import { readMessages } from "./messages.ts";
import { readReasoning, reasoningLeftovers } from "./reasoning.ts";
import {
  isForeignFormat,
  optionalFlag,
  optionalText,
  readCaching,
  readChatSampling,
  readFormat,
  readModalities,
  readScalars,
} from "./settings.ts";
import { readToolChoice, readTools } from "./tools.ts";

const GROUPED = new Set<string>(GROUP_NAMES.flatMap((name) => GROUPS[name].members));

/** Top-level members that a field of the neutral form stands for. */
const KNOWN = new Set<string>([
  "model",
  "messages",
  "system",
  "tools",
  "functions",
  "web_search_options",
  "stream_options",
  ...GROUPED,
]);

/** A `system` beside the messages, which some services document, stands before them all. */
function readSystem(body: JsonObject): Turn[] {
  const text = optionalText(body, "system");
  if (text === undefined) return [];
  return [
    {
      role: "system",
      parts: [{ kind: "text", text, at: "system" }],
      at: "system",
      ...extend({ $content: "string" }),
    },
  ];
}

function wantsUsage(body: JsonObject, stream: boolean): boolean {
  return !stream || asObject(body.stream_options)?.include_usage === true;
}

/** What the neutral form has no field for, and how known fields were written. */
function keepRequest(body: JsonObject, raw: RawIndex): Record<string, unknown> {
  const unknown = leftover(body, KNOWN);
  for (const [key, value] of Object.entries(unknown)) {
    if (!key.startsWith("$")) unknown[key] = asWritten(value, raw);
  }
  const kept = { ...unknown, ...reasoningLeftovers(body) };
  // Groups write their blanks themselves.
  const blank = Object.entries(asObject(kept.$blank) ?? {}).filter(([key]) => !GROUPED.has(key));
  if (blank.length > 0) kept.$blank = Object.fromEntries(blank);
  else delete kept.$blank;
  if (isForeignFormat(body)) kept.response_format = body.response_format;
  if (asObject(body.stream_options)) kept.$stream_options = body.stream_options;
  return kept;
}

/**
 * openai, `ChatCompletionCreateParams`, with the fields that other vendors' chat endpoints add.
 * @throws GatewayError `bad_request` naming the field
 */
export function decodeChatRequest(body: JsonObject, context: DecodeContext): GenerationRequest {
  const stream = optionalBoolean(body, "stream");
  const store = optionalFlag(body, "store");
  const request: GenerationRequest = {
    origin: "openai-chat",
    model: requiredModel(body),
    stream,
    wantsUsage: wantsUsage(body, stream),
    turns: [...readSystem(body), ...readMessages(requiredList(body, "messages"), context)],
    tools: readTools(body, context),
    toolChoice: readToolChoice(body),
    outputTokensMax: readOutputLimit(body),
    sampling: readChatSampling(body),
    reasoning: readReasoning(body),
    format: readFormat(body, context.raw),
    caching: readCaching(body),
    state: store === undefined ? {} : { store },
    modalities: readModalities(body),
    extensions: {},
    ...readScalars(body),
  };
  const $groups = noteGroups(GROUPS, body, context.raw, request);
  return { ...request, extensions: { "openai-chat": { ...keepRequest(body, context.raw), $groups } } };
}
