import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import {
  type DemoLine,
  type DemoTool,
  type DemoTurn,
  type JsonFormat,
  PLAIN_TURN,
  type ToolChoice,
} from "../demo-turn.ts";
import {
  checkFields,
  choicesOf,
  entryOf,
  numberOf,
  objectsOf,
  requireField,
  textOf,
  textsOf,
} from "../fields.ts";

const CHOICES_MAX = 8;

/**
 * A message by its fields' camelCase names: Google's JSON takes either spelling (proto3 JSON
 * mapping), and google-genai 3 for Python mixes them (`parameters_json_schema`).
 */
function messageOf(value: unknown): JsonObject | undefined {
  const fields = asObject(value);
  if (!fields) return undefined;
  const spelt = (name: string) => name.replace(/(?<=[a-z0-9])_([a-z])/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [spelt(name), field]));
}

function lineOf(part: JsonObject, by: DemoLine["by"]): DemoLine[] {
  const call = asObject(part.functionCall);
  if (call) return [{ by: "assistant", text: JSON.stringify(call) }];
  const response = asObject(part.functionResponse);
  if (response) {
    return [{ by: "tool", text: JSON.stringify(response.response ?? {}), toolName: textOf(response.name) }];
  }
  return part.thought === true || typeof part.text !== "string" ? [] : [{ by, text: part.text }];
}

function linesOf(contents: unknown): DemoLine[] {
  return objectsOf(contents, "contents").flatMap((content, index) => {
    const by = content.role === "model" ? "assistant" : "user";
    const parts = objectsOf(content.parts, `contents[${index}].parts`);
    return parts.flatMap((part) => lineOf(messageOf(part) ?? {}, by));
  });
}

function systemLines(instruction: unknown): DemoLine[] {
  return asList(asObject(instruction)?.parts).map((part) => ({
    by: "system",
    text: textOf(asObject(part)?.text),
  }));
}

function toolsOf(tools: readonly JsonObject[]): DemoTool[] {
  return tools.flatMap((tool) =>
    objectsOf(messageOf(tool)?.functionDeclarations, "tools.functionDeclarations").map(toolOf),
  );
}

function toolOf(declaration: JsonObject): DemoTool {
  const declared = messageOf(declaration) ?? {};
  const schema = declared.parametersJsonSchema ?? declared.parameters;
  return { name: textOf(declared.name), form: "json", schema };
}

const MODES: Readonly<Record<string, ToolChoice["mode"]>> = { ANY: "required", NONE: "none" };

function choiceOf(config: unknown): ToolChoice {
  const calling = messageOf(messageOf(config)?.functionCallingConfig);
  const names = textsOf(calling?.allowedFunctionNames);
  const mode = entryOf(MODES, calling?.mode) ?? "auto";
  return names.length > 0 ? { mode, names } : { mode };
}

function formatOf(config: JsonObject): JsonFormat | undefined {
  const schema = config.responseJsonSchema ?? config._responseJsonSchema ?? config.responseSchema;
  if (schema !== undefined) return { kind: "schema", schema };
  return config.responseMimeType === "application/json" ? { kind: "object" } : undefined;
}

/** `GenerateContentParameters` of @google/genai, as the REST API spells them. */
export function readGemini(body: JsonObject, model: string): DemoTurn {
  const outer = messageOf(body) ?? {};
  const request = messageOf(outer.generateContentRequest) ?? outer;
  requireField(request, "contents", "send at least one content");
  checkFields(request, { tools: "list", generationConfig: "object", systemInstruction: "object" });
  const config = messageOf(request.generationConfig) ?? {};
  checkFields(
    config,
    { maxOutputTokens: "count", candidateCount: "count", stopSequences: "texts" },
    "generationConfig",
  );
  const thinking = messageOf(config.thinkingConfig);
  return {
    ...PLAIN_TURN,
    model,
    lines: [...systemLines(request.systemInstruction), ...linesOf(request.contents)],
    tools: toolsOf(objectsOf(request.tools, "tools")),
    declarations: request.tools === undefined ? "" : JSON.stringify(request.tools),
    choice: choiceOf(request.toolConfig),
    thinking: thinking?.includeThoughts === true ? "shown" : "none",
    outputTokensMax: numberOf(config.maxOutputTokens),
    stops: textsOf(config.stopSequences),
    choices: choicesOf(config.candidateCount, "generationConfig.candidateCount", CHOICES_MAX),
    format: formatOf(config),
  };
}
