import type { Citation } from "../../core/generation/request.ts";
import type { JsonObject } from "../../core/json.ts";
import { some, wordOf } from "./members.ts";
import { keptOf, RESPONSES } from "./notes.ts";
import { characterOffset, utf16Offset } from "./text-offsets.ts";

/** openai `ResponseOutputText` annotations: web pages in the neutral form, the vendor's files as they are. */
export function readAnnotation(annotation: JsonObject, text: string): Citation {
  const { start_index: start, end_index: end } = annotation;
  const spans = typeof start === "number" && typeof end === "number";
  return {
    ...some("url", wordOf(annotation.url)),
    ...some("title", wordOf(annotation.title)),
    ...(spans ? { start: utf16Offset(text, start), end: utf16Offset(text, end) } : {}),
    extensions: { [RESPONSES]: { $annotation: annotation } },
  };
}

/** openai `URLCitation`, or the vendor's own annotation as it was; nothing for what has no web page. */
export function writeCitation(citation: Citation, text: string): unknown[] {
  const own = keptOf(citation).$annotation;
  if (own !== undefined) return [own];
  if (citation.url === undefined) return [];
  return [
    {
      type: "url_citation",
      url: citation.url,
      title: citation.title ?? "",
      start_index: characterOffset(text, citation.start ?? 0),
      end_index: characterOffset(text, citation.end ?? text.length),
    },
  ];
}
