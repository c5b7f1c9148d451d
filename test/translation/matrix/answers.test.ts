import { describe, expect, test } from "bun:test";
import { GatewayError } from "../../../src/core/errors.ts";
import { type AnswerTry, triesOf } from "./answer-tries.ts";
import { meaningOf } from "./answers/case.ts";
import { ANSWER_CASES } from "./answers/cases.ts";
import { VIEWS } from "./answers/views.ts";
import { differences } from "./differences.ts";
import type { AnswerMeaning } from "./meaning.ts";
import { ANSWER_READERS } from "./readers/answer.ts";
import { streamAnswer, wholeAnswer } from "./stream-answer.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

for (const given of ANSWER_CASES) {
  describe(given.name, () => {
    for (const tried of triesOf(given)) {
      const { upstream, client, wire } = tried;
      if (wire.stream !== undefined) {
        test(`${upstream} > ${client}: stream`, () => (given.fails ? streamFails(tried) : streams(tried)));
      }
      if (wire.whole !== undefined) {
        test(`${upstream} > ${client}: whole`, () => (given.fails ? wholeFails(tried) : answers(tried)));
      }
    }
  });
}

function expected({ given, upstream, client }: AnswerTry): AnswerMeaning {
  return VIEWS[client](meaningOf(given, upstream, client));
}

async function streams(tried: AnswerTry): Promise<void> {
  const { client, wire } = tried;
  const streamed = streamAnswer(tried.ask(true), client, [bytes(wire.stream ?? "")]);
  expect(streamed.failure?.message).toBeUndefined();
  expect(differences(await ANSWER_READERS[client](streamed.text, true), expected(tried))).toEqual([]);
}

async function answers(tried: AnswerTry): Promise<void> {
  const { client, wire } = tried;
  const text = wholeAnswer(tried.ask(false), wire.whole ?? "");
  expect(differences(await ANSWER_READERS[client](text, false), expected(tried))).toEqual([]);
}

/** Before the first word the gateway answers with a status; behind it the client's SDK must see an error. */
async function streamFails(tried: AnswerTry): Promise<void> {
  const { given, client, wire } = tried;
  const streamed = streamAnswer(tried.ask(true), client, [bytes(wire.stream ?? "")]);
  expect(streamed.whole).toBe(false);
  expect<string | undefined>(streamed.failure?.kind).toBe(given.fails);
  const read = ANSWER_READERS[client](streamed.text, true).then(
    () => "read as an answer",
    () => "error",
  );
  expect(await read).toBe("error");
}

function wholeFails({ given, ask, wire }: AnswerTry): void {
  let kind: string | undefined;
  try {
    wholeAnswer(ask(false), wire.whole ?? "");
  } catch (error) {
    kind = error instanceof GatewayError ? error.kind : String(error);
  }
  expect<string | undefined>(kind).toBe(given.fails);
}
