import { asList, asObject, type JsonObject } from "../../core/json.ts";

/** @anthropic-ai/sdk `ErrorType`, by status. */
const TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  529: "overloaded_error",
};

const QUOTED_MAX = 2_000;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page: it is quoted as it stands.
    return undefined;
  }
}

/** What a cloud's own error says: Google's, in a list or alone, AWS's `{message}`, or plain text. */
function wordsOf(body: unknown, text: string): string {
  const one = asObject(asList(body)[0]) ?? asObject(body);
  const said = asObject(one?.error)?.message ?? one?.message ?? one?.Message;
  return typeof said === "string" ? said : text.slice(0, QUOTED_MAX).trim();
}

/** An error of a cloud in the words of Anthropic's API, whose client asked; that of the model itself has them already. */
export function anthropicRefusal(status: number, text: string): JsonObject {
  const body = parsed(text);
  const own = asObject(body);
  if (own?.type === "error" && asObject(own.error)) return own;
  const message = wordsOf(body, text) || `The upstream answered ${status}.`;
  return { type: "error", error: { type: TYPES[status] ?? "api_error", message } };
}
