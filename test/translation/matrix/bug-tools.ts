import type { JsonObject } from "../../../src/core/json.ts";
import { type AskName, askText } from "./answers/asks.ts";
import type { Bodies } from "./bodies.ts";
import { bodyText } from "./bodies.ts";
import { type Streamed, streamAnswer, wholeAnswer } from "./stream-answer.ts";
import { type ClientProtocol, type TargetName, traitsOf } from "./targets.ts";
import { ask } from "./translate.ts";

/** What the target is sent. */
export function sent(
  client: ClientProtocol,
  body: NonNullable<Bodies[ClientProtocol]>,
  target: TargetName,
): string {
  return ask(client, bodyText(body), traitsOf(target)).body;
}

/** The text of a stream for a client whose request was `question`. */
export function streamed(
  target: TargetName,
  stream: string,
  client: ClientProtocol,
  question: AskName = "open",
): Streamed {
  const asked = ask(client, askText(question, client, true) ?? "", traitsOf(target), true);
  return streamAnswer(asked, client, [new TextEncoder().encode(stream)]);
}

export function answered(
  target: TargetName,
  whole: string,
  client: ClientProtocol,
  question: AskName = "open",
): string {
  return wholeAnswer(ask(client, askText(question, client, false) ?? "", traitsOf(target)), whole);
}

/** The JSON of a stream's events. */
export function eventsIn(text: string): JsonObject[] {
  return [...text.matchAll(/^data: (\{.*\})\r?$/gm)].map((found) => JSON.parse(found[1] ?? "{}"));
}
