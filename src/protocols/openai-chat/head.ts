import { findMember, type Member, scanMembers } from "../../base/json-members.ts";
import { type Splice, spliceText } from "../../base/splice.ts";
import { asList, asObject, type JsonObject } from "../../core/json.ts";
import type { RequestHead } from "../../core/request-head.ts";
import { type LimitKeys, lowerLimits, openingOf } from "../edit-limit.ts";
import { editModel } from "../edit-model.ts";
import {
  badField,
  CHOICES_BOUNDS,
  controlledFields,
  controlledMembers,
  OUTPUT_LIMIT_BOUNDS,
  optionalBoolean,
  optionalCount,
  refuseAmbiguous,
  refuseTenantBound,
  requiredList,
  requiredModel,
} from "../fields.ts";
import type { RequestEdits } from "../protocol.ts";

const CONTROLLED = controlledFields([
  "model",
  "stream",
  "stream_options",
  "max_tokens",
  "max_completion_tokens",
  "n",
  "messages",
  "system",
]);

function refuseFiles(messages: readonly unknown[]): void {
  for (const [index, message] of messages.entries()) {
    for (const [part, block] of asList(asObject(message)?.content).entries()) {
      if (asObject(asObject(block)?.file)?.file_id === undefined) continue;
      throw refuseTenantBound(
        `messages[${index}].content[${part}].file.file_id`,
        "send the file's content as file_data.",
      );
    }
  }
}

/** The larger of the two limits: which one an upstream heeds differs, and a hold must cover both. */
export function readOutputLimit(body: JsonObject): number | undefined {
  const legacy = optionalCount(body, "max_tokens", OUTPUT_LIMIT_BOUNDS);
  const current = optionalCount(body, "max_completion_tokens", OUTPUT_LIMIT_BOUNDS);
  if (legacy === undefined || current === undefined) return current ?? legacy;
  return Math.max(legacy, current);
}

const CONTROLLED_OPTIONS = controlledFields(["include_usage"]);

/** Whether the client asked for the usage chunk; billing sets the field, so it must be plain which one counts. */
export function readWantsUsage(body: JsonObject, bytes: Uint8Array, members: readonly Member[]): boolean {
  const options = body.stream_options;
  if (options === undefined || options === null) return false;
  const fields = asObject(options);
  if (!fields) throw badField("stream_options", "must be an object.");
  const member = findMember(members, "stream_options");
  if (member) refuseAmbiguous(scanMembers(bytes, member.valueStart), CONTROLLED_OPTIONS, "stream_options.");
  return optionalBoolean(fields, "include_usage");
}

export function readChatHead(body: JsonObject, bytes: Uint8Array): RequestHead {
  const members = controlledMembers(bytes, CONTROLLED);
  const model = requiredModel(body);
  refuseFiles(requiredList(body, "messages"));
  if (body.system !== undefined && typeof body.system !== "string") {
    throw badField("system", "must be a string; it becomes the first system message.");
  }
  const stream = optionalBoolean(body, "stream");
  return {
    model,
    stream,
    outputTokensMax: readOutputLimit(body),
    choices: optionalCount(body, "n", CHOICES_BOUNDS) ?? 1,
    wantsUsage: !stream || readWantsUsage(body, bytes, members),
    previousId: undefined,
    body,
  };
}

/** Asks for the usage chunk when the client did not: billing needs it. */
function editUsage(members: readonly Member[], head: RequestHead, bytes: Uint8Array): Splice[] {
  if (!head.stream || head.wantsUsage) return [];
  const options = findMember(members, "stream_options");
  if (!options) {
    const model = findMember(members, "model");
    return model
      ? [spliceText(model.keyStart, model.keyStart, '"stream_options":{"include_usage":true},')]
      : [];
  }
  if (head.body.stream_options === null) {
    return [spliceText(options.valueStart, options.valueEnd, '{"include_usage":true}')];
  }
  const inner = scanMembers(bytes, options.valueStart);
  const include = findMember(inner, "include_usage");
  if (include) return [spliceText(include.valueStart, include.valueEnd, "true")];
  const comma = inner.length > 0 ? "," : "";
  return [spliceText(options.valueStart + 1, options.valueStart + 1, `"include_usage":true${comma}`)];
}

/** From a member to its neighbour, with the comma between: what must go for the object to stay valid. */
function memberSpan(members: readonly Member[], member: Member): { start: number; end: number } {
  const at = members.indexOf(member);
  const next = members[at + 1];
  if (next) return { start: member.keyStart, end: next.keyStart };
  const before = members[at - 1];
  return {
    start: before ? before.valueEnd : member.keyStart,
    end: member.valueEnd,
  };
}

/** A top-level `system` (some services document it) becomes the first message, its bytes kept. */
function editSystem(members: readonly Member[], bytes: Uint8Array): Splice[] {
  const system = findMember(members, "system");
  const messages = findMember(members, "messages");
  if (!system || !messages) return [];
  const text = new TextDecoder().decode(bytes.subarray(system.valueStart, system.valueEnd));
  const empty = /^\[\s*\]$/.test(
    new TextDecoder().decode(bytes.subarray(messages.valueStart, messages.valueEnd)),
  );
  const first = `{"role":"system","content":${text}}${empty ? "" : ","}`;
  const { start, end } = memberSpan(members, system);
  return [
    { start, end, bytes: new Uint8Array(0) },
    spliceText(messages.valueStart + 1, messages.valueStart + 1, first),
  ];
}

function editLimit({ body }: RequestHead, bytes: Uint8Array, edits: RequestEdits): Splice[] {
  const { outputTokensMax, completionTokensField } = edits;
  if (outputTokensMax === undefined) return [];
  const keys: LimitKeys =
    completionTokensField === true
      ? ["max_completion_tokens", "max_tokens"]
      : ["max_tokens", "max_completion_tokens"];
  return lowerLimits(bytes, openingOf(bytes), body, keys, outputTokensMax);
}

export function editChatRequest(head: RequestHead, bytes: Uint8Array, edits: RequestEdits): Splice[] {
  const { model, outputTokensMax } = edits;
  const untouched =
    model === head.model && (!head.stream || head.wantsUsage) && head.body.system === undefined;
  if (untouched && outputTokensMax === undefined) return [];
  const members = scanMembers(bytes);
  return [
    ...editLimit(head, bytes, edits),
    ...editModel(head, bytes, edits, members),
    ...editUsage(members, head, bytes),
    ...(head.body.system === undefined ? [] : editSystem(members, bytes)),
  ];
}
