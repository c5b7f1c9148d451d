import { present } from "../../../base/present.ts";
import { Raw } from "../../../base/raw-json.ts";
import type { MediaPart, MediaSource, Part } from "../../../core/generation/request.ts";
import { asList, asObject, asWord, type JsonObject } from "../../../core/json.ts";
import { keptMembers } from "../kept-members.ts";
import { opaque, type Reading, readNode, requiredString } from "./node.ts";

const SOURCE = new Set(["type", "media_type", "data", "url", "file_id"]);

interface ReadSource {
  readonly source: MediaSource;
  readonly mime?: string;
  readonly kept: JsonObject;
}

/** The texts of a list of text blocks; undefined where it holds anything else. */
function plainTexts(list: readonly unknown[]): string[] | undefined {
  const texts: string[] = [];
  for (const value of list) {
    const block = asObject(value);
    if (block?.type !== "text" || typeof block.text !== "string") return undefined;
    texts.push(block.text);
  }
  return texts;
}

/** A document of content blocks is plain text to others, as long as it holds no images. */
function readContentSource(source: JsonObject, { raw }: Reading): ReadSource | undefined {
  const { content } = source;
  const text = typeof content === "string" ? content : plainTexts(asList(content))?.join("\n");
  if (text === undefined) return undefined;
  return { source: { type: "text", text }, mime: "text/plain", kept: { $source: new Raw(raw.of(source)) } };
}

const MEDIA_SOURCES: Readonly<Record<string, (source: JsonObject, at: string) => MediaSource>> = {
  base64: (source, at) => ({ type: "base64", bytes: requiredString(source, "data", at) }),
  text: (source, at) => ({ type: "text", text: requiredString(source, "data", at) }),
  url: (source, at) => ({ type: "url", url: requiredString(source, "url", at) }),
  file: (source, at) => ({
    type: "file",
    fileId: requiredString(source, "file_id", at),
    owner: "anthropic-messages",
  }),
};

/** undefined for a source of a kind that is not known here. */
function readSource(source: JsonObject | undefined, reading: Reading): ReadSource | undefined {
  if (!source) return undefined;
  if (source.type === "content") return readContentSource(source, reading);
  const type = asWord(source.type);
  const read = Object.hasOwn(MEDIA_SOURCES, type) ? MEDIA_SOURCES[type] : undefined;
  if (!read) return undefined;
  return {
    source: read(source, `${reading.at}.source`),
    ...(typeof source.media_type === "string" ? { mime: source.media_type } : {}),
    kept: keptMembers(source, SOURCE, reading.raw, "source"),
  };
}

const IMAGE = new Set(["type", "source", "cache_control"]);

export function readImage(block: JsonObject, reading: Reading): Part {
  const read = readSource(asObject(block.source), reading);
  if (!read) return opaque(block, reading);
  const { kept, ...source } = read;
  return { kind: "media", media: "image", ...readNode(block, IMAGE, reading, kept), ...source };
}

const DOCUMENT = new Set(["type", "source", "cache_control", "title", "context", "citations"]);
const CITATIONS = new Set(["enabled"]);

const optionalText = (value: unknown) => (typeof value === "string" ? value : undefined);

export function readDocument(block: JsonObject, reading: Reading): Part {
  const read = readSource(asObject(block.source), reading);
  if (!read) return opaque(block, reading);
  const { kept, ...source } = read;
  const citations = asObject(block.citations);
  const notes = citations ? keptMembers(citations, CITATIONS, reading.raw, "citations") : {};
  return {
    kind: "media",
    media: "document",
    ...readNode(block, DOCUMENT, reading, { ...kept, ...notes }),
    ...source,
    ...present({
      title: optionalText(block.title),
      context: optionalText(block.context),
      citable: typeof citations?.enabled === "boolean" ? citations.enabled : undefined,
    }),
  } satisfies MediaPart;
}
