import { Raw } from "../../../base/raw-json.ts";
import type { GenerationRequest } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { fieldName } from "../../field-names.ts";
import type { EncodeContext } from "../../translation.ts";
import {
  FIELDS,
  type FieldGroup,
  KNOWN_MEMBERS,
  keptOf,
  loseForeign,
  RESPONSES,
  writtenField,
} from "../notes.ts";
import { WRITERS } from "./fields.ts";
import { writeConversation } from "./input.ts";
import { writeTools } from "./tools.ts";

const GROUPS = Object.keys(FIELDS) as readonly FieldGroup[];

/**
 * openai `ResponseCreateParams`. What the client wrote in this protocol is written as it stood, as long as the
 * request still says the same.
 * @throws GatewayError `unsupported` for what would change the meaning
 */
export function encodeRequest(request: GenerationRequest, context: EncodeContext): JsonObject {
  const fields = GROUPS.map((group) => writtenField(request, group) ?? WRITERS[group](request, context));
  if (request.origin !== RESPONSES) reportLosses(request, context);
  return Object.assign(
    { model: context.traits.model },
    ownMembers(request),
    writeConversation(request, context),
    writeTools(request, context),
    ...fields,
  );
}

/** Members that only this protocol has, as its client wrote them. */
function ownMembers(request: GenerationRequest): JsonObject {
  const { $body, $raw } = keptOf(request);
  const sources = asObject($raw) ?? {};
  const members: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(asObject($body) ?? {})) {
    if (KNOWN_MEMBERS.has(key)) continue;
    const source = sources[key];
    members[key] = typeof source === "string" ? new Raw(source) : value;
  }
  return members;
}

function reportLosses(request: GenerationRequest, { report }: EncodeContext): void {
  const { origin, modalities, caching } = request;
  loseForeign(request, report);
  if (modalities.some((kind) => kind !== "text")) {
    report.lose("dropped", fieldName(origin, "modalities"), "answers are text there");
  }
  if (caching.mark || caching.content !== undefined) {
    report.lose("dropped", fieldName(origin, "caching"), "no such cache in the Responses API");
  }
}
