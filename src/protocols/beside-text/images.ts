import type { SseEvent } from "../../base/sse.ts";
import { asObject, asWord, type JsonObject } from "../../core/json.ts";
import { count, NO_USAGE, without } from "../../core/usage.ts";
import { editModel } from "../edit-model.ts";
import {
  badField,
  CHOICES_BOUNDS,
  controlledFields,
  controlledMembers,
  optionalBoolean,
  optionalCount,
} from "../fields.ts";
import type { SideCodec, TapState, Verdict } from "../protocol.ts";
import { eventObject } from "../read-json.ts";
import { headWithoutOutput, mostOf } from "./one-model.ts";

const CONTROLLED = controlledFields(["model", "n", "stream", "prompt"]);

/** `ImagesResponse.Usage` (openai): what was written are images. */
function takeUsage(state: TapState, raw: unknown): void {
  const usage = asObject(raw);
  if (!usage) return;
  const text = count(asObject(usage.output_tokens_details)?.text_tokens);
  const written = count(usage.output_tokens);
  state.usage = {
    ...NO_USAGE,
    input: count(usage.input_tokens),
    output: Math.min(text, written),
    imageOutput: without(written, text),
  };
  state.source = "reported";
}

/** `image_generation.partial_image` and `.completed` (openai, `ImageGenStreamEvent`). */
function readEvent(state: TapState, event: SseEvent): Verdict {
  const parsed = eventObject(event.data);
  if (asObject(parsed?.error)) return "failed";
  if (parsed?.type !== "image_generation.completed") return "relay";
  takeUsage(state, parsed.usage);
  return "terminal";
}

const encoder = new TextEncoder();

function checkPrompt({ prompt }: JsonObject): void {
  if (asWord(prompt).trim() === "") throw badField("prompt", "this field is required: what the image shows.");
}

export const images: SideCodec = {
  id: "openai-images",
  dialect: "openai",
  modelPaths: [],
  texts: ({ prompt }) => [asWord(prompt)],
  readHead(body, bytes) {
    controlledMembers(bytes, CONTROLLED);
    checkPrompt(body);
    const choices = optionalCount(body, "n", CHOICES_BOUNDS) ?? 1;
    const stream = optionalBoolean(body, "stream");
    return headWithoutOutput(body, mostOf(bytes), { choices, stream, outputTokensMax: undefined });
  },
  editRequest: editModel,
  tap: {
    markers: ['"image_generation.completed"', '"error"'].map((text) => encoder.encode(text)),
    glance: () => undefined,
    readEvent,
    endsWell: () => false,
    readWhole: (state, answer) => takeUsage(state, answer.usage),
  },
};
