import { type ErrorDetail, type ErrorKind, GatewayError } from "../../../core/errors.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import { KIND_OF_STATUS, REQUESTS_OWN, waitIn, wordsOfFailure } from "../../errors/of-upstream.ts";

/** What an upstream says of its failure, in whichever of its shapes. */
interface Said {
  readonly message: string;
  readonly code: string;
  readonly type: string;
  readonly param: string | undefined;
}

const word = (value: unknown) =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

/** FastAPI's `detail`: a sentence, or a list of `{loc, msg}`. */
function detailText(detail: unknown): string {
  const found = asList(detail).map((item) => {
    const { loc, msg } = asObject(item) ?? {};
    return [asList(loc).join("."), word(msg)].filter((text) => text !== "").join(": ");
  });
  return found.length > 0 ? found.join("; ") : word(detail);
}

/** `{error: {…}}`, `{error: "…"}`, vLLM's bare `{object: "error", message}`, FastAPI's `{detail}`. */
function readSaid(answer: JsonObject): Said {
  const inner = asObject(answer.error) ?? answer;
  const metadata = asObject(inner.metadata);
  // OpenRouter puts the words of the vendor behind it in `metadata.raw`.
  const raw = word(metadata?.raw);
  const message = word(answer.error) || word(inner.message) || detailText(answer.detail);
  return {
    message: raw === "" ? message : `${message}: ${raw}`,
    code: word(inner.code) || word(inner.status),
    type: word(inner.type),
    param: typeof inner.param === "string" ? inner.param : undefined,
  };
}

const CONTEXT =
  /context[_ ](?:length|window|size)|maximum context|prompt is too long|too many tokens|exceed_context|input is too long|input length/i;

/** Codes and types that say more than the status, or come without one in a stream. */
const KIND_OF_WORD: readonly (readonly [RegExp, ErrorKind])[] = [
  // Quota is our own account's: to the client it is the upstream's failure, to be tried elsewhere.
  [/insufficient_quota|billing|payment|insufficient_balance|^402$/, "upstream_error"],
  [/invalid_api_key|authentication|permission|unauthorized|^40[13]$/, "upstream_error"],
  [/rate_limit|too_many_requests|RESOURCE_EXHAUSTED|^429$/i, "rate_limit"],
  [/overload|unavailable|^503$|^529$/i, "overloaded"],
  [/timeout|^408$|^504$/i, "upstream_timeout"],
  [/server_error|internal|upstream|bad_gateway|^5\d\d$/i, "upstream_error"],
  [
    /invalid_request|invalid_prompt|bad_request|BadRequest|content_policy|INVALID_ARGUMENT|^400$|^422$/,
    "bad_request",
  ],
];

function kindOf(said: Said, status: number): ErrorKind {
  const words = `${said.code} ${said.type}`;
  const isRequests = status === 0 || status === 400 || status === 413 || status === 422;
  if (isRequests && CONTEXT.test(`${words} ${said.message}`)) return "context_length";
  const byWord = KIND_OF_WORD.find(([pattern]) => pattern.test(said.code) || pattern.test(said.type))?.[1];
  if (status === 0) return byWord ?? "upstream_error";
  if (byWord === "upstream_error" && status !== 400) return byWord;
  return KIND_OF_STATUS[status] ?? "upstream_error";
}

/** Only what is the client's to mend is told in the upstream's words: others may name accounts and hosts of ours. */
function gatewayError(said: Said, status: number): GatewayError {
  const kind = kindOf(said, status);
  const isClients = REQUESTS_OWN.has(kind);
  const ours = wordsOfFailure(kind, status === 0 ? "" : `status ${status}`);
  const theirs = said.message === "" ? "The upstream refused this request without saying why." : said.message;
  const retryAfterMs = kind === "rate_limit" ? waitIn(said.message) : undefined;
  const detail: ErrorDetail = {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(isClients && said.param !== undefined ? { param: said.param } : {}),
    ...(said.message === "" ? {} : { cause: said.message }),
  };
  return new GatewayError(kind, isClients ? theirs : ours, detail);
}

/** The error inside a chunk or a whole answer; undefined where there is none. */
export function errorIn(answer: JsonObject): GatewayError | undefined {
  const hasError = Object.keys(asObject(answer.error) ?? {}).length > 0 || word(answer.error) !== "";
  return hasError || answer.object === "error" ? gatewayError(readSaid(answer), 0) : undefined;
}

/** The first object of a list: Google's compatible endpoint wraps its errors so. */
function unwrapped(text: string): JsonObject | undefined {
  try {
    return asObject(asList(JSON.parse(text))[0]);
  } catch {
    // A refusal in words is told as it is.
    return undefined;
  }
}

const WORDS_MAX = 500;

/** A refusal with a status, in our words. */
export function decodeChatError(status: number, answer: JsonObject | undefined, text: string): GatewayError {
  const body = answer ?? unwrapped(text);
  const said = body
    ? readSaid(body)
    : { message: text.slice(0, WORDS_MAX), code: "", type: "", param: undefined };
  return gatewayError(said, status);
}
