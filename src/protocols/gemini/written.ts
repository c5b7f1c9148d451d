import type { GenerationRequest } from "../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../core/json.ts";

/** What of a request a Gemini client may write in several ways that mean the same. */
export type WrittenField = "$tools" | "$toolConfig" | "$thinking" | "$format" | "$modalities";

/**
 * How the client wrote something, and what it was read as: as long as that is still what is meant, it is
 * written to Gemini again as the client wrote it (caches of prompts go by bytes).
 */
interface Written {
  readonly fields: JsonObject;
  readonly meant: unknown;
}

export function written(fields: JsonObject, meant: unknown): Written {
  return { fields, meant };
}

/** The fields as the client wrote them, or undefined where something else is meant by now. */
export function asWritten(
  request: GenerationRequest,
  field: WrittenField,
  meant: unknown,
): JsonObject | undefined {
  const note = asObject(request.extensions.gemini?.[field]);
  return note && note.meant === meant ? asObject(note.fields) : undefined;
}
