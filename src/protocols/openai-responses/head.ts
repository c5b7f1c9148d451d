import type { Splice } from "../../base/splice.ts";
import { asList, asObject, type JsonObject } from "../../core/json.ts";
import type { RequestHead } from "../../core/request-head.ts";
import { lowerLimits, openingOf } from "../edit-limit.ts";
import { editModel } from "../edit-model.ts";
import {
  badField,
  controlledFields,
  controlledMembers,
  OUTPUT_LIMIT_BOUNDS,
  optionalBoolean,
  optionalCount,
  refuseTenantBound,
  requiredModel,
  walkParts,
} from "../fields.ts";
import type { RequestEdits } from "../protocol.ts";

const TENANT_BOUND: Record<string, string> = {
  conversation: "send the whole input.",
  prompt: "send instructions and input.",
  background: "leave it out, and read the answer as a stream.",
};

const CONTROLLED = controlledFields([
  "model",
  "stream",
  "max_output_tokens",
  "previous_response_id",
  "input",
  ...Object.keys(TENANT_BOUND),
]);

/** @throws GatewayError `unsupported` for members whose state lives at the vendor */
export function refuseTopLevel(body: JsonObject): void {
  for (const [key, mend] of Object.entries(TENANT_BOUND)) {
    if (body[key] !== undefined && body[key] !== null && body[key] !== false) {
      throw refuseTenantBound(key, mend);
    }
  }
}

/** Files stand in messages, in outputs of tools, and in the screenshot of a computer call. */
function refuseItem(item: JsonObject, path: string): Record<string, unknown> {
  const owner = item.file_id === undefined || item.file_id === null ? asObject(item.output) : item;
  if (owner?.file_id !== undefined && owner.file_id !== null) {
    throw refuseTenantBound(
      owner === item ? `${path}.file_id` : `${path}.output.file_id`,
      "send the content as data.",
    );
  }
  return { content: item.content, output: item.output };
}

/** openai `ResponseInputItem.ItemReference`; it may leave its type out, as a message may, which has a role. */
function isReference(item: JsonObject): boolean {
  return item.type === "item_reference" || ((item.type ?? null) === null && item.role === undefined);
}

/** @throws GatewayError `bad_request` for one without an id */
function readReferences(input: unknown): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const [index, value] of asList(input).entries()) {
    const item = asObject(value);
    if (!item || !isReference(item)) continue;
    if (typeof item.id !== "string") throw badField(`input[${index}].id`, "must be the id of an item.");
    found.set(index, item.id);
  }
  return found;
}

function refuseTools(tools: unknown): void {
  for (const [index, tool] of asList(tools).entries()) {
    const fields = asObject(tool);
    if (fields?.vector_store_ids !== undefined) {
      throw refuseTenantBound(`tools[${index}].vector_store_ids`, "send the text in the input.");
    }
    const container = asObject(fields?.container);
    if (typeof fields?.container === "string" || container?.file_ids !== undefined) {
      throw refuseTenantBound(`tools[${index}].container`, 'write {"type":"auto"}.');
    }
    if (asObject(fields?.environment)?.container_id !== undefined) {
      throw refuseTenantBound(`tools[${index}].environment`, 'write {"type":"container_auto"}.');
    }
    if (asObject(fields?.input_image_mask)?.file_id !== undefined) {
      throw refuseTenantBound(`tools[${index}].input_image_mask.file_id`, "send image_url with the data.");
    }
  }
}

function readPrevious(body: JsonObject): string | undefined {
  const id = body.previous_response_id;
  if (id === undefined || id === null) return undefined;
  if (typeof id !== "string") throw badField("previous_response_id", "must be the id of a response.");
  return id;
}

export function readResponsesHead(body: JsonObject, bytes: Uint8Array): RequestHead {
  controlledMembers(bytes, CONTROLLED);
  const model = requiredModel(body);
  refuseTopLevel(body);
  walkParts(body.input, { path: "input", depth: 0 }, refuseItem);
  refuseTools(body.tools);
  if (body.input !== undefined && typeof body.input !== "string" && !Array.isArray(body.input)) {
    throw badField("input", "must be a string or a list of items.");
  }
  const references = readReferences(body.input);
  return {
    model,
    stream: optionalBoolean(body, "stream"),
    outputTokensMax: optionalCount(body, "max_output_tokens", OUTPUT_LIMIT_BOUNDS),
    choices: 1,
    wantsUsage: true,
    previousId: readPrevious(body),
    ...(references.size > 0 ? { references } : {}),
    body,
  };
}

export function editResponsesRequest(head: RequestHead, bytes: Uint8Array, edits: RequestEdits): Splice[] {
  const { outputTokensMax } = edits;
  const splices = editModel(head, bytes, edits);
  if (outputTokensMax === undefined) return splices;
  const limits = lowerLimits(bytes, openingOf(bytes), head.body, ["max_output_tokens"], outputTokensMax);
  return [...splices, ...limits];
}
