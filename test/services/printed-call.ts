/** One request that a service's documents print, as facts; host and key are filled in when it is made. */

export type AnswerKind =
  | "anthropic-messages"
  | "openai-chat"
  | "openai-responses"
  | "openai-completions"
  | "gemini";

export type Dialect = "anthropic" | "openai" | "gemini";

export type Expected =
  | { readonly answer: AnswerKind; readonly stream?: boolean; readonly finish?: "length" | "tool" }
  | { readonly models: readonly string[] }
  | { readonly status: 401 | 404; readonly dialect: Dialect };

export interface PrintedCall {
  /** Whose key signs the call: a plan of the service's file; its first one otherwise. */
  readonly plan?: string;
  /** As after `-X`; absent where the document leaves it to curl. */
  readonly method?: "POST" | "GET";
  readonly path: string;
  /** The host's name as the client sees it; 127.0.0.1 otherwise. */
  readonly host?: string;
  /** Which way the key travels. */
  readonly auth: "bearer" | "x-api-key" | "x-goog-api-key" | "query" | "none";
  readonly headers?: Readonly<Record<string, string>>;
  /** curl's -N. */
  readonly unbuffered?: boolean;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly expected: Expected;
}

export const JSON_TYPE = { "content-type": "application/json" };
export const ANTHROPIC_HEADERS = { "anthropic-version": "2023-06-01", "content-type": "application/json" };
