import { Raw } from "../../../base/raw-json.ts";
import type { Tool, ToolChoice, WebSearch } from "../../../core/generation/tool.ts";
import type { JsonObject } from "../../../core/json.ts";
import { fitJsonSchema } from "../schema/fit-json-schema.ts";
import { schemaToProto } from "../schema/to-proto.ts";
import { asWritten } from "../written.ts";
import { type Encoding, innerFields, loseForeign, ownFields } from "./encoding.ts";

/** A function's schema in the field that the model knows. */
function parametersOf(encoding: Encoding, { schema }: Tool): JsonObject {
  if (schema === undefined) return {};
  if (encoding.traits.jsonSchema) return { parametersJsonSchema: new Raw(fitJsonSchema(schema).text) };
  const parameters = schemaToProto(schema);
  return parameters ? { parameters } : {};
}

function encodeFunction(encoding: Encoding, tool: Tool): JsonObject {
  return {
    name: tool.name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    ...parametersOf(encoding, tool),
    ...ownFields(tool),
  };
}

/** As the clients who can say it spell it. */
const WISHES: { readonly [Name in keyof Required<WebSearch>]: string } = {
  allowedDomains: "allowed_domains",
  blockedDomains: "blocked_domains",
  usesMax: "max_uses",
  location: "user_location",
};

/** Google's own search for another vendor's; it takes no wishes over the Gemini API. */
function encodeSearch({ report }: Encoding, tool: Tool): JsonObject {
  const wishes = tool.builtin?.search ?? {};
  for (const wish of Object.keys(wishes) as (keyof WebSearch)[]) {
    report.lose(
      "dropped",
      `${tool.at ?? "tools"}.${WISHES[wish]}`,
      "the search of Google takes no such wish",
    );
  }
  return { googleSearch: {} };
}

function encodeBuiltin(encoding: Encoding, tool: Tool): readonly JsonObject[] {
  const { builtin } = tool;
  if (builtin?.protocol === "gemini") return [{ [builtin.type]: new Raw(builtin.raw) }];
  if (builtin?.search) return [encodeSearch(encoding, tool)];
  encoding.report.lose("dropped", tool.at ?? tool.name, "a tool of another vendor");
  return [];
}

/** One entry holds all functions, each tool of Google's own has one. */
export function encodeTools(encoding: Encoding): JsonObject {
  const { request, report } = encoding;
  const as = asWritten(request, "$tools", request.tools);
  if (as) return as;
  for (const tool of request.tools) loseForeign(report, tool.extensions, tool.at);
  const functions = request.tools.filter(({ kind }) => kind !== "builtin");
  const builtins = request.tools.filter(({ kind }) => kind === "builtin");
  const tools = [
    ...(functions.length > 0
      ? [{ functionDeclarations: functions.map((tool) => encodeFunction(encoding, tool)) }]
      : []),
    ...builtins.flatMap((tool) => encodeBuiltin(encoding, tool)),
  ];
  return tools.length > 0 ? { tools } : {};
}

/** `FunctionCallingConfigMode`; VALIDATED may call or not, and keeps to the schemas and names given. */
function callingOf(choice: ToolChoice): JsonObject {
  const named = choice.names?.length ? { allowedFunctionNames: choice.names } : {};
  switch (choice.mode) {
    case "auto":
      return { mode: "AUTO" };
    case "none":
      return { mode: "NONE" };
    case "required":
      return { mode: "ANY" };
    case "one":
      return { mode: "ANY", ...named };
    case "some":
      return { mode: choice.required ? "ANY" : "VALIDATED", ...named };
  }
}

/** Strict functions: Gemini validates all of them or none. */
function strictMode({ request, report }: Encoding): JsonObject {
  const strict = request.tools.filter((tool) => tool.strict === true);
  if (strict.length === 0) return {};
  report.lose("emulated", `${strict[0]?.at ?? "tools"}.strict`, "Gemini keeps to all schemas or to none");
  return { mode: "VALIDATED" };
}

function functionCalling(encoding: Encoding): JsonObject | undefined {
  const { request } = encoding;
  const choice = request.toolChoice;
  loseForeign(encoding.report, choice?.extensions, "tool_choice");
  const calls = choice === undefined || choice.mode === "auto";
  const config = {
    ...(choice ? callingOf(choice) : {}),
    ...(calls ? strictMode(encoding) : {}),
    ...(choice ? ownFields(choice) : {}),
  };
  return Object.keys(config).length > 0 ? config : undefined;
}

/** `toolConfig`; without a function there is nothing to choose, and Google refuses the choice. */
export function encodeToolConfig(encoding: Encoding): JsonObject {
  const { request } = encoding;
  const as = asWritten(request, "$toolConfig", request.toolChoice);
  if (as) return as;
  const own = innerFields(request, "toolConfig");
  const callable = request.tools.some(({ kind }) => kind !== "builtin");
  const calling = callable ? functionCalling(encoding) : undefined;
  const toolConfig = { ...(calling ? { functionCallingConfig: calling } : {}), ...own };
  return Object.keys(toolConfig).length > 0 ? { toolConfig } : {};
}
