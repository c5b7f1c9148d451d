import type { JsonObject } from "../../core/json.ts";
import type { RequestHead } from "../../core/request-head.ts";
import {
  badField,
  CHOICES_BOUNDS,
  controlledFields,
  controlledMembers,
  OUTPUT_LIMIT_BOUNDS,
  optionalBoolean,
  optionalCount,
  requiredModel,
} from "../fields.ts";
import { editChatRequest, readWantsUsage } from "../openai-chat/head.ts";
import { chatTap } from "../openai-chat/tap.ts";
import type { ProtocolCodec } from "../protocol.ts";
import { keyMarker, stringBytes } from "../text-bytes.ts";

const CONTROLLED = controlledFields([
  "model",
  "stream",
  "stream_options",
  "max_tokens",
  "n",
  "best_of",
  "prompt",
]);

/** Zero scores a prompt that is echoed. */
const LIMIT_BOUNDS = { ...OUTPUT_LIMIT_BOUNDS, min: 0 };

/** OpenAI's default where the field is absent (openai, `CompletionCreateParams.max_tokens`). */
export const OUTPUT_TOKENS_DEFAULT = 16;

/** A prompt is a string, a list of strings, a list of token numbers, or a list of such lists. */
function countPrompts(body: JsonObject): number {
  const { prompt } = body;
  if (typeof prompt === "string") return 1;
  if (prompt === undefined)
    throw badField("prompt", "this field is required: a string or a list of strings.");
  if (!Array.isArray(prompt)) throw badField("prompt", "must be a string or a list of strings.");
  if (prompt.length === 0) throw badField("prompt", "the list is empty; give at least one prompt.");
  if (prompt.every((item) => typeof item === "number")) return 1;
  if (prompt.every((item) => typeof item === "string" || Array.isArray(item))) return prompt.length;
  throw badField("prompt", "must be a string, a list of strings, or lists of token numbers.");
}

function readHead(body: JsonObject, bytes: Uint8Array): RequestHead {
  const members = controlledMembers(bytes, CONTROLLED);
  const model = requiredModel(body);
  const stream = optionalBoolean(body, "stream");
  const n = optionalCount(body, "n", CHOICES_BOUNDS) ?? 1;
  const bestOf = optionalCount(body, "best_of", CHOICES_BOUNDS) ?? 1;
  return {
    model,
    stream,
    outputTokensMax: optionalCount(body, "max_tokens", LIMIT_BOUNDS) ?? OUTPUT_TOKENS_DEFAULT,
    choices: countPrompts(body) * Math.max(n, bestOf),
    wantsUsage: !stream || readWantsUsage(body, bytes, members),
    previousId: undefined,
    body,
  };
}

const TEXT_KEYS = [keyMarker("text")];

export const openaiCompletions: ProtocolCodec = {
  id: "openai-completions",
  dialect: "openai",
  // Reports, terminator and errors are chat's; only the visible output stands under another key.
  tap: {
    ...chatTap,
    glance(state, events) {
      state.textBytes += stringBytes(events, TEXT_KEYS);
    },
  },
  modelPaths: [["model"]],
  readHead,
  editRequest(head, bytes, edits) {
    // `system` means nothing here, so the chat edits reduce to the model's name and the usage chunk.
    const { system: _, ...body } = head.body;
    return editChatRequest({ ...head, body }, bytes, edits);
  },
};
