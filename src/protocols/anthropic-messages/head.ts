import { scanMembers } from "../../base/json-members.ts";
import type { Splice } from "../../base/splice.ts";
import { GatewayError } from "../../core/errors.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import type { RequestHead } from "../../core/request-head.ts";
import { lastMember, lowerLimits, openingOf, replaceValue } from "../edit-limit.ts";
import { editModel } from "../edit-model.ts";
import {
  badField,
  controlledFields,
  controlledMembers,
  OUTPUT_LIMIT_BOUNDS,
  optionalBoolean,
  optionalCount,
  refuseTenantBound,
  requiredList,
  requiredModel,
  walkParts,
} from "../fields.ts";
import type { PathFacts, RequestEdits } from "../protocol.ts";

const CONTROLLED = controlledFields(["model", "stream", "max_tokens", "messages", "thread", "container"]);

/**
 * The newest SDK keeps conversations in the vendor's account (`thread`); this answer makes it
 * send its whole history instead (@anthropic-ai/sdk 1.x, `thread_unsupported_request`).
 */
export function refuseThread(body: JsonObject): void {
  if (body.thread === undefined || body.thread === null) return;
  throw new GatewayError(
    "thread_unsupported",
    "thread: conversations kept by the vendor are not served here; send the whole history in messages.",
    { param: "thread" },
  );
}

/** Files may stand in a block's source, and blocks in tool results and in documents made of blocks. */
function refuseFile(block: JsonObject, path: string): Record<string, unknown> {
  const source = asObject(block.source);
  if (source?.type === "file" || block.type === "container_upload") {
    throw refuseTenantBound(path, "send the file's content as base64.");
  }
  return { content: block.content, "source.content": source?.content };
}

export function readAnthropicHead(body: JsonObject, bytes: Uint8Array, path: PathFacts): RequestHead {
  controlledMembers(bytes, CONTROLLED);
  const model = requiredModel(body);
  refuseThread(body);
  if (typeof body.container === "string" || asObject(body.container)?.id) {
    throw refuseTenantBound("container", "leave it out, and a new one is made.");
  }
  walkParts(requiredList(body, "messages"), { path: "messages", depth: 0 }, refuseFile);
  const limit = optionalCount(body, "max_tokens", OUTPUT_LIMIT_BOUNDS);
  if (limit === undefined && path.operation === "generate") {
    throw badField("max_tokens", "this field is required: the most tokens that the answer may have.");
  }
  return {
    model,
    stream: path.operation === "generate" && optionalBoolean(body, "stream"),
    outputTokensMax: limit,
    ...(budgetOf(body) === undefined ? {} : { outputTokensLeast: BUDGET_TOKENS_LEAST + ANSWER_TOKENS }),
    choices: 1,
    wantsUsage: true,
    previousId: undefined,
    body,
  };
}

/** Less than this Anthropic refuses (`thinking.budget_tokens`). */
const BUDGET_TOKENS_LEAST = 1_024;
/** What is left for the answer beside a budget that was lowered. */
const ANSWER_TOKENS = 16;

function budgetOf(body: JsonObject): number | undefined {
  const thinking = asObject(body.thinking);
  const budget = thinking?.type === "enabled" ? thinking.budget_tokens : undefined;
  return typeof budget === "number" ? budget : undefined;
}

/** A budget must lie below the limit: Claude Code sends the limit less one. */
function lowerBudget(body: JsonObject, bytes: Uint8Array, limit: number): Splice[] {
  const budget = budgetOf(body);
  if (budget === undefined || budget < limit) return [];
  const thinking = lastMember(scanMembers(bytes), "thinking");
  const member = thinking && lastMember(scanMembers(bytes, thinking.valueStart), "budget_tokens");
  return member ? [replaceValue(member, Math.max(BUDGET_TOKENS_LEAST, limit - ANSWER_TOKENS))] : [];
}

export function editAnthropicRequest(head: RequestHead, bytes: Uint8Array, edits: RequestEdits): Splice[] {
  const { outputTokensMax } = edits;
  const splices = editModel(head, bytes, edits);
  if (outputTokensMax === undefined) return splices;
  splices.push(...lowerLimits(bytes, openingOf(bytes), head.body, ["max_tokens"], outputTokensMax));
  splices.push(...lowerBudget(head.body, bytes, outputTokensMax));
  return splices;
}
