import { asList, asObject, type JsonObject } from "../../core/json.ts";
import { count, NO_USAGE } from "../../core/usage.ts";
import { editModel } from "../edit-model.ts";
import { badField, controlledFields, controlledMembers, optionalCount } from "../fields.ts";
import type { SideCodec } from "../protocol.ts";
import type { EmbeddingCodec } from "./embedding.ts";
import { headWithoutOutput, mostOf, wholeTap } from "./one-model.ts";

const CONTROLLED = controlledFields(["model", "input", "dimensions", "encoding_format"]);

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => Number.isInteger(item) && item >= 0);

/** A string, strings, token numbers or lists of them (openai, `EmbeddingCreateParams.input`). */
function inputsOf({ input }: JsonObject): readonly (string | readonly number[])[] {
  if (input === undefined) throw badField("input", "this field is required: a string or a list of strings.");
  if (typeof input === "string") return [input];
  if (isNumbers(input)) return [input];
  const inputs = asList(input).filter((item) => typeof item === "string" || isNumbers(item));
  if (!Array.isArray(input) || inputs.length !== input.length)
    throw badField("input", "must be a string, a list of strings, or lists of token numbers.");
  if (inputs.length === 0) throw badField("input", "the list is empty; give at least one text.");
  return inputs;
}

const DIMENSIONS_BOUNDS = { min: 1, max: 1_000_000 };

function isBase64({ encoding_format: format }: JsonObject): boolean {
  if (format === undefined || format === null || format === "float") return false;
  if (format === "base64") return true;
  throw badField("encoding_format", "must be float or base64.");
}

export const openaiEmbeddings: SideCodec = {
  id: "openai-embeddings",
  dialect: "openai",
  modelPaths: [["model"]],
  texts: (body) => inputsOf(body).filter((input) => typeof input === "string"),
  readHead(body, bytes) {
    controlledMembers(bytes, CONTROLLED);
    isBase64(body);
    return headWithoutOutput(body, mostOf(bytes), { choices: inputsOf(body).length });
  },
  editRequest: editModel,
  // `CreateEmbeddingResponse.Usage` (openai).
  tap: wholeTap((state, answer) => {
    const usage = asObject(answer.usage);
    if (!usage) return;
    state.usage = { ...NO_USAGE, input: count(usage.prompt_tokens ?? usage.total_tokens) };
    state.source = "reported";
  }),
};

/** 32-bit floats, little end first, as OpenAI's SDKs unpack them. */
function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => void bytes.writeFloatLE(value, index * 4));
  return bytes.toString("base64");
}

function vectorOf(embedding: unknown): readonly number[] | undefined {
  if (Array.isArray(embedding)) return embedding as readonly number[];
  if (typeof embedding !== "string") return undefined;
  const bytes = Buffer.from(embedding, "base64");
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => bytes.readFloatLE(index * 4));
}

export const openaiEmbedding: EmbeddingCodec = {
  decode: (body, report) => {
    if (typeof body.user === "string") report.lose("dropped", "user", "Gemini has no place for it");
    return { inputs: inputsOf(body), dimensions: optionalCount(body, "dimensions", DIMENSIONS_BOUNDS) };
  },
  formOf: (body, { model }) => ({ base64: isBase64(body), batch: true, model }),
  encode: ({ inputs, dimensions }, model) => ({
    model,
    input: inputs,
    encoding_format: "float",
    ...(dimensions === undefined ? {} : { dimensions }),
  }),
  vectors(answer) {
    const rows = asList(answer.data).map((row) => vectorOf(asObject(row)?.embedding));
    const vectors = rows.filter((row) => row !== undefined);
    return vectors.length > 0 && vectors.length === rows.length ? vectors : undefined;
  },
  write: (vectors, { base64, model }, usage) => ({
    object: "list",
    data: vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: base64 ? base64Of(vector) : vector,
    })),
    model,
    usage: { prompt_tokens: usage.input, total_tokens: usage.input },
  }),
};
