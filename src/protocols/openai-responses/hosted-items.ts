import type { MediaPart, OpaquePart, SearchPart, SearchSource } from "../../core/generation/request.ts";
import { asList, asObject, asWord, type JsonObject } from "../../core/json.ts";
import { some, wordOf } from "./members.ts";
import { RESPONSES } from "./notes.ts";

/** An item that only the vendor understands. `raw`: its source text. */
export function opaqueOf(item: JsonObject, raw: string): OpaquePart {
  return {
    kind: "opaque",
    protocol: RESPONSES,
    type: asWord(item.type),
    raw,
    ...some("id", wordOf(item.id)),
  };
}

/** openai `ResponseFunctionWebSearch`; undefined for the opening of a page and the like. */
export function searchOf(item: JsonObject): SearchPart | undefined {
  const action = asObject(item.action);
  if (!action || (action.type !== undefined && action.type !== "search")) return undefined;
  const queries = asList(action.queries).filter((query) => typeof query === "string");
  const query = wordOf(action.query);
  return {
    kind: "search",
    searchId: wordOf(item.id) ?? "",
    queries: queries.length > 0 || query === undefined ? queries : [query],
    sources: asList(action.sources).flatMap(sourceOf),
    ...(item.status === "failed" ? { failed: "unavailable" } : {}),
  };
}

function sourceOf(value: unknown): SearchSource[] {
  const source = asObject(value);
  const url = wordOf(source?.url);
  return url === undefined ? [] : [{ url, ...some("title", wordOf(source?.title)) }];
}

/** The first characters of base64 tell the kind; the item does not say it. */
const IMAGE_STARTS: readonly (readonly [string, string])[] = [
  ["/9j/", "image/jpeg"],
  ["UklGR", "image/webp"],
  ["R0lGOD", "image/gif"],
];

function imageMime(base64: string): string {
  return IMAGE_STARTS.find(([start]) => base64.startsWith(start))?.[1] ?? "image/png";
}

/** openai `ImageGenerationCall`: the image as the assistant's. */
export function imageOf(item: JsonObject): MediaPart | undefined {
  const bytes = wordOf(item.result);
  if (bytes === undefined) return undefined;
  const format = wordOf(item.output_format);
  return {
    kind: "media",
    media: "image",
    source: { type: "base64", bytes },
    mime: format === undefined ? imageMime(bytes) : `image/${format}`,
    ...some("id", wordOf(item.id)),
  };
}
