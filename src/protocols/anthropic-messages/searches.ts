import { present } from "../../base/present.ts";
import { Raw, type RawIndex } from "../../base/raw-json.ts";
import type { SearchPart, SearchSource } from "../../core/generation/request.ts";
import { asList, asObject, asWord, type JsonObject } from "../../core/json.ts";
import { extended } from "./kept-members.ts";

/** A web search at Anthropic is two blocks: what was asked (`server_tool_use`) and what was found. */

const optionalText = (value: unknown) => (typeof value === "string" ? value : undefined);

/** Whether a text is an envelope of ours, so that what it marks was found by another vendor. */
export type IsOurs = (text: string) => boolean;

function readSource(value: unknown, isOurs: IsOurs): SearchSource | undefined {
  const result = asObject(value);
  if (typeof result?.url !== "string") return undefined;
  const opaque = optionalText(result.encrypted_content) ?? "";
  return {
    url: result.url,
    ...present({
      title: optionalText(result.title),
      pageAge: optionalText(result.page_age),
      opaque: opaque === "" || isOurs(opaque) ? undefined : opaque,
    }),
  };
}

export function isSearchUse(block: JsonObject): boolean {
  return block.type === "server_tool_use" && block.name === "web_search";
}

export function isResultOf(use: JsonObject, block: JsonObject | undefined): block is JsonObject {
  return block?.type === "web_search_tool_result" && block.tool_use_id === use.id;
}

/** The two blocks as one part, which remembers how they were written. */
export function readSearch(
  use: JsonObject,
  result: JsonObject,
  raw: RawIndex,
  isOurs: IsOurs,
): Omit<SearchPart, "at"> {
  const query = asObject(use.input)?.query;
  const failed = asObject(result.content)?.error_code;
  return {
    kind: "search",
    searchId: asWord(use.id),
    queries: typeof query === "string" ? [query] : [],
    sources: asList(result.content).flatMap((value) => readSource(value, isOurs) ?? []),
    ...(typeof failed === "string" ? { failed } : {}),
    ...extended({ $blocks: [new Raw(raw.of(use)), new Raw(raw.of(result))] }),
  };
}
