import { createHash } from "node:crypto";
import { asObject, asObjects, type JsonObject } from "../../../core/json.ts";
import { checkFields, numberOf, objectsOf, requireField, textOf } from "../fields.ts";
import { DemoRefusal } from "../refusal.ts";

const DIMENSIONS_DEFAULT = 1_536;
const DIMENSIONS_MAX = 4_096;
const INPUTS_MAX = 2_048;

/** Numbers from -1 to 1 that a word always gives: xorshift from its hash. */
function addWord(vector: Float64Array, word: string): void {
  let state = createHash("sha256").update(word).digest().readUInt32LE(0) || 1;
  for (let at = 0; at < vector.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    vector[at] = (vector[at] ?? 0) + state / 2 ** 31;
  }
}

/** A vector of length one: texts that share words are near each other, and the same text gives the same. */
function embed(text: string, dimensions: number): number[] {
  const vector = new Float64Array(dimensions);
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text];
  for (const word of words) addWord(vector, word);
  const length = Math.hypot(...vector) || 1;
  return Array.from(vector, (value) => Math.fround(value / length));
}

function dimensionsOf(value: unknown, field: string): number {
  const dimensions = numberOf(value) ?? DIMENSIONS_DEFAULT;
  if (dimensions <= DIMENSIONS_MAX) return dimensions;
  throw new DemoRefusal("wrong_value", field, `must be at most ${DIMENSIONS_MAX}.`);
}

type Count = (texts: readonly string[]) => number;

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "number");

/** Token numbers stand for themselves, as a word each. */
function textsOf(input: unknown): readonly string[] {
  if (typeof input === "string") return [input];
  if (isNumbers(input)) return [input.join(" ")];
  if (!Array.isArray(input)) throw new DemoRefusal("wrong_type", "input", "must be a string or a list.");
  return input.map((item: unknown, index) => {
    if (typeof item === "string" || isNumbers(item)) return typeof item === "string" ? item : item.join(" ");
    throw new DemoRefusal("wrong_type", `input[${index}]`, "must be a string or a list of token numbers.");
  });
}

function base64Of(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString("base64");
}

/** `CreateEmbeddingResponse` (openai). */
export function demoEmbeddings(body: JsonObject, model: string, count: Count): JsonObject {
  requireField(body, "input", "send a text or a list of texts");
  checkFields(body, { dimensions: "count", encoding_format: "text" });
  const texts = textsOf(body.input);
  if (texts.length > INPUTS_MAX)
    throw new DemoRefusal("wrong_value", "input", `must have at most ${INPUTS_MAX} members.`);
  const empty = texts.indexOf("");
  if (empty >= 0) throw new DemoRefusal("wrong_value", `input[${empty}]`, "is empty.");
  const dimensions = dimensionsOf(body.dimensions, "dimensions");
  const tokens = count(texts);
  const form = body.encoding_format === "base64" ? base64Of : (vector: readonly number[]) => vector;
  const data = texts.map((text, index) => ({
    object: "embedding",
    index,
    embedding: form(embed(text, dimensions)),
  }));
  return { object: "list", data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}

function embedContent(request: JsonObject, at: string): { readonly values: number[] } {
  const content = asObject(request.content);
  if (!content) throw new DemoRefusal("missing", `${at}content`, "is missing: send { parts: [{ text }] }.");
  const text = asObjects(content.parts)
    .map((part) => textOf(part.text))
    .join("\n");
  if (text === "") throw new DemoRefusal("wrong_value", `${at}content`, "has no text.");
  checkFields(request, { outputDimensionality: "count" }, at.slice(0, -1));
  return { values: embed(text, dimensionsOf(request.outputDimensionality, `${at}outputDimensionality`)) };
}

/** `EmbedContentResponse` and `BatchEmbedContentsResponse` of the Gemini API. */
export function demoEmbedContents(body: JsonObject, batch: boolean): JsonObject {
  if (!batch) return { embedding: embedContent(body, "") };
  const requests = objectsOf(body.requests, "requests");
  return { embeddings: requests.map((request, index) => embedContent(request, `requests[${index}].`)) };
}
