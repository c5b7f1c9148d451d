import { expect, test } from "bun:test";
import fc from "fast-check";
import { FINISH_REASONS, type PartHead, type StreamPart } from "../../../src/core/generation/stream-part.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { openaiResponsesClient } from "../../../src/protocols/openai-responses/client/client.ts";
import { START, USAGE } from "./answer-parts.ts";
import { CODEX_KNOWN_MODEL } from "./bodies.ts";
import { answerContext, brokenOrder, eventsOf, readWhole } from "./contexts.ts";

const signatureArb = fc.record(
  {
    value: fc.string(),
    by: fc.constantFrom("openai", "google", "gateway"),
    itemId: fc.constantFrom("rs_1", "x"),
  },
  { requiredKeys: ["value", "by"] },
);

const id = fc.constantFrom("rs_1", "msg_1", "fc_1", "odd");

const headArb: fc.Arbitrary<PartHead> = fc.oneof(
  fc.record({ kind: fc.constant("text" as const), id, refusal: fc.boolean() }, { requiredKeys: ["kind"] }),
  fc.record(
    {
      kind: fc.constant("reasoning" as const),
      id,
      form: fc.constantFrom("full" as const, "summary" as const),
    },
    { requiredKeys: ["kind", "form"] },
  ),
  fc.record(
    {
      kind: fc.constant("call" as const),
      id,
      callId: fc.string(),
      name: fc.constantFrom("f", "exec"),
      namespace: fc.constant("functions"),
      builtin: fc.constantFrom("tool_search", "shell", "unheard"),
      form: fc.constantFrom("json" as const, "text" as const),
      signature: signatureArb,
    },
    { requiredKeys: ["kind", "callId", "name", "form"] },
  ),
  fc.constant({ kind: "search" as const, searchId: "s", queries: [], sources: [] }),
  fc.record({
    kind: fc.constant("media" as const),
    media: fc.constantFrom("image" as const, "audio" as const),
    source: fc.constant({ type: "base64" as const, bytes: "AA==" }),
  }),
  fc.record({
    kind: fc.constant("opaque" as const),
    protocol: fc.constantFrom("openai-responses" as const, "gemini" as const),
    type: fc.constant("mcp_call"),
    raw: fc.constantFrom('{"type":"mcp_call"}', '{"type":"mcp_call","id":"mcp_1"}'),
  }),
);

type Fill = (index: number) => StreamPart;

const fillArb: fc.Arbitrary<Fill> = fc.oneof(
  fc.tuple(fc.string(), fc.nat(2)).map(
    ([text, section]): Fill =>
      (index) => ({ type: "text", index, text, section }),
  ),
  fc.constantFrom("{}", '{"a":', "1}", "").map(
    (text): Fill =>
      (index) => ({ type: "input", index, text }),
  ),
  signatureArb.map(
    (signature): Fill =>
      (index) =>
        ({ type: "sign", index, signature }) as StreamPart,
  ),
  fc.constant(
    (index: number) => ({ type: "cite", index, citation: { url: "https://a.test" } }) as StreamPart,
  ),
  fc.constant(
    (index: number) =>
      ({ type: "logprobs", index, tokens: [{ token: "a", logprob: -1, top: [] }] }) as StreamPart,
  ),
  fc.constant(() => ({ type: "ping" }) as StreamPart),
  fc.constant(() => ({ type: "usage", usage: USAGE }) as StreamPart),
);

const answerArb = fc
  .record({
    parts: fc.array(fc.tuple(headArb, fc.array(fillArb, { maxLength: 4 })), { maxLength: 6 }),
    unified: fc.constantFrom(...FINISH_REASONS),
  })
  .map(({ parts, unified }): StreamPart[] => [
    START,
    ...parts.flatMap(([part, fills], index): StreamPart[] => [
      { type: "open", index, choice: 0, part },
      ...fills.map((fill) => fill(index)),
      { type: "close", index },
    ]),
    { type: "finish", choice: 0, reason: { unified, raw: unified } },
    { type: "usage", usage: USAGE },
    { type: "end" },
  ]);

const BODIES: readonly JsonObject[] = [
  { model: "m", input: "hi" },
  { model: "m", input: "hi", store: false, include: ["reasoning.encrypted_content"] },
  CODEX_KNOWN_MODEL,
  { model: "m", input: [{ type: "compaction_trigger" }] },
];

test("whatever an upstream answers, clients of the Responses API can read", () => {
  fc.assert(
    fc.property(answerArb, fc.constantFrom(...BODIES), (parts, body) => {
      expect(brokenOrder(parts)).toBeUndefined();
      const events = eventsOf(parts, answerContext(body));
      const response = openaiResponsesClient.fold(events);
      expect(brokenOrder(readWhole(response))).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});
