import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  isLegal,
  nameRule,
  newWireIds,
  newWireNames,
  wireId,
} from "../../../src/translation/fit/wire-names.ts";

const ids = fc.uniqueArray(
  fc.oneof(
    fc.string({ maxLength: 90 }),
    fc.string({ unit: fc.constantFrom(..."ab_-:."), minLength: 1, maxLength: 12 }),
    fc.string({ unit: fc.constantFrom("x"), minLength: 60, maxLength: 90 }),
  ),
  { minLength: 1, maxLength: 40 },
);

test("ids on the wire are legal, one to one, and the same whatever other ids there are", () => {
  fc.assert(
    fc.property(ids, fc.constantFrom(40, 64), (given, max) => {
      const table = newWireIds(max, given);
      const wire = given.map((id) => wireId(table, id));
      expect(new Set(wire).size).toBe(given.length);
      for (const [index, id] of given.entries()) {
        expect(wire[index]).toMatch(/^[a-zA-Z0-9_-]+$/);
        expect(wire[index]?.length).toBeLessThanOrEqual(max);
        if (isLegal(table.rule, id)) expect(wire[index]).toBe(id);
        expect(wireId(newWireIds(max, [id]), id)).toBe(wire[index] ?? "");
      }
    }),
  );
});

// https://github.com/maximhq/bifrost/issues/5097, https://github.com/CommandCodeAI/command-code/issues/323
test("functions.Bash:0 becomes legal, and keeps its likeness", () => {
  expect(wireId(newWireIds(64, ["functions.Bash:0"]), "functions.Bash:0")).toMatch(
    /^functions_Bash_0_[0-9a-f]{8}$/,
  );
});

// https://github.com/router-for-me/CLIProxyAPI/issues/3184
test("a legal id is never rewritten", () => {
  expect(wireId(newWireIds(40, ["call_abc"]), "call_abc")).toBe("call_abc");
});

test("a name that another one shortens to gets out of its way", () => {
  const long = `${"t".repeat(70)}`;
  const [taken = ""] = newWireNames(nameRule("openai-chat", 64), [{ key: "a", text: long }]).taken;
  const names = newWireNames(nameRule("openai-chat", 64), [
    { key: "a", text: long },
    { key: "b", text: taken },
  ]);
  expect(names.byKey.get("b")).toBe(taken);
  expect(names.byKey.get("a")).not.toBe(taken);
  expect(names.byKey.get("a")).toMatch(/^t{55}_[0-9a-f]{8}$/);
});

test.each([
  ["gemini", "mcp.tool:run", "mcp.tool:run"],
  ["openai-chat", "mcp.tool:run", expect.stringMatching(/^mcp_tool_run_[0-9a-f]{8}$/)],
  ["gemini", "1st", expect.stringMatching(/^_1st_[0-9a-f]{8}$/)],
  ["anthropic-messages", "1st", "1st"],
])("%s is told %j as %p", (protocol, name, expected) => {
  const names = newWireNames(nameRule(protocol, 128), [{ key: name, text: name }]);
  expect(names.byKey.get(name)).toEqual(expected);
});
