import type { SseEvent } from "../../base/sse.ts";
import { asObject, asWord, type JsonObject } from "../../core/json.ts";
import { count, NO_USAGE, without } from "../../core/usage.ts";
import { requiredModel } from "../fields.ts";
import type { SideCodec, TapState, Verdict } from "../protocol.ts";
import { eventObject } from "../read-json.ts";
import { keyMarker, stringBytes } from "../text-bytes.ts";
import { headWithoutOutput } from "./one-model.ts";

/** Begun seconds count whole. Some servers write numbers as text (`"duration":"8.47"`). */
function secondsOf(value: unknown): number {
  const seconds = typeof value === "string" ? Number(value) : value;
  return typeof seconds === "number" && seconds > 0 ? count(Math.ceil(seconds)) : 0;
}

/**
 * `usage` of a transcription (openai, `Transcription.Tokens` and `.Duration`), or the `duration` of the
 * verbose forms where there is none. Sets nothing where neither says anything.
 */
function takeUsage(state: TapState, answer: JsonObject): void {
  const usage = asObject(answer.usage);
  const seconds = secondsOf(usage?.seconds ?? answer.duration);
  const input = count(usage?.input_tokens);
  if (seconds === 0 && input === 0) return;
  const audio = asObject(usage?.input_token_details)?.audio_tokens;
  const audioInput = Math.min(audio === undefined ? input : count(audio), input);
  state.usage = {
    ...NO_USAGE,
    input: without(input, audioInput),
    audioInput,
    output: count(usage?.output_tokens),
    seconds,
  };
  state.source = "reported";
}

/** `transcript.text.delta`, `.segment` and `.done` (openai, `TranscriptionStreamEvent`). */
function readEvent(state: TapState, event: SseEvent): Verdict {
  if (event.data === "[DONE]") return "terminal";
  const parsed = eventObject(event.data);
  if (asObject(parsed?.error) || parsed?.type === "error") return "failed";
  if (parsed?.type !== "transcript.text.done") return "relay";
  takeUsage(state, parsed);
  state.finished = true;
  return "terminal";
}

const encoder = new TextEncoder();
const DELTA = [keyMarker("delta")];

/** The request is a form, whose fields stand for the body; the upload has its bytes (gateway/upload.ts). */
export const transcriptions: SideCodec = {
  id: "openai-transcriptions",
  dialect: "openai",
  modelPaths: [],
  texts: ({ prompt }) => [asWord(prompt)],
  readHead: (body) =>
    headWithoutOutput(
      body,
      { inputTokens: 0, characters: 0, seconds: 0 },
      {
        model: requiredModel(body),
        stream: body.stream === "true",
        outputTokensMax: undefined,
      },
    ),
  editRequest: () => [],
  tap: {
    markers: ['"transcript.text.done"', '"error"', "[DONE]"].map((text) => encoder.encode(text)),
    glance(state, events) {
      state.textBytes += stringBytes(events, DELTA);
    },
    readEvent,
    endsWell: () => false,
    readWhole: takeUsage,
  },
};
