import { present } from "../../base/present.ts";
import type { Citation } from "../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../core/json.ts";

/**
 * Anthropic's citations (`TextCitation`): five kinds of places in what was cited. The text that they support
 * is the whole block that carries them.
 */

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

/** @param length UTF-16 units of the block's text */
export function readCitation(wire: JsonObject, length: number): Citation {
  return {
    ...present({
      url: text(wire.url) ?? text(wire.source),
      title: text(wire.title) ?? text(wire.document_title),
      citedText: text(wire.cited_text),
    }),
    start: 0,
    end: length,
    extensions: { "anthropic-messages": wire },
  };
}

/**
 * The citations of a client's block; undefined where it has no list of them.
 * @param isOurs whether an `encrypted_index` was made by us, for a citation of another vendor
 */
export function readCitations(
  value: unknown,
  length: number,
  isOurs: (text: string) => boolean,
): readonly Citation[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((item) => {
    const wire = asObject(item);
    if (!wire) return [];
    const citation = readCitation(wire, length);
    if (typeof wire.encrypted_index !== "string" || !isOurs(wire.encrypted_index)) return [citation];
    const { extensions: _, ...foreign } = citation;
    return [foreign];
  });
}
