/** What a client of the table is: how it is installed, set up, and asked without a terminal. */
import { join, resolve } from "node:path";
import type { Json, UpstreamProtocol } from "../agents/script.ts";

/** Each client has a folder of its own below this one. */
export const CLIENTS_FOLDER = resolve(import.meta.dir, "../../.run/compatibility");

/** The model that the gateways serve, whatever upstream is behind it. */
export const MODEL = "stone";
/** Continue asks models of such names by Responses. */
export const GPT_MODEL = "gpt-5-stone";
export const PROMPT = "Lay the cornerstone.";

/** In place of a tool's name, for clients that call none. */
export const NO_TOOL = "none";

export type Source =
  /** Packages of compatibility-package.json; the first one's version is shown. */
  | { readonly by: "npm"; readonly packages: readonly string[]; readonly runsScripts?: boolean }
  /** Packages of compatibility-requirements.txt. */
  | { readonly by: "pip"; readonly packages: readonly string[] }
  /** The maker's own installer. */
  | { readonly by: "command"; readonly line: readonly string[] };

export const CASE_IDS = [
  ...["answer", "stream"],
  ...["tools-anthropic-messages", "tools-openai-chat", "tools-openai-responses", "tools-gemini"],
  ...["unknown-key", "empty-wallet", "limit", "broken-stream"],
] as const;
export type CaseId =
  | "answer"
  | "stream"
  | `tools-${UpstreamProtocol}`
  | "unknown-key"
  | "empty-wallet"
  | "limit"
  | "broken-stream";

/** How a client took a case. */
export type Manner = "answered" | "asked again" | "said why" | "own words";

/** One start of a client. */
export interface Start {
  /** Of the gateway, without a trailing slash. */
  readonly url: string;
  readonly key: string;
  readonly caseId: CaseId;
  /** Path of a program that the client's packages brought. */
  readonly program: (name: string) => string;
}

/** A client by one protocol: a row of the table. */
export interface Row {
  readonly protocol: UpstreamProtocol;
  /** Name and content of each file in its home. */
  readonly files?: (start: Start) => Readonly<Record<string, string>>;
  readonly environment?: (start: Start) => Readonly<Record<string, string>>;
  readonly line: (start: Start) => readonly string[];
  /** Cases that it gets wrong by itself, and how: what the vendor's protocol says does not reach its user. */
  readonly faults?: Partial<Readonly<Record<CaseId, string>>>;
  /** Cases that it cannot be asked, and why. */
  readonly lacks?: Partial<Readonly<Record<CaseId | "tools", string>>>;
}

export interface Client {
  readonly id: string;
  readonly title: string;
  readonly source: Source;
  /** An SDK is asked every case in every row; an agent only streams, and shows its errors in its first row. */
  readonly kind: "agent" | "sdk";
  /** The tool that runs a command in its folder. */
  readonly shell: { readonly tool: string; readonly input: (command: string) => Json };
  readonly rows: readonly Row[];
  /** What its user must know, for the page. */
  readonly remark?: string;
  /** The failures for which it has only words of its own, not ours. */
  readonly hides?: readonly CaseId[];
}

/** Where a client's programs are: the name of one, or the path of its file below node_modules. */
export function programOf(id: string, source: Source, name: string): string {
  const folder = source.by === "pip" ? "bin" : name.includes("/") ? "node_modules" : "node_modules/.bin";
  return join(CLIENTS_FOLDER, id, folder, name);
}
