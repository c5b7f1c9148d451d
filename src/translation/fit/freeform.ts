import type { CallPart } from "../../core/generation/request.ts";
import type { Tool } from "../../core/generation/tool.ts";

const INPUT_SCHEMA = JSON.stringify({
  type: "object",
  properties: { input: { type: "string", description: "the whole input of the tool, as plain text" } },
  required: ["input"],
  additionalProperties: false,
});

/** A freeform tool as a function with one string, `input`; its grammar is told in words. */
export function asFunction(tool: Tool): Tool {
  const { grammar, ...rest } = tool;
  const told = [
    tool.description ?? "",
    "`input` is plain text: no JSON inside it, no code fences around it.",
  ];
  if (grammar) {
    told.push(`It must follow this ${grammar.syntax} grammar:\n\n${grammar.definition}`);
  }
  const description = told.filter((text) => text !== "").join("\n\n");
  return { ...rest, kind: "function", description, schema: INPUT_SCHEMA };
}

/** A freeform call of the history, as a call of that function. */
export function wrapInput(call: CallPart): CallPart {
  return { ...call, form: "json", input: JSON.stringify({ input: call.input }) };
}
