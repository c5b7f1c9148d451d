import { createHash } from "node:crypto";
import type { MediaPart, Part, ReasoningPart, SearchPart, Turn } from "../core/generation/request.ts";
import type { OpenPart, StreamPart } from "../core/generation/stream-part.ts";
import type { TranscriptMedia, TranscriptPart, TranscriptTurn } from "../core/transcript.ts";

/** Characters of a whole transcript, requests and answer each: the newest are kept. */
const TEXT_MAX = 200_000;

const digestOf = (bytes: string | Uint8Array): string =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

function mediaOf({ media, source, mime }: MediaPart): TranscriptMedia {
  const told = mime === undefined ? {} : { mime };
  switch (source.type) {
    case "base64":
      return { kind: "media", media, ...told, source: digestOf(Buffer.from(source.bytes, "base64")) };
    case "text":
      return { kind: "media", media, ...told, source: digestOf(source.text) };
    case "url":
      return { kind: "media", media, ...told, source: source.url };
    case "file":
      return { kind: "media", media, ...told, source: source.fileId };
  }
}

const thoughtOf = ({ text, summary }: ReasoningPart): string => text || (summary ?? []).join("\n\n");
const searchOf = ({ queries }: SearchPart): string => queries.join("\n");

/** A part as it is read; nothing where it has nothing to read. */
function partOf(part: Part): readonly TranscriptPart[] {
  switch (part.kind) {
    case "text":
      return part.text === "" ? [] : [{ kind: "text", text: part.text }];
    case "reasoning": {
      const text = thoughtOf(part);
      return text === "" ? [] : [{ kind: "thinking", text }];
    }
    case "media":
      return [mediaOf(part)];
    case "call":
      return [{ kind: "call", callId: part.callId, name: part.name, input: part.input }];
    case "result": {
      const inside = part.content.flatMap(partOf);
      const text = inside.map((one) => (one.kind === "text" ? one.text : "")).join("\n");
      const media = inside.filter((one) => one.kind === "media");
      return [{ kind: "result", callId: part.callId, text: text.trim(), media }];
    }
    case "search":
      return [{ kind: "call", callId: part.searchId, name: "web search", input: searchOf(part) }];
    case "opaque":
      return [{ kind: "other", type: part.type }];
  }
}

/** The turns of a request as people read them. */
export const turnsOf = (turns: readonly Turn[]): readonly TranscriptTurn[] =>
  turns.map(({ role, parts }) => ({ role, parts: parts.flatMap(partOf) }));

/** A part of an answer while it grows. */
interface Growing {
  readonly choice: number;
  readonly open: OpenPart["part"];
  text: string;
}

function grownPart({ open, text }: Growing): readonly TranscriptPart[] {
  switch (open.kind) {
    case "text":
      return partOf({ kind: "text", text });
    case "reasoning":
      return partOf({ kind: "reasoning", text });
    case "call":
      return [{ kind: "call", callId: open.callId, name: open.name, input: text }];
    default:
      return partOf(open);
  }
}

/** The turns of an answer, one for each choice, of the parts that its stream has or would have had. */
export function answerTurns(stream: readonly StreamPart[]): readonly TranscriptTurn[] {
  const growing = new Map<number, Growing>();
  for (const part of stream) {
    if (part.type === "open") growing.set(part.index, { choice: part.choice, open: part.part, text: "" });
    const grown = part.type === "text" || part.type === "input" ? growing.get(part.index) : undefined;
    if (grown && "text" in part) grown.text += part.text;
  }
  const byChoice = Map.groupBy(growing.values(), ({ choice }) => choice);
  return [...byChoice.values()].map((parts) => ({ role: "assistant", parts: parts.flatMap(grownPart) }));
}

function shorten(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}… (${text.length - max} more characters)`;
}

const sizeOf = (part: TranscriptPart): number =>
  "text" in part ? part.text.length : part.kind === "call" ? part.input.length : 0;

function shortened(part: TranscriptPart, max: number): TranscriptPart {
  if ("text" in part) return { ...part, text: shorten(part.text, max) };
  return part.kind === "call" ? { ...part, input: shorten(part.input, max) } : part;
}

/** Turns within the bound: the last are kept whole, what is before them is shortened once the bound is reached. */
export function withinBound(turns: readonly TranscriptTurn[]): {
  readonly turns: readonly TranscriptTurn[];
  readonly isCut: boolean;
} {
  let left = TEXT_MAX;
  let isCut = false;
  const kept = turns.toReversed().map(({ role, parts }) => ({
    role,
    parts: parts
      .toReversed()
      .map((part) => {
        const max = left;
        left = Math.max(0, left - sizeOf(part));
        if (sizeOf(part) > max) isCut = true;
        return shortened(part, max);
      })
      .reverse(),
  }));
  return { turns: kept.reverse(), isCut };
}

/** Longer strings without a space are bytes in disguise. */
const PLAIN_LENGTH_MAX = 512;
const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)[^,]{0,100},/;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

function withoutBytes(_key: string, value: unknown): unknown {
  if (typeof value !== "string" || value.length <= PLAIN_LENGTH_MAX) return value;
  const [head, mime] = DATA_URL.exec(value) ?? [];
  if (head !== undefined) return `${digestOf(Buffer.from(value.slice(head.length), "base64"))} (${mime})`;
  return BASE64.test(value) ? digestOf(Buffer.from(value, "base64")) : value;
}

/** A body's JSON with digests where it has media or other bytes; undefined where even that is too long. */
export function bodyWithoutBytes(body: object): string | undefined {
  const text = JSON.stringify(body, withoutBytes);
  return text.length <= TEXT_MAX ? text : undefined;
}
