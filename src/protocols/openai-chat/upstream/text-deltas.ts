import type { Citation } from "../../../core/generation/request.ts";
import type { TokenLogprob } from "../../../core/generation/stream-part.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import { sourceOfUrl } from "../../inline-url.ts";
import { finishCall } from "./call-fragments.ts";
import { type ChoiceDecoding, type Decoding, openPart, wholePart } from "./decoding.ts";
import { detailsText, takeDetails } from "./opaque-state.ts";

type TextKind = "text" | "refusal";

function isBlankText(text: string): boolean {
  return text.trim() === "";
}

function openText(state: Decoding, choice: ChoiceDecoding, kind: TextKind) {
  const { held, heldTokens } = choice;
  finishCall(state, choice);
  const open = openPart(state, choice, kind, {
    kind: "text",
    ...(kind === "refusal" ? { refusal: true } : {}),
  });
  if (held !== "") {
    open.text = held;
    state.out.push({ type: "text", index: open.index, text: held });
  }
  if (heldTokens.length > 0) state.out.push({ type: "logprobs", index: open.index, tokens: heldTokens });
  return open;
}

/**
 * White space by itself opens no text: servers put it between calls and behind reasoning
 * (sglang#24293). It is said once text follows, or when nothing else was.
 */
export function takeText(state: Decoding, choice: ChoiceDecoding, text: string, kind: TextKind): void {
  if (text === "") return;
  const { open } = choice;
  if (kind === "refusal") choice.refused = true;
  if (open?.kind !== kind && kind === "text" && isBlankText(text)) {
    choice.held += text;
    return;
  }
  const into = open?.kind === kind ? open : openText(state, choice, kind);
  into.text += text;
  state.out.push({ type: "text", index: into.index, text });
}

/** An answer of white space alone is its text. */
export function flushHeld(state: Decoding, choice: ChoiceDecoding): void {
  if (choice.held !== "" && choice.parts === 0) openText(state, choice, "text");
}

function takeReasoningText(state: Decoding, choice: ChoiceDecoding, text: string): void {
  if (text === "") return;
  const { open } = choice;
  if (open?.kind !== "reasoning") {
    if (isBlankText(text)) return;
    finishCall(state, choice);
  }
  const into =
    open?.kind === "reasoning"
      ? open
      : openPart(state, choice, "reasoning", { kind: "reasoning", form: "full" });
  into.text += text;
  state.out.push({ type: "text", index: into.index, text });
}

/** `reasoning_content` and `reasoning` say the same where both are given. */
export function takeReasoning(state: Decoding, choice: ChoiceDecoding, delta: JsonObject): void {
  const plain = [delta.reasoning_content, delta.reasoning].find(
    (text) => typeof text === "string" && text !== "",
  );
  const text = typeof plain === "string" ? plain : detailsText(delta.reasoning_details);
  takeReasoningText(state, choice, text);
  takeDetails(state, choice, delta.reasoning_details);
}

/** Google's thoughts stand in `content`, between `<thought>` tags, and say so in `extra_content`. */
function takeGoogleText(
  state: Decoding,
  choice: ChoiceDecoding,
  text: string,
  google: JsonObject | undefined,
): void {
  if (google?.thought === true) {
    choice.inThought = true;
    takeReasoningText(state, choice, text.replace(/^<thought>/, ""));
    return;
  }
  const visible = choice.inThought ? text.replace(/^<\/thought>/, "") : text;
  choice.inThought = false;
  takeText(state, choice, visible, "text");
}

/** Mistral's content is a list of chunks where the model thinks. */
function takeChunk(state: Decoding, choice: ChoiceDecoding, value: unknown): void {
  const chunk = asObject(value);
  if (typeof chunk?.text === "string") takeText(state, choice, chunk.text, "text");
  for (const thought of asList(chunk?.thinking)) {
    const { text } = asObject(thought) ?? {};
    if (typeof text === "string") takeReasoningText(state, choice, text);
  }
}

export function takeContent(state: Decoding, choice: ChoiceDecoding, delta: JsonObject): void {
  const { content } = delta;
  const google = asObject(asObject(delta.extra_content)?.google);
  if (typeof content === "string") takeGoogleText(state, choice, content, google);
  else for (const chunk of asList(content)) takeChunk(state, choice, chunk);
}

/** UTF-16 units of the first `characters` characters. */
function unitsOf(text: string, characters: unknown): number | undefined {
  if (typeof characters !== "number" || characters < 0) return undefined;
  let units = 0;
  for (let left = characters; left > 0 && units < text.length; left--) {
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  }
  return units;
}

/** openai, `ChatCompletionMessage.Annotation`; its indexes count characters. */
function citationOf(annotation: JsonObject, text: string): Citation | undefined {
  const cited = asObject(annotation.url_citation);
  if (typeof cited?.url !== "string") return undefined;
  const start = unitsOf(text, cited.start_index);
  const end = unitsOf(text, cited.end_index);
  return {
    url: cited.url,
    ...(typeof cited.title === "string" ? { title: cited.title } : {}),
    ...(typeof cited.content === "string" ? { citedText: cited.content } : {}),
    ...(start !== undefined && end !== undefined && end > start ? { start, end } : {}),
  };
}

export function takeAnnotations(state: Decoding, choice: ChoiceDecoding, annotations: unknown): void {
  for (const value of asList(annotations)) {
    const open = choice.open?.kind === "text" ? choice.open : openText(state, choice, "text");
    const citation = citationOf(asObject(value) ?? {}, open.text);
    if (citation) state.out.push({ type: "cite", index: open.index, citation });
  }
}

function bytesOf(value: unknown): readonly number[] | null {
  return Array.isArray(value) ? (value as readonly number[]) : null;
}

function tokenOf(value: unknown): TokenLogprob | undefined {
  const token = asObject(value);
  if (typeof token?.token !== "string" || typeof token.logprob !== "number") return undefined;
  const top = asList(token.top_logprobs).flatMap((one) => {
    const { token: text, logprob, bytes } = asObject(one) ?? {};
    if (typeof text !== "string" || typeof logprob !== "number") return [];
    return [{ token: text, logprob, bytes: bytesOf(bytes) }];
  });
  return { token: token.token, logprob: token.logprob, bytes: bytesOf(token.bytes), top };
}

/** openai, `ChatCompletionChunk.Choice.Logprobs`: of the text that came with them. */
export function takeLogprobs(state: Decoding, choice: ChoiceDecoding, value: unknown): void {
  const logprobs = asObject(value);
  const tokens = [...asList(logprobs?.content), ...asList(logprobs?.refusal)]
    .map(tokenOf)
    .filter((token) => token !== undefined);
  if (tokens.length === 0) return;
  const { open } = choice;
  if (open?.kind === "text" || open?.kind === "refusal") {
    state.out.push({ type: "logprobs", index: open.index, tokens });
  } else if (choice.held !== "") choice.heldTokens.push(...tokens);
}

/** OpenRouter: images that the model made. */
export function takeImages(state: Decoding, choice: ChoiceDecoding, images: unknown): void {
  for (const value of asList(images)) {
    const { url } = asObject(asObject(value)?.image_url) ?? {};
    if (typeof url !== "string") continue;
    finishCall(state, choice);
    wholePart(state, choice, { kind: "media", media: "image", ...sourceOfUrl(url) });
  }
}

/** openai, `ChatCompletionAudio`, in streams piece by piece. */
export function takeAudio(choice: ChoiceDecoding, value: unknown): void {
  const audio = asObject(value);
  if (!audio) return;
  choice.audio ??= { id: "", chunks: [], transcript: "", expiresAt: undefined };
  if (typeof audio.id === "string") choice.audio.id = audio.id;
  if (typeof audio.data === "string") choice.audio.chunks.push(audio.data);
  if (typeof audio.transcript === "string") choice.audio.transcript += audio.transcript;
  choice.audio.expiresAt = audio.expires_at ?? choice.audio.expiresAt;
}

/** Pieces are base64 each by itself; padding inside must go. */
function joinBase64(chunks: readonly string[]): string {
  if (chunks.length <= 1) return chunks[0] ?? "";
  return Buffer.concat(chunks.map((chunk) => Buffer.from(chunk, "base64"))).toString("base64");
}

export function flushAudio(state: Decoding, choice: ChoiceDecoding): void {
  const { audio } = choice;
  if (!audio) return;
  choice.audio = undefined;
  const { audio: asked } = state.context.request.extensions["openai-chat"] ?? {};
  const format = asObject(asked)?.format;
  wholePart(state, choice, {
    kind: "media",
    media: "audio",
    source: { type: "base64", bytes: joinBase64(audio.chunks) },
    mime: `audio/${typeof format === "string" ? format : "wav"}`,
    extensions: {
      "openai-chat": { id: audio.id, transcript: audio.transcript, expires_at: audio.expiresAt },
    },
  });
}
