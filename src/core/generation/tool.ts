import type { Protocol } from "../protocol.ts";
import type { Extensions, Node, RawJson } from "./node.ts";

export interface Tool extends Node {
  readonly name: string;
  readonly namespace?: string;
  /** What the namespace is for, on each of its tools; where names are flattened, the place for it is the description. */
  readonly namespaceDescription?: string;
  /** function: JSON arguments by a schema · freeform: text, perhaps by a grammar · builtin: the vendor's own. */
  readonly kind: "function" | "freeform" | "builtin";
  readonly description?: string;
  readonly schema?: RawJson;
  readonly strict?: boolean;
  readonly grammar?: { readonly syntax: string; readonly definition: string };
  readonly builtin?: Builtin;
  /** Anthropic `defer_loading`: shown to the model only once it searched for it. */
  readonly deferred?: boolean;
}

export interface Builtin {
  readonly protocol: Protocol;
  /** Its `type` on the wire (`web_search_20250305`, `web_search`, `googleSearch`). */
  readonly type: string;
  readonly raw: RawJson;
  /** Set where it is a web search, which other vendors have too. */
  readonly search?: WebSearch;
  /** Run by the client (Anthropic `bash_…`, Responses `local_shell`, `tool_search` with `execution: client`). */
  readonly clientRun?: boolean;
}

export interface WebSearch {
  readonly allowedDomains?: readonly string[];
  readonly blockedDomains?: readonly string[];
  readonly usesMax?: number;
  readonly location?: {
    readonly city?: string;
    readonly region?: string;
    readonly country?: string;
    readonly timezone?: string;
  };
}

export interface ToolChoice {
  /** one: must call `names[0]` · some: may call only these (`required` says that it must call one of them). */
  readonly mode: "auto" | "none" | "required" | "one" | "some";
  readonly names?: readonly string[];
  readonly required?: boolean;
  readonly extensions?: Extensions;
}
