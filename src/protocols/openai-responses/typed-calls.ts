import { type RawIndex, writeJson } from "../../base/raw-json.ts";
import type { RawJson } from "../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import { asWritten } from "./notes.ts";

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
  readonly description: string;
  readonly schema: RawJson;
}

const COMMAND_SCHEMA = JSON.stringify({
  type: "object",
  properties: {
    command: { type: "array", items: { type: "string" }, description: "The program and its arguments." },
    working_directory: { type: "string" },
    timeout_ms: { type: "integer" },
    env: { type: "object", additionalProperties: { type: "string" } },
  },
  required: ["command"],
});

const COMMANDS_SCHEMA = JSON.stringify({
  type: "object",
  properties: {
    commands: { type: "array", items: { type: "string" }, description: "Shell commands, run in order." },
    timeout_ms: { type: "integer" },
    max_output_length: { type: "integer" },
  },
  required: ["commands"],
});

const PATCH_SCHEMA = JSON.stringify({
  type: "object",
  properties: {
    type: { type: "string", enum: ["create_file", "update_file", "delete_file"] },
    path: { type: "string" },
    diff: { type: "string", description: "The change in V4A diff form; none for delete_file." },
  },
  required: ["type", "path"],
});

const SEARCH_SCHEMA = JSON.stringify({
  type: "object",
  properties: { query: { type: "string", description: "What the wanted tools shall do." } },
  required: ["query"],
});

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
    description: "Runs a program on the user's machine.",
    schema: COMMAND_SCHEMA,
  },
  {
    tool: "shell",
    call: "shell_call",
    output: "shell_call_output",
    prefix: "sh",
    member: "action",
    fixed: {},
    marks: {},
    description: "Runs shell commands on the user's machine.",
    schema: COMMANDS_SCHEMA,
  },
  {
    tool: "apply_patch",
    call: "apply_patch_call",
    output: "apply_patch_call_output",
    prefix: "apc",
    member: "operation",
    fixed: {},
    marks: {},
    description: "Creates, updates or deletes one file on the user's machine.",
    schema: PATCH_SCHEMA,
  },
  {
    tool: "tool_search",
    call: "tool_search_call",
    output: "tool_search_output",
    prefix: "tsc",
    member: "arguments",
    fixed: {},
    marks: { execution: "client" },
    description: "Finds further tools and makes them available.",
    schema: SEARCH_SCHEMA,
  },
];

const BY_TOOL = new Map(TYPED_CALLS.map((typed) => [typed.tool, typed]));
const BY_CALL = new Map(TYPED_CALLS.map((typed) => [typed.call, typed]));
const BY_OUTPUT = new Map(TYPED_CALLS.map((typed) => [typed.output, typed]));

/** The tool's typed call, where its client runs it: not in a container, and not the vendor's own search. */
export function typedCallOfTool(tool: JsonObject): TypedCall | undefined {
  const typed = BY_TOOL.get(String(tool.type));
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
