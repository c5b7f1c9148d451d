import { rawIndex } from "../../../src/base/raw-json.ts";
import { GatewayError } from "../../../src/core/errors.ts";
import { asObject } from "../../../src/core/json.ts";
import {
  endOfTranslated,
  feedTranslated,
  finishTranslated,
  newTranslatedStream,
  takeTranslatedHeld,
} from "../../../src/gateway/translated-stream.ts";
import { translateWhole } from "../../../src/translation/answer-translator.ts";
import type { ClientProtocol } from "./targets.ts";
import type { Asked } from "./translate.ts";

export interface Streamed {
  /** What the client reads. */
  readonly text: string;
  /** Whether the answer ended well. */
  readonly whole: boolean;
  /** Set where the upstream failed: before anything was told to the client it is an answer of its own. */
  readonly failure: GatewayError | undefined;
}

const decoder = new TextDecoder();

/** A stream of the upstream's, in these chunks, through the functions by which the gateway relays one. */
export function streamAnswer(asked: Asked, client: ClientProtocol, chunks: readonly Uint8Array[]): Streamed {
  const stream = newTranslatedStream(asked.translator, client);
  let text = "";
  for (const chunk of chunks) text += decoder.decode(feedTranslated(stream, chunk));
  const whole = finishTranslated(stream);
  text += decoder.decode(takeTranslatedHeld(stream));
  const failure = whole ? undefined : (asked.translator.failure ?? new GatewayError("upstream_error", "cut"));
  if (failure) text += decoder.decode(endOfTranslated(stream, failure));
  return { text, whole, failure };
}

/** @throws GatewayError what the upstream said */
export function wholeAnswer(asked: Asked, text: string): string {
  const answer = asObject(JSON.parse(text));
  if (!answer) throw new Error("no object");
  return JSON.stringify(translateWhole(asked.translator, answer, rawIndex(text, answer)));
}
