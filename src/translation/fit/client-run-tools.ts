import type { RawJson, Tool } from "../../core/generation/request.ts";

/** A vendor's tool that the client runs, as the function that any model can call. */
export interface ClientRunTool {
  readonly description: string;
  readonly schema: RawJson;
  /** Its calls have an item of their own in the client's protocol. */
  readonly typed: boolean;
}

type Describe = (raw: { readonly [key: string]: unknown }) => ClientRunTool;

const TEXT = { type: "string" };
const COUNT = { type: "integer" };

function object(properties: object, required: readonly string[]): RawJson {
  return JSON.stringify({ type: "object", properties, required });
}

function choice(...words: readonly string[]): object {
  return { ...TEXT, enum: words };
}

/** Anthropic's text editor; its versions from May 2025 on call the inserted text `insert_text` and cannot undo. */
function textEditor(older: boolean): ClientRunTool {
  const commands = ["view", "create", "str_replace", "insert", ...(older ? ["undo_edit"] : [])];
  const inserted = older ? {} : { insert_text: { ...TEXT, description: "insert: the text to insert" } };
  const lines = { type: "array", items: COUNT, description: "view: first and last line, -1 for the end" };
  const properties = {
    command: choice(...commands),
    path: { ...TEXT, description: "absolute path of the file or folder" },
    view_range: lines,
    file_text: { ...TEXT, description: "create: the whole text of the file" },
    old_str: { ...TEXT, description: "str_replace: the text to replace, which must occur exactly once" },
    new_str: { ...TEXT, description: "the new text" },
    insert_line: { ...COUNT, description: "insert: the line after which to insert, 0 for the beginning" },
    ...inserted,
  };
  const description = "Views, creates and edits text files.";
  return { description, schema: object(properties, ["command", "path"]), typed: false };
}

const BASH: ClientRunTool = {
  description: "Runs a command in a shell that keeps its state between calls.",
  schema: object(
    {
      command: { ...TEXT, description: "the command to run" },
      restart: { type: "boolean", description: "true: start the shell anew instead" },
    },
    [],
  ),
  typed: false,
};

const MEMORY: ClientRunTool = {
  description: "Views, creates and edits files of a memory that outlives this conversation, below /memories.",
  schema: object(
    {
      command: choice("view", "create", "str_replace", "insert", "delete", "rename"),
      path: { ...TEXT, description: "path below /memories" },
      view_range: { type: "array", items: COUNT },
      file_text: { ...TEXT, description: "create: the whole text of the file" },
      old_str: { ...TEXT, description: "str_replace: the text to replace" },
      new_str: { ...TEXT, description: "str_replace: the new text" },
      insert_line: { ...COUNT, description: "insert: the line after which to insert" },
      insert_text: { ...TEXT, description: "insert: the text to insert" },
      old_path: { ...TEXT, description: "rename: the path now" },
      new_path: { ...TEXT, description: "rename: the path then" },
    },
    ["command"],
  ),
  typed: false,
};

const LOCAL_SHELL: ClientRunTool = {
  description: "Runs a command on the user's machine and gives its output.",
  schema: object(
    {
      command: { type: "array", items: TEXT, description: "the program and its arguments" },
      working_directory: TEXT,
      timeout_ms: COUNT,
      env: { type: "object", additionalProperties: TEXT },
    },
    ["command"],
  ),
  typed: true,
};

const SHELL: ClientRunTool = {
  description: "Runs shell commands on the user's machine and gives their output.",
  schema: object(
    {
      commands: { type: "array", items: TEXT, description: "commands, run one after the other" },
      timeout_ms: COUNT,
      max_output_length: COUNT,
    },
    ["commands"],
  ),
  typed: true,
};

const APPLY_PATCH: ClientRunTool = {
  description: "Creates, changes or deletes one file.",
  schema: object(
    {
      type: choice("create_file", "update_file", "delete_file"),
      path: TEXT,
      diff: { ...TEXT, description: "V4A diff of the file; not for delete_file" },
    },
    ["type", "path"],
  ),
  typed: true,
};

function toolSearch(raw: { readonly [key: string]: unknown }): ClientRunTool {
  const described = typeof raw.description === "string" ? raw.description : "";
  return {
    description: described || "Searches for further tools; those that are found can be called next.",
    schema: raw.parameters ? JSON.stringify(raw.parameters) : object({ query: TEXT }, ["query"]),
    typed: true,
  };
}

/** By protocol and the beginning of the tool's `type`; arguments as the vendors document them. */
const TOOLS: readonly (readonly [protocol: string, type: RegExp, describe: Describe])[] = [
  ["anthropic-messages", /^bash_/, () => BASH],
  ["anthropic-messages", /^text_editor_(20241022|20250124)$/, () => textEditor(true)],
  ["anthropic-messages", /^text_editor_/, () => textEditor(false)],
  ["anthropic-messages", /^memory_/, () => MEMORY],
  ["openai-responses", /^local_shell$/, () => LOCAL_SHELL],
  ["openai-responses", /^shell$/, () => SHELL],
  ["openai-responses", /^apply_patch$/, () => APPLY_PATCH],
  ["openai-responses", /^tool_search$/, toolSearch],
];

/** The function that stands for a client-run built-in, or undefined where none can. */
export function clientRunTool({ builtin }: Tool): ClientRunTool | undefined {
  if (!builtin?.clientRun) return undefined;
  const row = TOOLS.find(([protocol, type]) => protocol === builtin.protocol && type.test(builtin.type));
  return row?.[2](JSON.parse(builtin.raw));
}
