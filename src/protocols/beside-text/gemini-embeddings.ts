import { findMember, scanMembers } from "../../base/json-members.ts";
import { Raw, rawIndex, writeJson } from "../../base/raw-json.ts";
import { type Splice, spliceText } from "../../base/splice.ts";
import { GatewayError } from "../../core/errors.ts";
import { asList, asObject, asObjects, type JsonObject } from "../../core/json.ts";
import type { RequestHead } from "../../core/request-head.ts";
import { count, NO_USAGE, type Usage } from "../../core/usage.ts";
import { badField, controlledFields, controlledMembers, requiredList } from "../fields.ts";
import type { RequestEdits, SideCodec } from "../protocol.ts";
import type { LossReport } from "../translation.ts";
import type { EmbeddingCodec } from "./embedding.ts";
import { headWithoutOutput, mostOf, wholeTap } from "./one-model.ts";

const CONTROLLED = controlledFields(["model", "requests", "content"]);

/** The requests of `:batchEmbedContents`, or the one of `:embedContent`, each with its path. */
function requestsOf(body: JsonObject): readonly { readonly request: JsonObject; readonly at: string }[] {
  if (body.requests === undefined) return [{ request: body, at: "" }];
  return requiredList(body, "requests").map((item, index) => {
    const request = asObject(item);
    if (!request) throw badField(`requests[${index}]`, "must be an object with a content.");
    return { request, at: `requests[${index}].` };
  });
}

function checkRequests(body: JsonObject, { model, batch }: { model: string; batch: boolean }): number {
  if (batch !== (body.requests !== undefined))
    throw badField(
      "requests",
      batch ? "this field is required by :batchEmbedContents." : "is for :batchEmbedContents; send content.",
    );
  const requests = requestsOf(body);
  if (requests.length === 0) throw badField("requests", "the list is empty; give at least one request.");
  for (const { request, at } of requests) {
    if (!asObject(request.content))
      throw badField(`${at}content`, "this field is required: { parts: [{ text }] }.");
    const named = request.model;
    if (named === undefined || named === model || named === `models/${model}`) continue;
    throw badField(`${at}model`, `must be models/${model}, the model of the path.`);
  }
  return requests.length;
}

function partsOf(request: JsonObject): readonly JsonObject[] {
  return asObjects(asObject(request.content)?.parts);
}

/** Every `model` in a body must be the path's (Google refuses others). */
function editGemini({ body }: RequestHead, bytes: Uint8Array, { model }: RequestEdits): Splice[] {
  const name = `models/${model}`;
  const others = requestsOf(body).filter(
    ({ request }) => request.model !== undefined && request.model !== name,
  );
  if (others.length === 0) return [];
  const member = findMember(scanMembers(bytes), body.requests === undefined ? "model" : "requests");
  if (!member) return [];
  if (body.requests === undefined)
    return [spliceText(member.valueStart, member.valueEnd, JSON.stringify(name))];
  const raw = rawIndex(bytes, body);
  const written = (value: unknown) =>
    typeof value === "object" && value !== null ? new Raw(raw.of(value)) : value;
  const requests = requestsOf(body).map(({ request }) =>
    Object.fromEntries(
      Object.entries(request).map(([key, value]) => [key, key === "model" ? name : written(value)]),
    ),
  );
  return [spliceText(member.valueStart, member.valueEnd, writeJson(requests))];
}

/** The Gemini API reports no usage of embeddings in 2025; where a server does, it counts. */
function usageOf(answer: JsonObject): Usage | undefined {
  const usage = asObject(answer.usageMetadata);
  return usage && { ...NO_USAGE, input: count(usage.promptTokenCount ?? usage.totalTokenCount) };
}

export const geminiEmbeddings: SideCodec = {
  id: "gemini-embeddings",
  dialect: "gemini",
  modelPaths: [],
  texts: (body) =>
    requestsOf(body).flatMap(({ request }) =>
      partsOf(request).flatMap(({ text }) => (typeof text === "string" ? [text] : [])),
    ),
  readHead(body, bytes, { model = "", batch = false }) {
    controlledMembers(bytes, CONTROLLED);
    return headWithoutOutput(body, mostOf(bytes), { model, choices: checkRequests(body, { model, batch }) });
  },
  editRequest: editGemini,
  tap: wholeTap((state, answer) => {
    const usage = usageOf(answer);
    if (!usage) return;
    state.usage = usage;
    state.source = "reported";
  }),
};

/** A field as Google's JSON may spell it: in camels, or as in the protocol buffer. */
function field(request: JsonObject, camel: string, snake: string): unknown {
  return request[camel] ?? request[snake];
}

function textOf(request: JsonObject, at: string): string {
  const parts = partsOf(request);
  const texts = parts.map(({ text }) => text);
  if (parts.length > 0 && texts.every((text) => typeof text === "string")) return texts.join("\n");
  const message = `${at}content.parts: the upstream of this model embeds text only; send parts with text.`;
  throw new GatewayError("unsupported", message, { param: `${at}content.parts` });
}

function dimensionsOf(body: JsonObject): number | undefined {
  const asked = requestsOf(body).map(({ request }) =>
    field(request, "outputDimensionality", "output_dimensionality"),
  );
  const [first] = asked;
  if (asked.some((value) => value !== first)) {
    const message =
      "requests: the upstream of this model gives all vectors of a request one length; ask for one outputDimensionality.";
    throw new GatewayError("unsupported", message, { param: "requests" });
  }
  if (first === undefined || first === null) return undefined;
  if (typeof first === "number" && Number.isInteger(first) && first > 0) return first;
  throw badField("outputDimensionality", "must be a whole number above 0.");
}

const NO_PLACE = "OpenAI has no place for it";

function loseRest(body: JsonObject, report: LossReport): void {
  for (const { request, at } of requestsOf(body)) {
    if (field(request, "taskType", "task_type") !== undefined)
      report.lose("dropped", `${at}taskType`, NO_PLACE);
    if (request.title !== undefined) report.lose("dropped", `${at}title`, NO_PLACE);
  }
}

function valuesOf(embedding: unknown): readonly number[] | undefined {
  const values = asObject(embedding)?.values;
  return Array.isArray(values) ? (values as readonly number[]) : undefined;
}

export const geminiEmbedding: EmbeddingCodec = {
  decode(body, report) {
    loseRest(body, report);
    return {
      inputs: requestsOf(body).map(({ request, at }) => textOf(request, at)),
      dimensions: dimensionsOf(body),
    };
  },
  formOf: (_, { batch, model }) => ({ base64: false, batch, model }),
  encode: ({ inputs, dimensions }, model) => ({
    requests: inputs.map((text) => {
      if (typeof text !== "string") {
        const message = "input: the upstream of this model takes texts, not token numbers; send strings.";
        throw new GatewayError("unsupported", message, { param: "input" });
      }
      return {
        model: `models/${model}`,
        content: { parts: [{ text }] },
        ...(dimensions === undefined ? {} : { outputDimensionality: dimensions }),
      };
    }),
  }),
  vectors(answer) {
    const rows = asList(answer.embeddings ?? (answer.embedding ? [answer.embedding] : [])).map(valuesOf);
    const vectors = rows.filter((row) => row !== undefined);
    return vectors.length > 0 && vectors.length === rows.length ? vectors : undefined;
  },
  write(vectors, { batch }, usage) {
    const embeddings = vectors.map((values) => ({ values }));
    const usageMetadata = { promptTokenCount: usage.input, totalTokenCount: usage.input };
    return batch ? { embeddings, usageMetadata } : { embedding: embeddings[0], usageMetadata };
  },
};
