import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import type { WireEvent } from "../../translation.ts";

interface FoldedChoice {
  text: string;
  logprobs: Record<string, unknown[]> | null;
  finish: unknown;
}

const LISTS = ["tokens", "token_logprobs", "top_logprobs", "text_offset"];

function addLogprobs(choice: FoldedChoice, logprobs: JsonObject): void {
  choice.logprobs ??= Object.fromEntries(LISTS.map((key) => [key, []]));
  for (const key of LISTS) choice.logprobs[key]?.push(...asList(logprobs[key]));
}

function addPiece(choices: Map<number, FoldedChoice>, piece: JsonObject): void {
  const index = Number(piece.index);
  const choice = choices.get(index) ?? { text: "", logprobs: null, finish: null };
  choices.set(index, choice);
  choice.text += typeof piece.text === "string" ? piece.text : "";
  const logprobs = asObject(piece.logprobs);
  if (logprobs) addLogprobs(choice, logprobs);
  choice.finish = piece.finish_reason ?? choice.finish;
}

/** openai, `Completion`, or the error that ended the stream. */
export function foldCompletion(events: readonly WireEvent[]): JsonObject {
  const choices = new Map<number, FoldedChoice>();
  let whole: JsonObject = {};
  for (const { data } of events) {
    if (data === "[DONE]") continue;
    if (data.error !== undefined) return data;
    const { choices: pieces, ...frame } = data;
    whole = { ...whole, ...frame };
    for (const piece of asList(pieces)) addPiece(choices, asObject(piece) ?? {});
  }
  const list = [...choices]
    .sort(([a], [b]) => a - b)
    .map(([index, { text, logprobs, finish }]) => ({
      index,
      text,
      logprobs,
      finish_reason: finish,
    }));
  return { ...whole, choices: list };
}
