import { asObject, type JsonObject } from "../../../core/json.ts";
import type { JsonFormat } from "../demo-turn.ts";

/** `response_format` of chat, `text.format` of Responses, `output_config.format` of Anthropic. */
export function readJsonFormat(format: JsonObject | undefined): JsonFormat | undefined {
  if (format?.type === "json_object") return { kind: "object" };
  if (format?.type !== "json_schema") return undefined;
  return { kind: "schema", schema: asObject(format.json_schema)?.schema ?? format.schema };
}
