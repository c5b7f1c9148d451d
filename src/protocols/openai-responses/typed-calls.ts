import { asWritten, type RawIndex, writeJson } from "../../base/raw-json.ts";
import type { RawJson } from "../../core/generation/node.ts";
import { asObject, asWord, type JsonObject } from "../../core/json.ts";

/**
 * Tools of the vendor's that the client runs itself. Their calls are items of their own type, with the input
 * in an object; other models call them as functions with that object as arguments.
 */
export interface TypedCall {
  /** The tool's `type`, and its name as a function. */
  readonly tool: string;
  readonly call: string;
  readonly output: string;
  /** Prefix of the call item's id. */
  readonly prefix: string;
  /** The member of the call item that holds the input. */
  readonly member: string;
  /** What the member holds besides the input. */
  readonly fixed: JsonObject;
  /** What the call item holds besides the member. */
  readonly marks: JsonObject;
}

/** openai: `LocalShellCall`, `ShellCall`, `ApplyPatchCall`, `ToolSearchCall` and their outputs. */
const TYPED_CALLS: readonly TypedCall[] = [
  {
    tool: "local_shell",
    call: "local_shell_call",
    output: "local_shell_call_output",
    prefix: "lsh",
    member: "action",
    fixed: { type: "exec", env: {} },
    marks: {},
  },
  {
    tool: "shell",
    call: "shell_call",
    output: "shell_call_output",
    prefix: "sh",
    member: "action",
    fixed: {},
    marks: {},
  },
  {
    tool: "apply_patch",
    call: "apply_patch_call",
    output: "apply_patch_call_output",
    prefix: "apc",
    member: "operation",
    fixed: {},
    marks: {},
  },
  {
    tool: "tool_search",
    call: "tool_search_call",
    output: "tool_search_output",
    prefix: "tsc",
    member: "arguments",
    fixed: {},
    marks: { execution: "client" },
  },
];

const BY_TOOL = new Map(TYPED_CALLS.map((typed) => [typed.tool, typed]));
const BY_CALL = new Map(TYPED_CALLS.map((typed) => [typed.call, typed]));
const BY_OUTPUT = new Map(TYPED_CALLS.map((typed) => [typed.output, typed]));

/** The tool's typed call, where its client runs it: not in a container, and not the vendor's own search. */
export function typedCallOfTool(tool: JsonObject): TypedCall | undefined {
  const typed = BY_TOOL.get(asWord(tool.type));
  if (typed?.tool === "tool_search") return tool.execution === "client" ? typed : undefined;
  const place = asObject(tool.environment)?.type ?? "local";
  return place === "local" ? typed : undefined;
}

/** @param type of a vendor's tool that the client runs */
export function typedCallOfType(type: string): TypedCall | undefined {
  return BY_TOOL.get(type);
}

export function typedCallOfItem(type: string): TypedCall | undefined {
  return BY_CALL.get(type);
}

export function typedOutputOfItem(type: string): TypedCall | undefined {
  return BY_OUTPUT.get(type);
}

/** Whether a call item of this type was made for the client; the vendor's own searches need none. */
export function isForClient(item: JsonObject): boolean {
  return item.type !== "tool_search_call" || item.execution === "client";
}

/** The arguments of a typed call: what its item holds, without what is the same in each. */
export function typedInput(item: JsonObject, typed: TypedCall, raw: RawIndex): RawJson {
  const input: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(asObject(item[typed.member]) ?? {})) {
    if (value !== null && value !== typed.fixed[key]) input[key] = asWritten(value, raw);
  }
  return writeJson(input);
}
