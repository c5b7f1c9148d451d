import { describe, expect, test } from "bun:test";
import type { FinishReason } from "../../../src/core/generation/stream-part.ts";
import { asList, type JsonObject } from "../../../src/core/json.ts";
import { answer, call, TEXT } from "./answer-parts.ts";
import { ANSWER_ID, answerContext, decode, encode, eventsOf, foldOf, seal } from "./contexts.ts";

/** Codex with its built-in provider: "expected exactly one compaction output item" (CLIENTS.md 2). */
const BODY: JsonObject = {
  model: "m",
  stream: true,
  input: [
    { role: "user", content: "do it" },
    { role: "assistant", content: "done" },
    { type: "compaction_trigger" },
  ],
  tools: [{ type: "function", name: "f", parameters: {}, strict: false }],
  tool_choice: "auto",
};

const SUMMARY = { value: "They wanted it; it is done.", by: "gateway" };

describe("remote compaction (https://github.com/router-for-me/CLIProxyAPI/issues/4848)", () => {
  test("another model is asked for a summary, and cannot call tools", () => {
    const request = decode(BODY);
    expect(request.turns.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(request.turns[2]?.parts).toMatchObject([
      { kind: "text", text: expect.stringContaining("summary") },
    ]);
    expect(request.toolChoice).toEqual({ mode: "none" });
  });

  test("a Responses upstream gets the trigger itself", () => {
    expect(encode(decode(BODY)).body).toEqual({ ...BODY, model: "gpt-5.6" });
  });

  test("the summary comes back as exactly one compaction item", () => {
    const parts = answer([
      [{ kind: "reasoning", form: "summary" }, "hm"],
      [TEXT, "They wanted it; ", "it is done."],
      [call(), "{}"],
    ]);
    const item = { id: `cmp_${ANSWER_ID}`, type: "compaction", encrypted_content: seal([SUMMARY]) };
    const events = eventsOf(parts, answerContext(BODY));
    expect(events.map(({ name }) => name)).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.output_item.done",
      "response.completed",
      undefined,
    ]);
    expect(foldOf(parts, answerContext(BODY)).output).toEqual([item]);
  });

  test("and stands for the conversation from then on", () => {
    const item = { type: "compaction", id: "cmp_1", encrypted_content: seal([SUMMARY]) };
    const body = { model: "m", input: [item, { role: "user", content: "go on" }] };
    const { turns } = decode(body);
    expect(turns[0]).toMatchObject({
      role: "user",
      parts: [{ kind: "text", text: expect.stringContaining("They wanted it; it is done.") }],
    });
    // The vendor knows nothing of our envelope.
    const [first] = asList(encode(decode(body)).body.input);
    expect(first).toMatchObject({ type: "message", role: "user" });
  });

  test("the vendor's own item is passed on, alone", () => {
    const raw = '{"id":"cmp_up","type":"compaction","encrypted_content":"gAAA"}';
    const own = { kind: "opaque", protocol: "openai-responses", type: "compaction", raw } as const;
    expect(foldOf(answer([[own], [TEXT, "a"]]), answerContext(BODY)).output).toEqual([JSON.parse(raw)]);
  });

  test("an answer without a summary fails", () => {
    const events = eventsOf(answer([[call(), "{}"]], "tool"), answerContext(BODY));
    expect(events.at(-1)?.name).toBe("response.failed");
  });

  test("a summary that was cut is incomplete", () => {
    const cut: FinishReason["unified"] = "length";
    expect(foldOf(answer([[TEXT, "They"]], cut), answerContext(BODY)).status).toBe("incomplete");
  });
});
