import { expect, test } from "bun:test";
import type { Tool } from "../../../src/core/generation/tool.ts";
import { fitTools } from "../../../src/translation/fit/tools.ts";
import { generation, OPENAI } from "../../protocols/openai-responses/contexts.ts";

function tool(name: string, rest: Partial<Tool> = {}): Tool {
  return { kind: "function", name, namespace: "cal", namespaceDescription: "The user's calendar.", ...rest };
}

test("what a namespace is for is told once, with the first of its tools", () => {
  const tools = [tool("list", { description: "Lists." }), tool("add"), tool("add", { namespace: "mail" })];
  const report = { lose: () => undefined };
  const { request } = fitTools(generation({ tools }), { ...OPENAI, protocol: "openai-chat" }, report);
  expect(request.tools.map(({ name, description }) => [name, description])).toEqual([
    ["cal__list", "Lists.\n\n(cal: The user's calendar.)"],
    ["cal__add", undefined],
    ["mail__add", "(mail: The user's calendar.)"],
  ]);
});
