/** Requests of every client that are nearly right, or large in one way, for every upstream. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { GatewayError } from "../../src/core/errors.ts";
import { bodyText } from "../translation/matrix/bodies.ts";
import { REQUEST_CASES } from "../translation/matrix/requests/cases.ts";
import { CLIENTS, type ClientProtocol, type TargetName, traitsOf } from "../translation/matrix/targets.ts";
import { ask } from "../translation/matrix/translate.ts";
import { mutations } from "./mutations.ts";
import { SEED } from "./verdict.ts";

const SEEDS: readonly (readonly [ClientProtocol, string])[] = REQUEST_CASES.flatMap(({ bodies }) =>
  CLIENTS.flatMap((client) => {
    const body = bodies[client];
    return body === undefined ? [] : [[client, bodyText(body)] as const];
  }),
);

const TARGETS: readonly TargetName[] = [
  ...(["claude", "newClaude", "chat", "qwenVl", "deepseek"] as const),
  ...(["responses", "thinkingResponses", "gemini", "gemini25"] as const),
];
const TRAITS = TARGETS.map(traitsOf);

/** The body for the upstream, or the refusal. @throws whatever is neither. */
function outcomeOf(client: ClientProtocol, text: string, target: number): string {
  const traits = TRAITS[target % TRAITS.length];
  if (!traits) throw new Error("no target");
  try {
    const { body } = ask(client, text, traits);
    JSON.parse(body);
    return body;
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) || thrown.kind === "internal") throw thrown;
    expect(thrown.message.length).toBeGreaterThan(15);
    return thrown.kind;
  }
}

test("requests that are nearly right are translated or refused, the same every time", () => {
  const outcomes = new Map<string, number>();
  const arbitrary = fc.tuple(fc.nat(9_999), fc.nat(99), mutations);
  fc.assert(
    fc.property(arbitrary, ([pick, target, mutate]) => {
      const [client, valid] = SEEDS[pick % SEEDS.length] ?? ["openai-chat", "{}"];
      const text = mutate(valid);
      const outcome = outcomeOf(client, text, target);
      expect(outcomeOf(client, text, target)).toBe(outcome);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
      const kind = outcome.startsWith("{") ? "translated" : outcome;
      outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1);
    }),
    { numRuns: 4_000, seed: SEED },
  );
  expect(outcomes.get("translated")).toBeGreaterThan(500);
  expect(outcomes.get("bad_request")).toBeGreaterThan(50);
}, 30_000);

type Message = Record<string, unknown>;

function many(count: number, each: (at: number) => Message | Message[]): Message[] {
  return Array.from({ length: count }, (_, at) => each(at)).flat();
}

function callOf(id: string): Message {
  return {
    role: "assistant",
    tool_calls: [{ id, type: "function", function: { name: "f", arguments: "{}" } }],
  };
}

const resultOf = (id: string): Message => ({ role: "tool", tool_call_id: id, content: "x" });

/** Conversations that are long in one way. */
const LONG: Record<string, (count: number) => Message[]> = {
  "users and instructions in turn": (count) =>
    many(count, (at) => ({ role: at % 2 ? "system" : "user", content: "x" })),
  "a run of instructions": (count) => [
    { role: "user", content: "x" },
    ...many(count, () => ({ role: "system", content: "x" })),
  ],
  "calls of one id": (count) => [...many(count, () => callOf("c")), ...many(count, () => resultOf("c"))],
  "results without a call": (count) => many(count, (at) => resultOf(`c${at}`)),
};

describe("the work for a long request grows with its length, not with its square", () => {
  const SMALL = 2_000;

  function tookMs(messages: Message[], target: TargetName): number {
    const text = JSON.stringify({ model: "m", messages });
    const startMs = process.cpuUsage().user;
    ask("openai-chat", text, traitsOf(target));
    return (process.cpuUsage().user - startMs) / 1_000;
  }

  test.each(Object.entries(LONG))(
    "%s",
    (_, make) => {
      for (const target of ["newClaude", "gemini", "chat"] as const) {
        tookMs(make(SMALL), target);
        const small = tookMs(make(SMALL), target);
        // 20 times the length: the square would be 400 times the work.
        expect(tookMs(make(SMALL * 20), target)).toBeLessThan(Math.max(small, 10) * 100);
      }
    },
    30_000,
  );
});
