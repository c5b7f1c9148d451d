import type { MediaPart, OpaquePart, SearchPart } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import type { WireEvent } from "../../translation.ts";
import { some, wordOf } from "../members.ts";
import { RESPONSES } from "../notes.ts";
import { added, done, type EncoderState, includes, itemEvent, place } from "./answer-state.ts";

/** openai `ResponseFunctionWebSearch`: a search that the upstream made by itself. */
export function writeSearch(state: EncoderState, search: SearchPart): readonly WireEvent[] {
  const at = place(state, "ws", search.searchId);
  const { queries } = search;
  const action = { type: "search", query: queries[0] ?? "", queries };
  const head = { id: at.id, type: "web_search_call" };
  const status = search.failed === undefined ? "completed" : "failed";
  const step = (name: string) => itemEvent(state, at, `response.web_search_call.${name}`, {});
  return [
    added(state, at, { ...head, status: "in_progress", action }),
    step("in_progress"),
    step("searching"),
    ...(status === "completed" ? [step("completed")] : []),
    done(state, at, { ...head, status, action: { ...action, ...sourcesOf(state, search) } }),
  ];
}

function sourcesOf(state: EncoderState, { sources }: SearchPart): JsonObject {
  if (!includes(state, "web_search_call.action.sources")) return {};
  return { sources: sources.map(({ url }) => ({ type: "url", url })) };
}

/** openai `ImageGenerationCall`. Of other media, and of images by address, the protocol's answers know nothing. */
export function writeMedia(state: EncoderState, media: MediaPart): readonly WireEvent[] {
  const { source } = media;
  if (media.media !== "image" || source.type !== "base64") return [];
  const at = place(state, "ig", media.id);
  const head = { id: at.id, type: "image_generation_call" };
  const format = /^image\/(png|jpeg|webp)$/.exec(media.mime ?? "")?.[1];
  const step = (name: string) => itemEvent(state, at, `response.image_generation_call.${name}`, {});
  return [
    added(state, at, { ...head, status: "in_progress", result: null }),
    step("in_progress"),
    step("generating"),
    step("completed"),
    done(state, at, {
      ...head,
      status: "completed",
      result: source.bytes,
      ...some("output_format", format),
    }),
  ];
}

/** An item that only this protocol can express, as its upstream wrote it; those of others are none here. */
export function writeOpaque(state: EncoderState, part: OpaquePart): readonly WireEvent[] {
  if (part.protocol !== RESPONSES) return [];
  const item = asObject(JSON.parse(part.raw)) ?? {};
  const own = wordOf(item.id);
  const prefix = own?.split("_", 1)[0] ?? "item";
  const at = place(state, prefix, own);
  const body = { ...item, id: at.id };
  return [added(state, at, body), done(state, at, body)];
}
