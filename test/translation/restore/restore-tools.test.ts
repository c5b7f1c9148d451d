import { expect, test } from "bun:test";
import fc from "fast-check";
import type { RestoredTool } from "../../../src/translation/restore/restore.ts";
import { restoreTools } from "../../../src/translation/restore/restore-tools.ts";
import { disorder, gather, run } from "../builders.ts";
import { callHead, close, input, open, pieces, textPart } from "./parts.ts";

const TOOLS = new Map<string, RestoredTool>([
  ["functions__exec", { name: "exec", namespace: "functions", form: "text" }],
  ["apply_patch", { name: "apply_patch", form: "text", grammar: true }],
  ["long_1234abcd", { name: "a.very.long name", form: "json" }],
  ["one__spawn", { name: "spawn", namespace: "one", form: "json" }],
  ["two__spawn", { name: "spawn", namespace: "two", form: "json" }],
]);
const RESTORE = { tools: TOOLS, callIds: new Map([["wire_1", "functions.Bash:0"]]) };

test.each([
  ["functions__exec", { name: "exec", namespace: "functions", form: "text" }],
  // https://github.com/router-for-me/CLIProxyAPI/issues/4414
  ["exec", { name: "exec", namespace: "functions", form: "text" }],
  ["functions.exec", { name: "exec", namespace: "functions", form: "text" }],
  ["long_1234abcd", { name: "a.very.long name", form: "json" }],
  ["two__spawn", { name: "spawn", namespace: "two", form: "json" }],
  ["spawn", { name: "spawn", form: "json" }],
  ["unknown", { name: "unknown", form: "json" }],
])("a call of %s is a call of %j", (name, expected) => {
  const [opened] = run(restoreTools(RESTORE), [open(0, callHead("c", name))]);
  expect(opened).toEqual(open(0, { kind: "call", callId: "c", ...expected } as never));
});

test("an id that was changed for the target is the client's again", () => {
  const [opened] = run(restoreTools(RESTORE), [open(0, callHead("wire_1", "x"))]);
  expect(opened).toMatchObject({ part: { callId: "functions.Bash:0" } });
});

function unwrapped(tool: string, parts: readonly string[]): string {
  const given = [open(0, callHead("c", tool)), ...parts.map((piece) => input(0, piece)), close(0)];
  const taken = run(restoreTools(RESTORE), given);
  expect(disorder(taken)).toBeUndefined();
  for (const part of taken) if (part.type === "input") expect(part.text.isWellFormed()).toBe(true);
  return gather(taken)[0]?.text ?? "";
}

const anyText = fc.string({ unit: "grapheme", maxLength: 40 });
const cuts = fc.array(fc.nat(200), { maxLength: 12 });

test("a freeform tool's input comes out of its JSON, however the stream is cut", () => {
  fc.assert(
    fc.property(anyText, cuts, fc.boolean(), (said, places, escaped) => {
      const json = JSON.stringify({ input: said });
      const ascii = json.replace(
        /[^\x20-\x7e]/g,
        (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
      expect(unwrapped("functions__exec", pieces(escaped ? ascii : json, places))).toBe(said);
    }),
  );
});

test("it is relayed as it comes, not at the end", () => {
  const filter = restoreTools(RESTORE);
  run(filter, [open(0, callHead("c", "functions__exec"))]);
  expect(run(filter, [input(0, ' { "input" :"*** Be')])).toEqual([input(0, "*** Be")]);
  expect(run(filter, [input(0, "gin\\")])).toEqual([input(0, "gin")]);
  expect(run(filter, [input(0, "n\\ud83d")])).toEqual([input(0, "\n")]);
  expect(run(filter, [input(0, '\\ude00"}')])).toEqual([input(0, "😀")]);
  expect(run(filter, [close(0)])).toEqual([close(0)]);
});

test.each([
  ["another member", '{"patch":"*** Begin"}', "*** Begin"],
  ["members beside it", '{"explanation":"why","input":"*** Begin"}', "*** Begin"],
  ["one text among others", '{"lines":3,"diff":"*** Begin"}', "*** Begin"],
  ["a bare string", '"*** Begin\\n"', "*** Begin\n"],
  ["no JSON at all", "*** Begin\n{}", "*** Begin\n{}"],
  ["JSON that is the input itself", '{"a":1,"b":2}', '{"a":1,"b":2}'],
  ["an input that is no string", '{"input":{"a":1.5}}', '{"a":1.5}'],
  ["broken JSON", '{"text:', '{"text:'],
  ["line breaks as they are", '{"input":"a\nb\tc"}', "a\nb\tc"],
  ["escapes that JSON does not know", '{"input":"it\\\'s"}', "it's"],
  ["nothing", "", ""],
  ["an empty object", "{}", ""],
  ["half an answer", '{"input":"*** Begin\\nab\\u00', "*** Begin\nab"],
])("an input in another form is understood: %s", (_what, given, expected) => {
  fc.assert(
    fc.property(cuts, (places) => {
      expect(unwrapped("functions__exec", pieces(given, places))).toBe(expected);
    }),
    { numRuns: 30 },
  );
});

test.each([
  ["fenced", JSON.stringify({ input: "```patch\n*** Begin\n```\n" }), "*** Begin"],
  ["fenced without JSON", "```\n*** Begin\n```", "*** Begin"],
  ["a fence inside", JSON.stringify({ input: "a\n```\nb" }), "a\n```\nb"],
  ["a fence that stays open", JSON.stringify({ input: "```\na" }), "```\na"],
  ["backticks", JSON.stringify({ input: "``a`` `b`" }), "``a`` `b`"],
])("a fence around the text of a tool with a grammar is taken off: %s", (_what, given, expected) => {
  fc.assert(
    fc.property(cuts, (places) => expect(unwrapped("apply_patch", pieces(given, places))).toBe(expected)),
    { numRuns: 30 },
  );
  if (_what === "fenced") expect(unwrapped("functions__exec", [given])).toStartWith("```patch");
});

test("inputs of other calls and texts go by untouched", () => {
  const given = [
    ...textPart(0, ["hi"]),
    open(1, callHead("c", "unknown")),
    input(1, '{"input":"x"}'),
    close(1),
  ];
  expect(run(restoreTools(RESTORE), given)).toEqual(given);
});
