import { expect, test } from "bun:test";
import type { Effort, GenerationRequest, Reasoning } from "../../../src/core/generation/request.ts";
import type { TargetTraits } from "../../../src/core/generation/traits.ts";
import { nearestEffort } from "../../../src/translation/fit/efforts.ts";
import { decode } from "../../protocols/openai-chat/translating.ts";
import {
  CHAT,
  CLAUDE,
  DEEPSEEK,
  fit,
  GEMINI,
  NEW_CLAUDE,
  OLD_GEMINI,
  RESPONSES,
  STRICT_CHAT,
} from "../builders.ts";

const PRO: TargetTraits = { ...OLD_GEMINI, model: "gemini-2.5-pro" };
const GPT: TargetTraits = { ...RESPONSES, efforts: ["none", "low", "medium", "high", "xhigh"] };
const O3: TargetTraits = { ...RESPONSES, efforts: ["low", "medium", "high"] };

type Row = [string, TargetTraits, Reasoning, Partial<GenerationRequest>, Reasoning, number];

test.each<Row>([
  ["an effort is a budget", CLAUDE, { effort: "high" }, {}, { mode: "on", budgetTokens: 16_384 }, 0],
  [
    "the least effort is the least budget",
    CLAUDE,
    { effort: "minimal" },
    {},
    { mode: "on", budgetTokens: 1_024 },
    0,
  ],
  ["a budget stays", CLAUDE, { mode: "on", budgetTokens: 5_000 }, {}, { mode: "on", budgetTokens: 5_000 }, 0],
  [
    "a budget below Claude's least",
    CLAUDE,
    { mode: "on", budgetTokens: 100 },
    {},
    { mode: "on", budgetTokens: 1_024 },
    1,
  ],
  ["off", CLAUDE, { mode: "off" }, {}, { mode: "off" }, 0],
  ["effort none is off", CLAUDE, { effort: "none" }, {}, { mode: "off" }, 0],
  ["adaptive without a number", CLAUDE, { mode: "auto" }, {}, { mode: "on", budgetTokens: 8_192 }, 0],
  [
    "an effort has at most half of a short answer",
    CLAUDE,
    { effort: "high" },
    { outputTokensMax: 4_096 },
    { mode: "on", budgetTokens: 2_048 },
    0,
  ],
  [
    "a budget that fills the answer",
    CLAUDE,
    { mode: "on", budgetTokens: 4_096 },
    { outputTokensMax: 4_096 },
    { mode: "on", budgetTokens: 2_048 },
    1,
  ],
  [
    "Claude Code's budget of one less",
    CLAUDE,
    { mode: "on", budgetTokens: 31_999 },
    { outputTokensMax: 32_000 },
    { mode: "on", budgetTokens: 31_999 },
    0,
  ],
  // https://github.com/BerriAI/litellm/issues/9001
  ["no room for thinking", CLAUDE, { effort: "low" }, { outputTokensMax: 1_024 }, { mode: "off" }, 1],
  [
    "barely room",
    CLAUDE,
    { effort: "low" },
    { outputTokensMax: 1_025 },
    { mode: "on", budgetTokens: 1_024 },
    0,
  ],
  ["Gemini 2.5 decides by itself", OLD_GEMINI, { mode: "auto" }, {}, { mode: "auto", budgetTokens: -1 }, 0],
  ["Gemini 2.5 Flash stops", OLD_GEMINI, { effort: "none" }, {}, { mode: "off" }, 0],
  ["Gemini 2.5 Pro cannot", PRO, { effort: "none" }, {}, { mode: "on", budgetTokens: 128 }, 1],
  ["Gemini 2.5 has a most", OLD_GEMINI, { effort: "max" }, {}, { mode: "on", budgetTokens: 24_576 }, 0],
  ["adaptive takes an effort", NEW_CLAUDE, { effort: "high" }, {}, { mode: "auto", effort: "high" }, 0],
  [
    "adaptive takes a budget as one",
    NEW_CLAUDE,
    { mode: "on", budgetTokens: 20_000 },
    {},
    { mode: "auto", effort: "high" },
    1,
  ],
  ["adaptive, nothing more said", NEW_CLAUDE, { mode: "on" }, {}, { mode: "auto" }, 0],
  ["adaptive knows no minimal", NEW_CLAUDE, { effort: "minimal" }, {}, { mode: "auto", effort: "low" }, 1],
  ["adaptive is off", NEW_CLAUDE, { mode: "off" }, {}, { mode: "off" }, 0],
  ["an effort stays", GPT, { mode: "auto", effort: "xhigh" }, {}, { mode: "on", effort: "xhigh" }, 0],
  ["an effort that is too much", O3, { effort: "max" }, {}, { mode: "on", effort: "high" }, 1],
  ["on without an effort", GPT, { mode: "on" }, {}, { mode: "on", effort: "medium" }, 0],
  ["off is effort none", GPT, { mode: "off" }, {}, { mode: "off", effort: "none" }, 0],
  ["off where none is unknown", O3, { mode: "off" }, {}, { mode: "on", effort: "low" }, 1],
  ["a budget is an effort", GPT, { mode: "on", budgetTokens: 4_000 }, {}, { mode: "on", effort: "low" }, 1],
  ["a level", GEMINI, { effort: "medium" }, {}, { mode: "on", effort: "high" }, 1],
  ["no level is named where none was asked for", GEMINI, { mode: "auto" }, {}, { mode: "on" }, 0],
  ["Gemini 3 cannot stop", GEMINI, { mode: "off" }, {}, { mode: "on", effort: "low" }, 1],
  ["a switch is on", DEEPSEEK, { effort: "high" }, {}, { mode: "on" }, 1],
  ["a switch is off", DEEPSEEK, { effort: "none" }, {}, { mode: "off" }, 0],
  [
    "a switch with efforts",
    { ...DEEPSEEK, efforts: ["high", "max"] },
    { effort: "low" },
    {},
    { mode: "on", effort: "high" },
    1,
  ],
  [
    "a template takes a budget",
    STRICT_CHAT,
    { mode: "on", budgetTokens: 2_000 },
    {},
    { mode: "on", budgetTokens: 2_000 },
    0,
  ],
  ["a model that does not think", { ...CLAUDE, thinking: "none" }, { effort: "high" }, {}, {}, 1],
  [
    "a model that does not think, and was not to",
    { ...CLAUDE, thinking: "none" },
    { mode: "off" },
    {},
    {},
    0,
  ],
  ["nothing said, nothing told", NEW_CLAUDE, {}, {}, {}, 0],
])("%s", (_what, traits, reasoning, fields, told, lost) => {
  const { request, losses } = fit({ ...fields, origin: "openai-completions", reasoning }, traits);
  expect(request.reasoning).toEqual(told);
  expect(losses).toHaveLength(lost);
});

test("the client's limit is never raised, and Claude is always given one", () => {
  expect(fit({ outputTokensMax: 500, reasoning: { effort: "high" } }, CLAUDE).request.outputTokensMax).toBe(
    500,
  );
  expect(fit({}, CLAUDE).request.outputTokensMax).toBe(64_000);
  expect(fit({}, { ...CLAUDE, outputTokensMax: 0 }).request.outputTokensMax).toBe(8_192);
  expect(fit({ origin: "gemini" }, CHAT).request.outputTokensMax).toBeUndefined();
});

test("a limit beyond the model's own is the model's own", () => {
  const { request, losses } = fit({ outputTokensMax: 128_000 }, CLAUDE);
  expect(request.outputTokensMax).toBe(64_000);
  expect(losses).toMatchObject([{ action: "changed", path: "max_completion_tokens" }]);
});

test.each([
  [{ max_tokens: 128_000 }, "max_tokens"],
  [{ max_completion_tokens: 128_000 }, "max_completion_tokens"],
  [{ max_tokens: 128_000, max_completion_tokens: 128_000 }, "max_completion_tokens"],
])("of %p it is named as its client wrote it", (limits, path) => {
  const asked = decode({ model: "m", messages: [{ role: "user", content: "Hi" }], ...limits });
  expect(fit(asked, CLAUDE).losses).toMatchObject([{ action: "changed", path }]);
});

test("who asks for thinking in chat or of older Claudes sees it; others see what they ask for", () => {
  const shown = (origin: GenerationRequest["origin"], reasoning: Reasoning, traits: TargetTraits) =>
    fit({ origin, reasoning }, traits).request.reasoning.show;
  expect(shown("openai-chat", { effort: "high" }, NEW_CLAUDE)).toBe("summary");
  expect(shown("anthropic-messages", { mode: "on", budgetTokens: 2_048 }, GPT)).toBe("summary");
  expect(shown("anthropic-messages", { mode: "auto", show: "none" }, GPT)).toBe("none");
  expect(shown("openai-responses", { effort: "high" }, NEW_CLAUDE)).toBeUndefined();
  expect(shown("openai-chat", { mode: "off" }, GPT)).toBeUndefined();
  expect(shown("openai-chat", {}, GPT)).toBeUndefined();
});

test.each<[Effort, string[], string]>([
  ["minimal", ["low", "medium", "high"], "low"],
  ["medium", ["low", "high"], "high"],
  ["max", ["low", "medium", "high"], "high"],
  ["xhigh", ["low", "medium", "high", "max"], "max"],
  ["low", ["none", "medium"], "medium"],
  ["high", [], "high"],
  ["high", ["turbo"], "high"],
])("the nearest to %s among %j is %s", (effort, known, expected) => {
  expect(nearestEffort(effort, known)).toBe(expected as Effort);
});
