/** Answers of every upstream that are mangled, for every client: they end well, or with an error that says whose. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { GatewayError } from "../../src/core/errors.ts";
import {
  endOfTranslated,
  feedTranslated,
  finishTranslated,
  newTranslatedStream,
  takeTranslatedHeld,
} from "../../src/gateway/translated-stream.ts";
import { SAMPLES } from "../support/streams.ts";
import {
  CLIENTS,
  type ClientProtocol,
  DEFAULT_TARGETS,
  traitsOf,
  UPSTREAMS,
  type UpstreamProtocol,
} from "../translation/matrix/targets.ts";
import { ask } from "../translation/matrix/translate.ts";
import { mutations } from "./mutations.ts";
import { SEED } from "./verdict.ts";

const HI = [{ role: "user", content: "Hi" }];
const BODIES: Record<ClientProtocol, object> = {
  "anthropic-messages": { model: "m", max_tokens: 500, messages: HI },
  "openai-chat": { model: "m", messages: HI },
  "openai-responses": { model: "m", input: "Hi" },
  gemini: { contents: [{ role: "user", parts: [{ text: "Hi" }] }] },
  "openai-completions": { model: "m", prompt: "Hi" },
};

interface Edit {
  readonly at: number;
  readonly how: number;
  readonly mutate: (text: string) => string;
}

/** Events left out, doubled elsewhere, and with other values in their data. */
function mangled(upstream: UpstreamProtocol, edits: readonly Edit[]): string {
  const events = [...SAMPLES[upstream]("m", "\n").events];
  for (const { at, how, mutate } of edits) {
    const place = at % events.length;
    const event = events[place] ?? "";
    if (how === 0) events.splice(place, 1);
    else if (how === 1) events.splice((at * 7) % events.length, 0, event);
    else events[place] = event.replace(/^data: (\{.*\})$/m, (_, data: string) => `data: ${mutate(data)}`);
  }
  return events.join("");
}

/** How the answer ended. @throws what is thrown on the way. */
function outcomeOf(client: ClientProtocol, upstream: UpstreamProtocol, text: string, cutAt: number): string {
  const traits = traitsOf(DEFAULT_TARGETS[upstream]);
  const { translator } = ask(client, JSON.stringify(BODIES[client]), traits, true);
  const stream = newTranslatedStream(translator, client);
  const bytes = Buffer.from(text);
  try {
    for (const piece of [bytes.subarray(0, cutAt), bytes.subarray(cutAt)]) feedTranslated(stream, piece);
    if (translator.phase === "beginning" || translator.phase === "answering") finishTranslated(stream);
    takeTranslatedHeld(stream);
  } catch (thrown) {
    // What the grammar finds is nonsense of the upstream's that no rule of ours foresaw: told, logged, free.
    if (!(thrown instanceof GatewayError) || !String(thrown.cause).includes("grammar:")) throw thrown;
    return `grammar: ${endOfTranslated(stream, thrown).length > 0}`;
  }
  return translator.phase;
}

test("mangled answers end well or with a failure of the upstream's", () => {
  const outcomes = new Map<string, number>();
  const edit = fc.record({ at: fc.nat(99), how: fc.nat(4), mutate: mutations });
  const arbitrary = fc.record({
    client: fc.constantFrom(...CLIENTS),
    upstream: fc.constantFrom(...UPSTREAMS),
    edits: fc.array(edit, { maxLength: 3 }),
    cutAt: fc.nat(3_000),
  });
  fc.assert(
    fc.property(arbitrary, ({ client, upstream, edits, cutAt }) => {
      const outcome = outcomeOf(client, upstream, mangled(upstream, edits), cutAt);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }),
    { numRuns: 3_000, seed: SEED },
  );
  expect([...outcomes.keys()].filter((outcome) => !/^(ended|failed|grammar: true)$/.test(outcome))).toEqual(
    [],
  );
  expect(outcomes.get("ended")).toBeGreaterThan(500);
  expect(outcomes.get("failed")).toBeGreaterThan(50);
  expect(outcomes.get("grammar: true") ?? 0).toBeLessThan(30);
}, 30_000);
