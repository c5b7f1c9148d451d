import type { GenerationRequest } from "../../../core/generation/request.ts";
import type { Tool, ToolChoice } from "../../../core/generation/tool.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { badField, refuseTenantBound } from "../../fields.ts";
import type { DecodeContext } from "../../translation.ts";
import { present, REQUEST_FIELDS } from "../fields.ts";
import { written } from "../written.ts";
import { type DecodedConfig, decodeConfig } from "./config.ts";
import { decodeContents, decodeSystem } from "./contents.ts";
import { fieldsOf, kept, optionalObject, optionalText, type Reading, rest } from "./reading.ts";
import { decodeToolChoice, decodeTools, toolConfigRest } from "./tools.ts";

/** Counting tokens may wrap the request that it counts. */
function requestFields(reading: Reading, body: JsonObject): JsonObject {
  const fields = fieldsOf(reading, body);
  const wrapped = asObject(fields.generateContentRequest);
  return wrapped ? fieldsOf(reading, wrapped) : fields;
}

function checkServed(fields: JsonObject): readonly unknown[] {
  const { contents, cachedContent } = fields;
  if (cachedContent !== undefined && cachedContent !== null) {
    const mend = "send the whole contents; repeated prefixes are cached by themselves.";
    throw refuseTenantBound("cachedContent", mend);
  }
  if (!Array.isArray(contents)) throw badField("contents", "this field is required and must be a list.");
  return contents;
}

/** A request may name its model once more, with the collection's prefix or without. */
function modelPrefix(model: unknown): string | undefined {
  if (typeof model !== "string") return undefined;
  return model.startsWith("models/") ? "models/" : "";
}

interface DecodedTools {
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice | undefined;
  readonly notes: JsonObject;
}

function decodeToolFields(reading: Reading, fields: JsonObject): DecodedTools {
  const tools = decodeTools(reading, fields.tools);
  const object = optionalObject(fields.toolConfig, "toolConfig");
  const toolConfig = object && fieldsOf(reading, object);
  const toolChoice = toolConfig && decodeToolChoice(reading, toolConfig);
  const notes = {
    ...(fields.tools === undefined ? {} : { $tools: written({ tools: kept(reading, fields.tools) }, tools) }),
    ...(object ? { $toolConfig: written({ toolConfig: kept(reading, object) }, toolChoice) } : {}),
    ...(toolConfig ? toolConfigRest(reading, toolConfig) : {}),
  };
  return { tools, toolChoice, notes };
}

function configNotes({
  written: notes,
  reasoning,
  format,
  modalities,
  rest: others,
}: DecodedConfig): JsonObject {
  return {
    ...(notes.thinking ? { $thinking: written(notes.thinking, reasoning) } : {}),
    ...(notes.format ? { $format: written(notes.format, format) } : {}),
    ...(notes.modalities ? { $modalities: written(notes.modalities, modalities) } : {}),
    ...others,
  };
}

/**
 * `GenerateContentRequest` of Google's REST API (v1beta), and what `:countTokens` takes. The model and
 * streaming stand in the path.
 */
export function decodeRequest(body: JsonObject, context: DecodeContext): GenerationRequest {
  const reading: Reading = {
    raw: context.raw,
    spelling: {},
    calls: [],
    unseal: (text) => context.unseal(text),
  };
  const fields = requestFields(reading, body);
  const contents = checkServed(fields);
  const { tools, toolChoice, notes } = decodeToolFields(reading, fields);
  const config = decodeConfig(reading, fields.generationConfig);
  const turns = [...decodeSystem(reading, fields.systemInstruction), ...decodeContents(reading, contents)];
  const { model, stream } = context.path;
  const gemini = present({
    ...rest(reading, fields, REQUEST_FIELDS),
    ...notes,
    ...configNotes(config),
    $config: fields.generationConfig === undefined ? undefined : true,
    $model: modelPrefix(fields.model),
    $spelling: Object.keys(reading.spelling).length > 0 ? reading.spelling : undefined,
  });
  return {
    origin: "gemini",
    model: model ?? "",
    stream: stream === true,
    wantsUsage: true,
    turns,
    tools,
    toolChoice,
    parallelCalls: undefined,
    outputTokensMax: config.outputTokensMax,
    sampling: config.sampling,
    reasoning: config.reasoning,
    format: config.format,
    verbosity: undefined,
    serviceTier: optionalText(fields.serviceTier, "serviceTier"),
    user: undefined,
    metadata: optionalObject(fields.labels, "labels"),
    caching: {},
    state: typeof fields.store === "boolean" ? { store: fields.store } : {},
    modalities: config.modalities,
    extensions: Object.keys(gemini).length > 0 ? { gemini } : {},
  };
}
