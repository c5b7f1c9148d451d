import type { GenerationRequest, MediaPart, Part } from "../core/generation/request.ts";
import type { TargetTraits } from "../core/generation/traits.ts";
import { fieldName } from "../protocols/field-names.ts";
import { isMedia, mapAllParts } from "./fit/turns.ts";
import { takesKind, takesUrl } from "./media-kinds.ts";

/** Media behind a URL that the target does not fetch by itself. */
export interface MediaToFetch {
  readonly url: string;
  readonly media: MediaPart["media"];
  /** What the client says it is. */
  readonly mime?: string;
  /** The field, for errors. */
  readonly at: string;
}

export interface FetchedMedia {
  readonly bytes: Uint8Array;
  readonly mime: string;
}

/**
 * What must be fetched before the request can be fitted to the target; each URL once. Media that the
 * target does not take at all is not listed: fitting refuses it.
 */
export function mediaToFetch(request: GenerationRequest, traits: TargetTraits): readonly MediaToFetch[] {
  if (request.origin === traits.protocol) return [];
  const found = new Map<string, MediaToFetch>();
  for (const { parts, at: turnAt } of request.turns) {
    for (const part of parts.flatMap(mediaIn)) {
      if (part.source.type !== "url" || !isFetched(part, traits)) continue;
      const { url } = part.source;
      const at = part.at ?? turnAt ?? fieldName(request.origin, "turns");
      const { media, mime } = part;
      if (!found.has(url)) found.set(url, { url, media, at, ...(mime === undefined ? {} : { mime }) });
    }
  }
  return [...found.values()];
}

function mediaIn(part: Part): readonly MediaPart[] {
  if (part.kind === "result") return part.content.filter(isMedia);
  return isMedia(part) ? [part] : [];
}

function isFetched(part: MediaPart, traits: TargetTraits): boolean {
  const { source } = part;
  return (
    source.type === "url" &&
    /^https?:/i.test(source.url) &&
    takesKind(part.media, traits) &&
    !takesUrl(part, traits)
  );
}

/** The request with bytes in place of the URLs that were fetched. */
export function withFetched(
  request: GenerationRequest,
  fetched: ReadonlyMap<string, FetchedMedia>,
): GenerationRequest {
  if (fetched.size === 0) return request;
  const turns = mapAllParts(request.turns, (part) => {
    const found = isMedia(part) && part.source.type === "url" ? fetched.get(part.source.url) : undefined;
    return isMedia(part) && found ? withBytes(part, found) : part;
  });
  return { ...request, turns };
}

function withBytes(part: MediaPart, { bytes, mime }: FetchedMedia): MediaPart {
  return { ...part, mime, source: { type: "base64", bytes: Buffer.from(bytes).toString("base64") } };
}
