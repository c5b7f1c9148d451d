import { expect, test } from "bun:test";
import fc from "fast-check";
import type { CallPart, Part, ResultPart, Role, Turn } from "../../../src/core/generation/request.ts";
import type { TargetTraits } from "../../../src/core/generation/traits.ts";
import {
  CHAT,
  CLAUDE,
  fit,
  GEMINI,
  NEW_CLAUDE,
  OLD_GEMINI,
  RESPONSES,
  result,
  STRICT_CHAT,
  turn,
} from "../builders.ts";

/** What happens in a conversation; `call` makes some calls, which are answered before the model speaks again. */
type Event =
  | { readonly say: Role; readonly text: string }
  | { readonly calls: number; readonly order: number };

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    say: fc.constantFrom<Role>("system", "developer", "user", "assistant"),
    text: fc.constantFrom("", " ", "word", "a\nb"),
  }),
  fc.record({ calls: fc.integer({ min: 1, max: 3 }), order: fc.nat(2) }),
);
const events = fc.array(event, { minLength: 1, maxLength: 12 });

const IDS = ["call_", "functions.f:", "x".repeat(70)];

/** As a Responses client sends it: one item a turn, results in any order, words between them. */
function conversation(happened: readonly Event[]): Turn[] {
  return happened.flatMap((each, step) => {
    if ("say" in each) return [turn(each.say, each.text)];
    const ids = Array.from({ length: each.calls }, (_, index) => `${IDS[index % 3]}${step}${index}`);
    const calls = ids.map(
      (callId): CallPart => ({ kind: "call", callId, name: "f", form: "json", input: "{}" }),
    );
    const results = [...ids.slice(each.order), ...ids.slice(0, each.order)].map((id) =>
      turn("tool", result(id, "ok")),
    );
    return [...calls.map((call) => turn("assistant", call)), ...results];
  });
}

function fitted(traits: TargetTraits, turns: readonly Turn[]): readonly Turn[] {
  const origin = traits.protocol === "openai-responses" ? "openai-chat" : "openai-responses";
  return fit({ origin, turns }, traits).request.turns;
}

const isCall = (part: Part): part is CallPart => part.kind === "call";
const isResult = (part: Part): part is ResultPart => part.kind === "result";

/** Turns behind the instructions at the front. */
function behindFront(turns: readonly Turn[]): readonly Turn[] {
  const first = turns.findIndex(({ role }) => role !== "system" && role !== "developer");
  return first < 0 ? [] : turns.slice(first);
}

/** Each step's results, in the order of its calls, are what comes right behind it. */
function checkPairs(turns: readonly Turn[]): void {
  for (const [index, { role, parts }] of turns.entries()) {
    const asked = role === "assistant" ? parts.filter(isCall).map(({ callId }) => callId) : [];
    const next = turns.slice(index + 1);
    const end = next.findIndex((each) => !each.parts.some(isResult));
    const given = next.slice(0, end < 0 ? undefined : end).flatMap((each) => each.parts.filter(isResult));
    if (asked.length > 0) expect(given.map(({ callId }) => callId)).toEqual(asked);
  }
}

test.each([
  ["Claude", CLAUDE],
  ["newer Claude", NEW_CLAUDE],
  ["Gemini", GEMINI],
  ["older Gemini", OLD_GEMINI],
] as const)(
  "whatever happened, %s gets turns that alternate, the user's first, results first in them",
  (_who, traits) => {
    fc.assert(
      fc.property(events, (happened) => {
        const turns = behindFront(fitted(traits, conversation(happened)));
        const talk = turns.filter(({ role }) => role !== "system");
        expect(talk[0]?.role).toBe("user");
        for (const [index, { role, parts }] of talk.entries()) {
          expect(role).not.toBe(talk[index + 1]?.role as Role);
          expect(["user", "assistant"]).toContain(role);
          expect(parts.length).toBeGreaterThan(0);
          const kinds = parts.map(isResult);
          expect(kinds).toEqual([...kinds.filter(Boolean), ...kinds.filter((kind) => !kind)]);
          if (traits.protocol === "anthropic-messages")
            for (const part of parts) if (part.kind === "text") expect(part.text.trim()).not.toBe("");
        }
        if (traits !== NEW_CLAUDE) expect(talk).toEqual([...turns]);
        for (const [index, { role }] of turns.entries()) {
          if (role !== "system") continue;
          expect(turns[index - 1]?.role).toBe("user");
          expect([undefined, "assistant"]).toContain(turns[index + 1]?.role);
        }
        checkPairs(talk);
      }),
    );
  },
);

test.each([
  ["OpenAI", CHAT],
  ["a strict chat server", STRICT_CHAT],
  ["Mistral", { ...STRICT_CHAT, callIdMax: 9 }],
] as const)("whatever happened, %s gets one result a turn, right behind its calls", (_who, traits) => {
  fc.assert(
    fc.property(events, (happened) => {
      const turns = fitted(traits, conversation(happened));
      for (const [index, { role, parts }] of turns.entries()) {
        if (role === "tool") expect(parts.map(({ kind }) => kind)).toEqual(["result"]);
        else expect(parts.some(isResult)).toBe(false);
        if (role === "assistant") expect(turns[index + 1]?.role).not.toBe("assistant");
        if (traits.alternation && role === "user") expect(turns[index + 1]?.role).not.toBe("user");
        if (!traits.systemAnywhere && index > 0) expect(role).not.toBe("system");
      }
      checkPairs(turns);
    }),
  );
});

const TARGETS: readonly TargetTraits[] = [
  CLAUDE,
  NEW_CLAUDE,
  GEMINI,
  OLD_GEMINI,
  CHAT,
  STRICT_CHAT,
  RESPONSES,
];

test("ids are legal, and the same on a call and its result", () => {
  fc.assert(
    fc.property(events, fc.constantFrom(...TARGETS), (happened, traits) => {
      const parts = fitted(traits, conversation(happened)).flatMap((each) => each.parts);
      for (const { callId } of parts.filter(isCall)) {
        expect(callId).toMatch(/^[a-zA-Z0-9_-]+$/);
        expect(callId.length).toBeLessThanOrEqual(traits.callIdMax);
      }
      const asked = parts.filter(isCall).map(({ callId }) => callId);
      expect(parts.filter(isResult).map(({ callId }) => callId)).toEqual(asked);
    }),
  );
});

test("nothing that was said is lost, but empty words", () => {
  fc.assert(
    fc.property(events, fc.constantFrom(...TARGETS), (happened, traits) => {
      const words = (turns: readonly Turn[]) =>
        turns
          .flatMap(({ parts }) =>
            parts.flatMap((part) => (part.kind === "text" ? [part.text.match(/word|a\nb/)?.[0] ?? ""] : [])),
          )
          .filter((text) => text !== "");
      const said = conversation(happened);
      expect(words(fitted(traits, said)).toSorted()).toEqual(words(said).toSorted());
    }),
  );
});

test("a conversation that goes on keeps its beginning as it was told: the upstream's prompt cache finds it again", () => {
  fc.assert(
    fc.property(events, events, fc.constantFrom(...TARGETS), (begun, more, traits) => {
      const first = [turn("user", "go"), ...conversation(begun), turn("user", "well?")];
      const later = conversation([...begun.map((): Event => ({ say: "user", text: "x" })), ...more]).slice(
        begun.length,
      );
      const [short, long] = [
        fitted(traits, first),
        fitted(traits, [...first, turn("assistant", "ok"), ...later]),
      ];
      expect(long.slice(0, short.length)).toEqual([...short]);
    }),
  );
});
