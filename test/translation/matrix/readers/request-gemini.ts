import type { Content, FunctionDeclaration, GenerationConfig, Part } from "@google/genai";
import type { GeminiBody } from "../bodies.ts";
import { parseExact } from "../exact-json.ts";
import type {
  Level,
  MeantChoice,
  MeantFormat,
  MeantMedia,
  MeantPart,
  MeantReasoning,
  MeantTool,
  MeantTurn,
  RequestMeaning,
} from "../meaning.ts";
import { levelOfBudget } from "./levels.ts";
import { type CallNumbers, defined, mergeNeighbours, newCallNumbers, ownMembers, refuses } from "./turns.ts";

/** A body for Gemini's generateContent, by the types of Google's SDK and the API's documented refusals. */
export function readGeminiRequest(text: string): RequestMeaning {
  const body = parseExact(text) as GeminiBody;
  const config = body.generationConfig ?? {};
  if (body.contents.length === 0) refuses("contents is not specified");
  const known = ownMembers(config, CONFIG).own;
  if (known) refuses(`generationConfig.${Object.keys(known).join()}`);
  return defined<RequestMeaning>({
    system: (body.systemInstruction?.parts ?? []).map((part) => part.text ?? "").join("\n\n"),
    turns: looked(turnsOf(body.contents), config.mediaResolution),
    tools: (body.tools ?? []).flatMap(toolsOf),
    choice: choiceOf(body.toolConfig),
    outputMax: config.maxOutputTokens,
    temperature: config.temperature,
    topP: config.topP,
    topK: config.topK,
    seed: config.seed,
    stop: config.stopSequences,
    presence: config.presencePenalty,
    frequency: config.frequencyPenalty,
    choices: config.candidateCount,
    logprobs: config.responseLogprobs ? (config.logprobs ?? 0) : undefined,
    reasoning: reasoningOf(config.thinkingConfig),
    format: formatOf(config),
    modalities: modalitiesOf(config.responseModalities),
    ...ownMembers(body, READ),
  });
}

const READ = ["model", "contents", "systemInstruction", "tools", "toolConfig", "generationConfig"];

const CONFIG =
  "maxOutputTokens temperature topP topK seed stopSequences presencePenalty frequencyPenalty candidateCount responseLogprobs logprobs thinkingConfig responseMimeType responseSchema responseJsonSchema responseModalities mediaResolution speechConfig".split(
    " ",
  );

function turnsOf(contents: readonly Content[]): MeantTurn[] {
  const calls = newCallNumbers();
  let before: string | undefined;
  const turns = contents.map(({ role = "user", parts = [] }): MeantTurn => {
    if (role === before) refuses("contents that do not alternate");
    if (role !== "user" && role !== "model") refuses(`the role ${role}`);
    if (parts.length === 0) refuses("contents without parts");
    before = role;
    return { role: role === "model" ? "assistant" : "user", parts: parts.map((part) => partOf(part, calls)) };
  });
  if (turns[0]?.role !== "user") refuses("the first turn must be the user's");
  everyCallIsAnswered(contents);
  return mergeNeighbours(turns);
}

/** "The number of function response parts must equal the number of function call parts". */
function everyCallIsAnswered(contents: readonly Content[]): void {
  contents.forEach(({ parts = [] }, at) => {
    const calls = parts.filter((part) => part.functionCall).length;
    const results = (contents[at + 1]?.parts ?? []).filter((part) => part.functionResponse).length;
    if (calls > 0 && at + 1 < contents.length && calls !== results)
      refuses(`${calls} function calls and ${results} function responses`);
  });
}

function partOf(part: Part, calls: CallNumbers): MeantPart {
  const signed = part.thoughtSignature === undefined ? {} : { signature: part.thoughtSignature };
  if (part.functionCall) {
    const { id, name = "", args = {} } = part.functionCall;
    if (!/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/.test(name)) refuses(`function name "${name}"`);
    return { call: calls.made(id ?? name), tool: name, args, ...signed };
  }
  if (part.functionResponse) return resultOf(part.functionResponse, calls);
  if (part.inlineData)
    return media(
      part.inlineData.mimeType,
      { base64: part.inlineData.data ?? "" },
      part.inlineData.displayName,
    );
  if (part.fileData)
    return media(part.fileData.mimeType, { url: part.fileData.fileUri ?? "" }, part.fileData.displayName);
  if (part.text === undefined) return { opaque: Object.keys(part)[0] ?? "" };
  return part.thought ? { thinking: part.text, ...signed } : { text: part.text };
}

/** How closely images are looked at is said once for all of them. */
function looked(turns: MeantTurn[], resolution: string | undefined): MeantTurn[] {
  const detail = resolution?.replace("MEDIA_RESOLUTION_", "").toLowerCase();
  if (detail === undefined) return turns;
  return turns.map(({ role, parts }) => ({
    role,
    parts: parts.map((part) => ("media" in part && part.media === "image" ? { ...part, detail } : part)),
  }));
}

const KINDS = ["image", "audio", "video"] as const;

function media(
  mime: string | undefined,
  source: { base64: string } | { url: string },
  fileName: string | undefined,
): MeantMedia {
  const kind = KINDS.find((name) => mime?.startsWith(`${name}/`)) ?? "document";
  return { media: kind, ...(mime && { mime }), ...source, ...(fileName && { fileName }) };
}

function resultOf(response: NonNullable<Part["functionResponse"]>, calls: CallNumbers): MeantPart {
  const { id, name, response: said = {}, parts = [] } = response;
  const failed = "error" in said;
  const value = failed ? said.error : "output" in said ? said.output : said;
  const media = parts.flatMap((part): MeantMedia[] => {
    const { inlineData } = part;
    if (!inlineData) return [];
    const kind = KINDS.find((one) => inlineData.mimeType?.startsWith(`${one}/`)) ?? "document";
    return [{ media: kind, mime: inlineData.mimeType ?? "", base64: inlineData.data ?? "" }];
  });
  return {
    resultOf: calls.answered(id ?? name),
    text: typeof value === "string" ? value : JSON.stringify(value),
    ...(failed && { failed: true as const }),
    ...(media.length > 0 && { media }),
  };
}

function toolsOf(tool: NonNullable<GeminiBody["tools"]>[number]): MeantTool[] {
  if (tool.functionDeclarations) return tool.functionDeclarations.map(functionOf);
  const builtin = Object.keys(tool)[0] ?? "";
  return [{ name: builtin, builtin: builtin === "googleSearch" ? "search" : builtin }];
}

function functionOf(declared: FunctionDeclaration): MeantTool {
  const { name = "", description, parametersJsonSchema, parameters } = declared;
  if (parametersJsonSchema && parameters) refuses("parameters beside parametersJsonSchema");
  if (!/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/.test(name)) refuses(`function name "${name}"`);
  const schema = parametersJsonSchema ?? parameters;
  return defined<MeantTool>({ name, description, schema: schema ? JSON.stringify(schema) : undefined });
}

function choiceOf(config: GeminiBody["toolConfig"]): MeantChoice | undefined {
  const { mode, allowedFunctionNames: names } = config?.functionCallingConfig ?? {};
  const word: string | undefined = mode;
  if (word === "NONE") return { mode: "none" };
  if (word === "ANY" && names?.length === 1) return { mode: "one", names };
  if (word === "ANY" && names) return { mode: "some", names };
  return word === "ANY" ? { mode: "required" } : undefined;
}

function reasoningOf(config: GenerationConfig["thinkingConfig"]): MeantReasoning | undefined {
  if (!config) return undefined;
  const { thinkingBudget, includeThoughts } = config;
  const word: string | undefined = config.thinkingLevel;
  const shown = includeThoughts ? { shown: true as const } : {};
  if (word !== undefined && thinkingBudget !== undefined) refuses("thinkingLevel beside thinkingBudget");
  if (thinkingBudget === 0) return { on: false };
  if (thinkingBudget !== undefined && thinkingBudget > 0)
    return { on: true, level: levelOfBudget(thinkingBudget), ...shown };
  return { on: true, ...(word !== undefined && { level: word.toLowerCase() as Level }), ...shown };
}

function formatOf(config: GenerationConfig): MeantFormat | undefined {
  const schema = config.responseJsonSchema ?? config.responseSchema;
  if (config.responseMimeType !== "application/json")
    return schema ? refuses("a response schema without responseMimeType") : undefined;
  return schema ? { schema: JSON.stringify(schema) } : {};
}

function modalitiesOf(modalities: readonly string[] | undefined): readonly string[] | undefined {
  const others = modalities?.map((kind) => kind.toLowerCase()).filter((kind) => kind !== "text");
  return others?.length ? others : undefined;
}
