import type { Tool, ToolChoice } from "../../../core/generation/tool.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { badField } from "../../fields.ts";
import { schemaFromProto } from "../schema/from-proto.ts";
import {
  extended,
  fieldsOf,
  optionalList,
  optionalObject,
  optionalText,
  type Reading,
  rest,
} from "./reading.ts";

const FUNCTION_KNOWN = new Set(["name", "description", "parameters", "parametersJsonSchema"]);

/** Google's own searches of the web, by the field of `Tool` that asks for them. */
const SEARCHES = new Set(["googleSearch", "googleSearchRetrieval", "enterpriseWebSearch"]);

/** `parametersJsonSchema` as it stands, `parameters` (proto) as the JSON Schema it means. */
function schemaOf(reading: Reading, fields: JsonObject): { readonly schema?: string } {
  const { parametersJsonSchema: json, parameters: proto } = fields;
  if (json !== undefined && json !== null) {
    return { schema: typeof json === "object" ? reading.raw.of(json) : JSON.stringify(json) };
  }
  return asObject(proto) ? { schema: JSON.stringify(schemaFromProto(proto)) } : {};
}

function decodeFunction(reading: Reading, value: unknown, at: string): Tool {
  const object = asObject(value);
  if (!object) throw badField(at, "must be an object, one function.");
  const fields = fieldsOf(reading, object);
  const name = optionalText(fields.name, `${at}.name`);
  if (name === undefined || name === "") throw badField(`${at}.name`, "this field is required.");
  const description = optionalText(fields.description, `${at}.description`);
  return {
    kind: "function",
    name,
    ...(description === undefined ? {} : { description }),
    ...schemaOf(reading, fields),
    at,
    ...extended({ ...rest(reading, fields, FUNCTION_KNOWN) }),
  };
}

function decodeBuiltin(reading: Reading, type: string, value: unknown, at: string): Tool {
  const fields = asObject(value);
  const blocked = fields && fieldsOf(reading, fields).excludeDomains;
  const domains = Array.isArray(blocked) ? blocked.filter((domain) => typeof domain === "string") : [];
  const search = domains.length > 0 ? { blockedDomains: domains } : {};
  const raw = typeof value === "object" && value !== null ? reading.raw.of(value) : JSON.stringify(value);
  const builtin = { protocol: "gemini", type, raw, ...(SEARCHES.has(type) ? { search } : {}) } as const;
  return { kind: "builtin", name: type, builtin, at: `${at}.${type}` };
}

/** One entry of `tools` holds functions, tools of Google's own, or both. */
function decodeEntry(reading: Reading, value: unknown, at: string): Tool[] {
  const object = asObject(value);
  if (!object) throw badField(at, "must be an object.");
  return Object.entries(fieldsOf(reading, object)).flatMap(([type, tool]) => {
    if (tool === undefined || tool === null) return [];
    if (type !== "functionDeclarations") return [decodeBuiltin(reading, type, tool, at)];
    const path = `${at}.functionDeclarations`;
    return optionalList(tool, path).map((item, index) => decodeFunction(reading, item, `${path}[${index}]`));
  });
}

export function decodeTools(reading: Reading, value: unknown): Tool[] {
  return optionalList(value, "tools").flatMap((entry, index) =>
    decodeEntry(reading, entry, `tools[${index}]`),
  );
}

const CALLING_KNOWN = new Set(["mode", "allowedFunctionNames"]);

function namesOf(value: unknown): string[] {
  const path = "toolConfig.functionCallingConfig.allowedFunctionNames";
  return optionalList(value, path).map((name) => {
    if (typeof name !== "string") throw badField(path, "must be a list of strings.");
    return name;
  });
}

/** `functionCallingConfig`: ANY must call, VALIDATED may call and keeps to the schemas. */
export function decodeToolChoice(reading: Reading, toolConfig: JsonObject): ToolChoice | undefined {
  const path = "toolConfig.functionCallingConfig";
  const object = optionalObject(toolConfig.functionCallingConfig, path);
  if (!object) return undefined;
  const calling = fieldsOf(reading, object);
  const mode = optionalText(calling.mode, `${path}.mode`)?.toUpperCase() ?? "AUTO";
  const names = namesOf(calling.allowedFunctionNames);
  const own = extended({
    ...rest(reading, calling, CALLING_KNOWN),
    ...(mode === "VALIDATED" ? { mode } : {}),
  });
  return { ...choiceOf(mode, names), ...own };
}

function choiceOf(mode: string, names: readonly string[]): ToolChoice {
  const required = mode === "ANY";
  if (mode === "NONE") return { mode: "none" };
  if (!required && mode !== "AUTO" && mode !== "VALIDATED" && mode !== "MODE_UNSPECIFIED") {
    throw badField("toolConfig.functionCallingConfig.mode", "must be AUTO, ANY, NONE or VALIDATED.");
  }
  if (names.length === 0) return { mode: required ? "required" : "auto" };
  return required && names.length === 1 ? { mode: "one", names } : { mode: "some", names, required };
}

const TOOL_CONFIG_KNOWN = new Set(["functionCallingConfig"]);

/** What else `toolConfig` says, for Gemini alone. */
export function toolConfigRest(reading: Reading, toolConfig: JsonObject): JsonObject {
  return rest(reading, toolConfig, TOOL_CONFIG_KNOWN, "toolConfig");
}
