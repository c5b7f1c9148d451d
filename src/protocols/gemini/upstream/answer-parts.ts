import type { RawIndex } from "../../../base/raw-json.ts";
import type { MediaPart } from "../../../core/generation/request.ts";
import type { StreamPart } from "../../../core/generation/stream-part.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { mediaKind } from "../media-kind.ts";
import {
  type ChoiceState,
  closeSlot,
  type DecoderState,
  type OpenSlot,
  openSlot,
  wholePart,
} from "./decoder-state.ts";

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Fields of a part that are not its content. */
const ABOUT = new Set(["thought", "thoughtSignature", "partMetadata", "mediaResolution", "videoMetadata"]);

/** One part of a candidate's content. */
export function decodeAnswerPart(
  state: DecoderState,
  choice: ChoiceState,
  part: JsonObject,
  raw: RawIndex,
): StreamPart[] {
  const signature = textOf(part.thoughtSignature);
  const call = asObject(part.functionCall);
  if (call) return decodeCall(state, choice, call, { signature, raw });
  // A draft of a picture, made while thinking, is nothing to show to clients that do not know of it.
  const media = part.thought === true ? undefined : mediaOf(part);
  if (media) return signedMedia(state, choice, media, signature);
  const type = part.text === undefined ? Object.keys(part).find((key) => !ABOUT.has(key)) : undefined;
  if (type !== undefined) {
    return wholePart(state, choice, { kind: "opaque", protocol: "gemini", type, raw: raw.of(part) });
  }
  return decodeText(state, choice, part, signature);
}

/** Whether this is nothing but the rest of the open part's signature. */
function isRestOf(open: OpenSlot, part: JsonObject, kind: OpenSlot["kind"]): boolean {
  if (textOf(part.text) !== "") return false;
  // Base64 that ends in `=` is whole; what follows it signs a part of its own.
  if (open.signature.endsWith("=")) return false;
  if (open.kind === "call") return part.text === undefined;
  return open.kind === kind || part.text === undefined;
}

/**
 * Text goes on with the open part of its kind, but signed parts are never merged: what follows a
 * signature is a part of its own. A signed text without `thought: true` is ordinary text (goose#7204).
 */
function decodeText(
  state: DecoderState,
  choice: ChoiceState,
  part: JsonObject,
  signature: string,
): StreamPart[] {
  const text = textOf(part.text);
  const kind = part.thought === true ? "reasoning" : "text";
  const before = choice.open;
  if (before && isRestOf(before, part, kind)) {
    before.signature += signature;
    return [];
  }
  if (text === "" && signature === "") return [];
  const goesOn = before?.kind === kind && before.signature === "";
  const head = kind === "text" ? ({ kind } as const) : ({ kind, form: "summary" } as const);
  const opened = goesOn ? [] : openSlot(state, choice, head);
  const { open } = choice;
  if (!open) return opened;
  open.signature += signature;
  if (kind === "text") choice.text.push(text);
  return text === "" ? opened : [...opened, { type: "text", index: open.index, text }];
}

interface CallSource {
  readonly signature: string;
  readonly raw: RawIndex;
}

/** A call comes whole; the same id once more brings the rest of its signature. */
function decodeCall(
  state: DecoderState,
  choice: ChoiceState,
  call: JsonObject,
  { signature, raw }: CallSource,
): StreamPart[] {
  const writtenId = textOf(call.id);
  const { open } = choice;
  if (open?.kind === "call" && writtenId !== "" && open.writtenId === writtenId) {
    open.signature += signature;
    return [];
  }
  const callId = newCallId(state, writtenId);
  const opened = openSlot(
    state,
    choice,
    { kind: "call", callId, name: textOf(call.name), form: "json" },
    writtenId,
  );
  choice.calls++;
  const { open: slot } = choice;
  if (!slot) return opened;
  slot.signature = signature;
  const args = asObject(call.args);
  return [...opened, { type: "input", index: slot.index, text: args ? raw.of(args) : "{}" }];
}

/** The upstream's id; calls without one, or with one that another call has, get one of the answer's. */
function newCallId(state: DecoderState, writtenId: string): string {
  const { callIds, context } = state;
  const minted = `call_${context.answerId.slice(0, 24)}_${callIds.size}`;
  const callId = writtenId === "" || callIds.has(writtenId) ? minted : writtenId;
  callIds.add(callId);
  return callId;
}

/** Pictures and speech that the model made, or files that it names. */
function mediaOf(part: JsonObject): MediaPart | undefined {
  const [inline, file] = [asObject(part.inlineData), asObject(part.fileData)];
  const about = inline ?? file;
  if (!about) return undefined;
  const mime = textOf(about.mimeType) || undefined;
  const url = textOf(file?.fileUri);
  const source = inline
    ? ({ type: "base64", bytes: textOf(inline.data) } as const)
    : ({ type: "url", url } as const);
  return { kind: "media", media: mediaKind(mime, url), source, ...(mime ? { mime } : {}) };
}

function signedMedia(
  state: DecoderState,
  choice: ChoiceState,
  media: MediaPart,
  value: string,
): StreamPart[] {
  const closed = closeSlot(state, choice);
  const index = state.nextIndex++;
  const { model } = state.context.traits;
  const sign: StreamPart[] = value
    ? [{ type: "sign", index, signature: { value, by: "google", model } }]
    : [];
  const open: StreamPart = { type: "open", index, choice: choice.choice, part: media };
  return [...closed, open, ...sign, { type: "close", index }];
}
