/**
 * The neutral script of the demo upstream. A reader per protocol makes a `DemoTurn` of a
 * request, `composeReply` makes a `DemoReply` of the turn, a writer per protocol puts the reply
 * on the wire, whole or in events.
 */
import type { Passage } from "../../base/tokens.ts";

/** One thing said in the conversation: one text part, one call or one result. */
export interface DemoLine {
  readonly by: "system" | "user" | "assistant" | "tool";
  readonly text: string;
  /** For a line by `tool`: which tool answered, where the conversation tells. */
  readonly toolName?: string;
}

export interface DemoTool {
  readonly name: string;
  /** The Responses namespace that the tool was declared in. */
  readonly namespace?: string;
  /** `text` is a freeform tool (OpenAI "custom"): its input is plain text, not JSON. */
  readonly form: "json" | "text";
  /** The JSON schema of the arguments, as the client wrote it. */
  readonly schema: unknown;
}

export interface ToolChoice {
  readonly mode: "auto" | "none" | "required";
  /** Only these may be called; absent: any. */
  readonly names?: readonly string[];
}

/** What the answer's text has to be, when it has to be JSON. */
export type JsonFormat = { readonly kind: "object" } | { readonly kind: "schema"; readonly schema: unknown };

export interface DemoTurn {
  /** The model's name as the upstream was asked for it. */
  readonly model: string;
  readonly lines: readonly DemoLine[];
  readonly tools: readonly DemoTool[];
  /** Tools and schemas as JSON text: they count as input. */
  readonly declarations: string;
  readonly choice: ToolChoice;
  /** Whether several tools may be called at once. */
  readonly parallel: boolean;
  /** `hidden`: the thought is paid for and signed, but not told. */
  readonly thinking: "none" | "shown" | "hidden";
  /** Tokens, over thought, text and calls; undefined: no limit. */
  readonly outputTokensMax: number | undefined;
  readonly stops: readonly string[];
  /** How many replies are asked for (`n`, `candidateCount`). */
  readonly choices: number;
  readonly format: JsonFormat | undefined;
  /** Text that the reply repeats before its own, outside limits (completions' `echo`). */
  readonly prefix: string;
}

/** A turn that asks for nothing special; readers spread it and set what the request says. */
export const PLAIN_TURN: Omit<DemoTurn, "model" | "lines"> = {
  tools: [],
  declarations: "",
  choice: { mode: "auto" },
  parallel: true,
  thinking: "none",
  outputTokensMax: undefined,
  stops: [],
  choices: 1,
  format: undefined,
  prefix: "",
};

export interface DemoCall {
  readonly tool: DemoTool;
  /** A JSON object for `form: "json"`, plain text for `form: "text"`. */
  readonly input: Passage;
}

export type DemoFinish = "stop" | "stop_sequence" | "length" | "tool";

export interface DemoReply {
  /** Undefined: the client asked for no thinking. */
  readonly thought: Passage | undefined;
  readonly text: Passage;
  readonly calls: readonly DemoCall[];
  readonly finish: DemoFinish;
  /** The stop sequence that ended the text. */
  readonly stop: string | undefined;
  /** Thought, text and calls together; the thought is a part of it. */
  readonly outputTokens: number;
}

export interface DemoUsage {
  readonly inputTokens: number;
  /** All replies together, thoughts included. */
  readonly outputTokens: number;
  readonly thoughtTokens: number;
}
