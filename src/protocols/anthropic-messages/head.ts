import { findMember, scanMembers } from "../../base/json-members.ts";
import { type Splice, spliceText } from "../../base/splice.ts";
import { GatewayError } from "../../core/errors.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import type { RequestHead } from "../../core/request-head.ts";
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
import type { PathFacts } from "../protocol.ts";

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
    choices: 1,
    wantsUsage: true,
    previousId: undefined,
    body,
  };
}

export function editAnthropicRequest(head: RequestHead, bytes: Uint8Array, model: string): Splice[] {
  if (model === head.model) return [];
  const member = findMember(scanMembers(bytes), "model");
  return member ? [spliceText(member.valueStart, member.valueEnd, JSON.stringify(model))] : [];
}
