import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../../src/core/json.ts";
import { openaiResponsesClient } from "../../../src/protocols/openai-responses/client/client.ts";
import type { WireEvent } from "../../../src/protocols/translation.ts";
import { answer, call, TEXT } from "./answer-parts.ts";
import { answerContext, eventsOf } from "./contexts.ts";

const GOOD = eventsOf(
  answer(
    [
      [{ kind: "reasoning", form: "summary" }, "hm"],
      [TEXT, "a", "b"],
      [call(), '{"a":1}'],
    ],
    "tool",
  ),
);

function wrong(events: readonly WireEvent[]): string | undefined {
  const grammar = openaiResponsesClient.openGrammar(answerContext().request);
  for (const event of events) {
    const problem = grammar.check(event);
    if (problem !== undefined) return problem;
  }
  return grammar.end();
}

/** The stream with its numbers put right, so that only the damage is wrong. */
function renumbered(events: readonly WireEvent[]): WireEvent[] {
  let sequence_number = 0;
  return events.map((event) =>
    event.data === "[DONE]"
      ? event
      : { ...event, data: { ...event.data, sequence_number: sequence_number++ } },
  );
}

function without(type: string): WireEvent[] {
  return renumbered(GOOD.filter(({ name }) => name !== `response.${type}`));
}

function changed(type: string, change: (data: JsonObject) => JsonObject): WireEvent[] {
  return GOOD.map((event) =>
    event.name === `response.${type}` && event.data !== "[DONE]"
      ? { ...event, data: change(event.data) }
      : event,
  );
}

test("a good stream is good", () => {
  expect(wrong(GOOD)).toBeUndefined();
});

describe("what breaks clients is caught (PROTOCOLS.md 2.3)", () => {
  test.each([
    ["created", "before response.created"],
    ["output_item.added", "outside of an item"],
    ["content_part.added", "outside of its part"],
    ["output_text.delta", "another text than the deltas"],
    ["output_text.done", "before its text is done"],
    ["content_part.done", "ends inside a part"],
    ["reasoning_summary_part.added", "outside of its part"],
    ["function_call_arguments.delta", "another text than the deltas"],
    ["function_call_arguments.done", "input was never done"],
    ["output_item.done", "begins inside"],
    ["completed", "[DONE] without"],
  ])("a stream without %s", (type, problem) => {
    expect(wrong(without(type))).toContain(problem);
  });

  test.each<[string, string, (data: JsonObject) => JsonObject, string]>([
    ["a reused output index", "output_item.added", (data) => ({ ...data, output_index: 0 }), "output index"],
    [
      "an id that stands twice",
      "output_item.added",
      (data) => ({ ...data, item: { ...(data.item as object), id: "x" } }),
      "of rs_",
    ],
    ["a delta of another item", "output_text.delta", (data) => ({ ...data, item_id: "x" }), "of x inside"],
    ["another text at the end", "output_text.done", (data) => ({ ...data, text: "z" }), "another text"],
    [
      "other arguments",
      "function_call_arguments.done",
      (data) => ({ ...data, arguments: "{}" }),
      "another text",
    ],
    ["a skipped number", "in_progress", (data) => ({ ...data, sequence_number: 7 }), "sequence number"],
    [
      "another name than type",
      "in_progress",
      (data) => ({ ...data, type: "response.queued" }),
      "the event's name",
    ],
    [
      "a call without its name",
      "output_item.done",
      (data) => ({ ...data, item: { ...(data.item as object), name: undefined } }),
      "without its name",
    ],
    [
      "an empty output at the end",
      "completed",
      (data) => ({ ...data, response: { ...(data.response as object), output: [] } }),
      "not what its items were",
    ],
    [
      "a usage without a count",
      "completed",
      (data) => ({ ...data, response: { ...(data.response as object), usage: { input_tokens: 1 } } }),
      "lacks a count",
    ],
    [
      "a status that is another's",
      "completed",
      (data) => ({ ...data, response: { ...(data.response as object), status: "failed" } }),
      "with the status failed",
    ],
    [
      "another response's id",
      "completed",
      (data) => ({ ...data, response: { ...(data.response as object), id: "resp_x" } }),
      "another response",
    ],
    [
      "reasoning without a summary",
      "output_item.added",
      (data) => ({ ...data, item: { ...(data.item as object), summary: undefined } }),
      "without its summary",
    ],
  ])("%s", (_name, type, change, problem) => {
    expect(wrong(changed(type, change))).toContain(problem);
  });

  test("events that no client knows, and events after the end", () => {
    const odd = { name: "response.odd", data: { type: "response.odd", sequence_number: 2 } };
    expect(wrong([...GOOD.slice(0, 2), odd])).toContain("no client knows");
    expect(wrong([...GOOD, { data: "[DONE]" }])).toContain("[DONE]");
    expect(wrong([...GOOD, ...GOOD.slice(0, 1)])).toContain("after the end");
    expect(wrong(GOOD.slice(0, -1))).toContain("no [DONE]");
    expect(wrong(GOOD.slice(0, -2))).toContain("no terminal");
  });
});
