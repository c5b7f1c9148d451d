import { expect, test } from "bun:test";
import type { Signature } from "../../../src/core/generation/node.ts";
import { unsignedCalls, withKept } from "../../../src/translation/kept-signatures.ts";
import { type CallSignature, keepSignatures } from "../../../src/translation/restore/keep-signatures.ts";
import { CLAUDE, call, DEEPSEEK, fit, requestOf, result, run, turn } from "../builders.ts";
import { callHead, close, open, THOUGHT, text, textPart } from "./parts.ts";

const BY_CLAUDE: Signature = { value: "sig", by: "anthropic" };
const THINKS = [open(0, THOUGHT), text(0, "be"), text(0, "cause")];
const CALLS = [close(0), open(1, callHead("c1", "f")), close(1), open(2, callHead("c2", "f")), close(2)];

test("the signature of thinking is kept with its words, by the call behind it", () => {
  const kept: CallSignature[] = [];
  const given = [...THINKS, { type: "sign", index: 0, signature: BY_CLAUDE } as const, ...CALLS];
  expect(run(keepSignatures(kept, CLAUDE), given)).toEqual(given);
  expect(kept).toEqual([{ callId: "c1", signature: { ...BY_CLAUDE, text: "because" } }]);
});

test("thinking without a signature is kept for models that want it back, and for no others", () => {
  const kept: CallSignature[] = [];
  run(keepSignatures(kept, CLAUDE), [...THINKS, ...CALLS]);
  expect(kept).toEqual([]);
  run(keepSignatures(kept, DEEPSEEK), [...THINKS, ...CALLS]);
  expect(kept).toEqual([{ callId: "c1", signature: { value: "", by: "gateway", text: "because" } }]);
  // Chat's decoder signs it by our word.
  const ours = { type: "sign", index: 0, signature: { value: "", by: "gateway" } } as const;
  run(keepSignatures(kept, CLAUDE), [...THINKS, ours, ...CALLS]);
  run(keepSignatures(kept, DEEPSEEK), textPart(0, ["hi"]));
  expect(kept).toHaveLength(1);
});

// https://github.com/decolua/9router/issues/1189
test("DeepSeek gets back the reasoning that its client dropped", () => {
  const kept: CallSignature[] = [];
  run(keepSignatures(kept, DEEPSEEK), [...THINKS, ...CALLS]);
  const turns = [turn("user", "go"), turn("assistant", call("c1")), turn("tool", result("c1", "ok"))];
  const request = requestOf({ origin: "anthropic-messages", turns });
  expect(unsignedCalls(request)).toEqual(["c1"]);
  const known = new Map(kept.map(({ callId, signature }) => [callId, [signature]]));
  const told = fit(withKept(request, known), DEEPSEEK).request;
  expect(told.turns[1]?.parts[0]).toEqual({ kind: "reasoning", text: "because" });
});
