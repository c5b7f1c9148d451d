import type { RawJson } from "../../core/generation/node.ts";
import type { Tool } from "../../core/generation/tool.ts";

/** A vendor's tool that the client runs, as the function that any model can call. */
export interface ClientRunTool {
  readonly description: string;
  readonly schema: RawJson;
}

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
  return { description, schema: object(properties, ["command", "path"]) };
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
};

/** Anthropic's, by the beginning of the tool's `type`; arguments as Anthropic documents them. */
const TOOLS: readonly (readonly [type: RegExp, run: ClientRunTool])[] = [
  [/^bash_/, BASH],
  [/^text_editor_(20241022|20250124)$/, textEditor(true)],
  [/^text_editor_/, textEditor(false)],
  [/^memory_/, MEMORY],
];

/**
 * The function that stands for a client-run built-in, or undefined where none can. Its calls are calls by
 * the tool's own name, which the client's codec writes as the client expects them.
 */
export function clientRunTool({ builtin, description, schema }: Tool): ClientRunTool | undefined {
  if (!builtin?.clientRun) return undefined;
  if (schema !== undefined) return { description: description ?? builtin.type, schema };
  return TOOLS.find(([type]) => builtin.protocol === "anthropic-messages" && type.test(builtin.type))?.[1];
}
