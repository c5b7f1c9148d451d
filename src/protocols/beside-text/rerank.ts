import { asList, asObject, type JsonObject } from "../../core/json.ts";
import { count, NO_USAGE } from "../../core/usage.ts";
import { editModel } from "../edit-model.ts";
import { badField, controlledFields, controlledMembers } from "../fields.ts";
import type { SideCodec } from "../protocol.ts";
import { headWithoutOutput, mostOf, wholeTap } from "./one-model.ts";

const CONTROLLED = controlledFields(["model", "query", "documents"]);

/** Cohere bills a query over so many documents as one search ("How does Cohere's pricing work?"). */
const DOCUMENTS_A_SEARCH = 100;

function queryOf({ query }: JsonObject): string {
  if (typeof query === "string" && query !== "") return query;
  throw badField("query", "this field is required: what the documents are held against.");
}

/** Strings, or objects with a text, as Cohere's and Jina's first versions have them too. */
function documentsOf({ documents }: JsonObject): readonly string[] {
  const texts = asList(documents).map((one) => (typeof one === "string" ? one : asObject(one)?.text));
  const known = texts.filter((text) => typeof text === "string");
  if (known.length > 0 && known.length === texts.length) return known;
  throw badField("documents", "this field is required: a list of strings, or of objects with a text.");
}

/**
 * The form that Cohere's `/v1/rerank` began, and that Jina, vLLM, llama.cpp and others speak: a query, and documents
 * that are given back by how well they answer it.
 */
export const rerank: SideCodec = {
  id: "rerank",
  dialect: "openai",
  modelPaths: [["model"]],
  // The query is read with each document.
  texts(body) {
    const query = queryOf(body);
    return documentsOf(body).map((text) => `${query}\n${text}`);
  },
  readHead(body, bytes) {
    controlledMembers(bytes, CONTROLLED);
    const documents = documentsOf(body).length;
    const again = (documents - 1) * Buffer.byteLength(queryOf(body));
    const most = mostOf(bytes);
    const searches = Math.ceil(documents / DOCUMENTS_A_SEARCH);
    const inputTokens = most.inputTokens + again;
    return headWithoutOutput(body, { ...most, inputTokens, searches }, { choices: documents });
  },
  editRequest: editModel,
  // `usage` of Jina, vLLM and llama.cpp; `meta.billed_units` of Cohere.
  tap: wholeTap((state, answer) => {
    const usage = asObject(answer.usage);
    const billed = asObject(asObject(answer.meta)?.billed_units);
    if (!usage && !billed) return;
    state.usage = {
      ...NO_USAGE,
      input: count(usage?.total_tokens ?? usage?.prompt_tokens ?? billed?.input_tokens),
      searches: count(billed?.search_units),
    };
    state.source = "reported";
  }),
};
