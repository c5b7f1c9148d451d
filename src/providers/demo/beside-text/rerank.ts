import { newId } from "../../../base/id.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import { requireField, textOf } from "../fields.ts";

const wordsOf = (text: string): Set<string> => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);

/** The share of the query's words that a document has. */
function likeness(query: ReadonlySet<string>, document: string): number {
  const words = wordsOf(document);
  const shared = [...query].filter((word) => words.has(word)).length;
  return query.size === 0 ? 0 : shared / query.size;
}

/** Jina's answer, by words that are shared: good for trying out a client, and for nothing else. */
export function demoRerank(
  body: JsonObject,
  model: string,
  countTokens: (texts: readonly string[]) => number,
): JsonObject {
  requireField(body, "query", "say what the documents are held against");
  requireField(body, "documents", "send a list of texts");
  const query = textOf(body.query);
  const words = wordsOf(query);
  const documents = asList(body.documents).map((one) =>
    typeof one === "string" ? one : textOf(asObject(one)?.text),
  );
  const results = documents
    .map((text, index) => ({ index, relevance_score: likeness(words, text), document: { text } }))
    .sort((one, other) => other.relevance_score - one.relevance_score || one.index - other.index)
    .slice(0, typeof body.top_n === "number" ? body.top_n : documents.length)
    .map(({ document, ...rest }) => (body.return_documents === true ? { ...rest, document } : rest));
  const tokens = countTokens(documents.map((text) => `${query}\n${text}`));
  return { id: `rerank-${newId()}`, model, results, usage: { total_tokens: tokens, prompt_tokens: tokens } };
}
