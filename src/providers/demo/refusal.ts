import type { JsonObject } from "../../core/json.ts";
import { DIALECT_OF, type WireProtocol } from "../../core/protocol.ts";

export type RefusalKind =
  | "not_json"
  | "missing"
  | "wrong_type"
  | "wrong_value"
  | "unsupported"
  | "thread"
  | "previous_response";

/** A request that the demo does not answer. The message names the field and what is wanted. */
export class DemoRefusal extends Error {
  readonly kind: RefusalKind;
  /** The field as the client wrote it (`messages[0].content`); null: the body as a whole. */
  readonly field: string | null;

  constructor(kind: RefusalKind, field: string | null, problem: string) {
    super(field === null ? problem : `"${field}" ${problem}`);
    this.name = "DemoRefusal";
    this.kind = kind;
    this.field = field;
  }
}

/** The spelling of OpenAI's `error.code`; null where OpenAI gives none. */
const OPENAI_CODE: Record<RefusalKind, string | null> = {
  not_json: null,
  missing: "missing_required_parameter",
  wrong_type: "invalid_type",
  wrong_value: "invalid_value",
  unsupported: "unsupported_parameter",
  thread: "unsupported_parameter",
  previous_response: "previous_response_not_found",
};

/**
 * The Anthropic SDK's tool runner sends `thread`; on exactly these details it asks again
 * without one (CLIENTS.md 6), on any other 400 it gives up.
 */
const NO_THREADS = { error_code: "thread_unsupported_request", unsupported: ["thread"] };

function anthropicError(refusal: DemoRefusal, requestId: string): JsonObject {
  const details = refusal.kind === "thread" ? { details: NO_THREADS } : {};
  const error = { type: "invalid_request_error", message: refusal.message, ...details };
  return { type: "error", error, request_id: requestId };
}

function openAiError(refusal: DemoRefusal): JsonObject {
  const code = OPENAI_CODE[refusal.kind];
  const { message, field } = refusal;
  return { error: { message, type: "invalid_request_error", param: field, code } };
}

function geminiError({ message }: DemoRefusal): JsonObject {
  return { error: { code: 400, message, status: "INVALID_ARGUMENT" } };
}

const ERROR_BODY = { anthropic: anthropicError, openai: openAiError, gemini: geminiError };

/** The body of the 400 that the protocol's vendor would answer with. */
export function refusalBody(protocol: WireProtocol, refusal: DemoRefusal, requestId: string): JsonObject {
  return ERROR_BODY[DIALECT_OF[protocol]](refusal, requestId);
}
