import { expect, test } from "bun:test";
import { Raw, writeJson } from "../../../src/base/raw-json.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import {
  inputItems,
  outputItems,
  withEarlierItems,
} from "../../../src/protocols/openai-responses/stored-items.ts";
import { answer, call, TEXT } from "./answer-parts.ts";
import { answerContext, decode, foldOf } from "./contexts.ts";

// https://github.com/ENTERPILOT/GoModel/issues/939
test("a response builds on an earlier one as if its items had been sent", () => {
  const first: JsonObject = { model: "m", instructions: "Be short.", input: "weather?" };
  const response = foldOf(
    answer(
      [
        [TEXT, "I look."],
        [call(), "{}"],
      ],
      "tool",
    ),
    answerContext(first),
  );
  const earlier = [...inputItems(first), ...outputItems(response)];
  const output = { type: "function_call_output", call_id: "call_1", output: "sunny" };
  const body = { model: "m", previous_response_id: response.id, input: [output] };
  const whole = withEarlierItems(body, earlier);
  expect(whole).not.toHaveProperty("previous_response_id");
  const { turns } = decode(whole);
  expect(turns.map(({ role, parts }) => [role, parts.map(({ kind }) => kind)])).toEqual([
    ["user", ["text"]],
    ["assistant", ["text", "call"]],
    ["tool", ["result"]],
  ] as never);
});

test("stored items may be source text, and a plain question is an item", () => {
  const item = '{"type":"message","role":"user","content":"1.0","x":1.0}';
  const text = writeJson(withEarlierItems({ model: "m", input: "and?" }, [new Raw(item)]));
  expect(text).toBe(
    `{"model":"m","input":[${item},{"type":"message","role":"user","content":[{"type":"input_text","text":"and?"}]}]}`,
  );
});
