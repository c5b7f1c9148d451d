import { findMember, scanMembers } from "../../base/json-members.ts";
import { type Splice, spliceText } from "../../base/splice.ts";
import type { SseEvent } from "../../base/sse.ts";
import { asObject, asWord, type JsonObject } from "../../core/json.ts";
import { count, NO_USAGE } from "../../core/usage.ts";
import { editModel } from "../edit-model.ts";
import { badField, controlledFields, controlledMembers } from "../fields.ts";
import type { SideCodec, TapState, Verdict } from "../protocol.ts";
import { eventObject } from "../read-json.ts";
import { headWithoutOutput, mostOf } from "./one-model.ts";

const CONTROLLED = controlledFields(["model", "input", "text", "stream_format"]);

/** `text_to_audio` clients say `text` for what OpenAI calls `input`. */
function inputOf(body: JsonObject): string {
  const { input, text } = body;
  if (input !== undefined && text !== undefined)
    throw badField("text", "input and text mean the same; send one of them.");
  const spoken = input ?? text;
  if (typeof spoken !== "string" || spoken === "")
    throw badField("input", "this field is required: the text to speak.");
  return spoken;
}

/** What is charged: Unicode characters, spaces and all. */
function charactersOf(text: string): number {
  let characters = 0;
  for (const _ of text) characters++;
  return characters;
}

/** Speech takes some 1.4 tokens of audio for a character; slow voices and pauses take more. */
const AUDIO_TOKENS_PER_CHARACTER_MOST = 4;
const AUDIO_TOKENS_LEAST = 256;

function isStream({ stream_format: format }: JsonObject): boolean {
  if (format === undefined || format === null || format === "audio") return false;
  if (format === "sse") return true;
  throw badField("stream_format", "must be audio or sse.");
}

/** `speech.audio.delta` and `.done`; the last has the usage of models that are priced by tokens. */
function readEvent(state: TapState, event: SseEvent): Verdict {
  const parsed = eventObject(event.data);
  if (asObject(parsed?.error) || parsed?.type === "error") return "failed";
  if (parsed?.type !== "speech.audio.done") return "relay";
  const usage = asObject(parsed.usage);
  if (usage) {
    state.usage = {
      ...NO_USAGE,
      input: count(usage.input_tokens),
      audioOutput: count(usage.output_tokens),
    };
    state.source = "reported";
  }
  return "terminal";
}

const encoder = new TextEncoder();

export const speech: SideCodec = {
  id: "openai-speech",
  dialect: "openai",
  modelPaths: [],
  texts: ({ input, text, instructions }) => [asWord(input ?? text), asWord(instructions)],
  readHead(body, bytes) {
    controlledMembers(bytes, CONTROLLED);
    const characters = charactersOf(inputOf(body));
    return headWithoutOutput(body, mostOf(bytes, characters), {
      stream: isStream(body),
      outputTokensMax: AUDIO_TOKENS_LEAST + characters * AUDIO_TOKENS_PER_CHARACTER_MOST,
    });
  },
  editRequest(head, bytes, edits) {
    const splices: Splice[] = editModel(head, bytes, edits);
    const text = findMember(scanMembers(bytes), "text");
    if (text) splices.push(spliceText(text.keyStart, text.valueStart, '"input":'));
    return splices;
  },
  tap: {
    markers: ['"speech.audio.done"', '"error"'].map((text) => encoder.encode(text)),
    glance: () => undefined,
    readEvent,
    endsWell: () => false,
    readWhole: () => undefined,
  },
};
