import { z } from "@hono/zod-openapi";
import type { core } from "zod";
import { CommandError } from "../operation.ts";

const STATUS = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  invalid: 422,
  rate_limited: 429,
  failed: 500,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof STATUS;

export function statusOf(code: ErrorCode): (typeof STATUS)[ErrorCode] {
  return STATUS[code];
}

export interface ErrorTerms {
  /** The field of the request that is wrong. */
  readonly field?: string | undefined;
  readonly retryAfterS?: number | undefined;
}

/** What the caller is told instead of an answer: one sentence that names the mend. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly code: ErrorCode;
  readonly terms: ErrorTerms;

  constructor(code: ErrorCode, message: string, terms: ErrorTerms = {}) {
    super(message);
    this.code = code;
    this.terms = terms;
  }
}

export const ERROR = z
  .strictObject({
    error: z.strictObject({
      code: z.enum(Object.keys(STATUS) as [ErrorCode, ...ErrorCode[]]).openapi({ example: "invalid" }),
      message: z.string().describe("One sentence that names what is wrong and the mend."),
      field: z.string().optional().describe("The field of the request that it is about."),
    }),
  })
  .openapi("Error");

/** The one shape of all errors. */
export function errorAnswer({ code, message, terms: { field, retryAfterS } }: HttpError): Response {
  const headers = retryAfterS === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterS)) };
  const error = { code, message, ...(field !== undefined && { field }) };
  return Response.json({ error }, { status: STATUS[code], headers });
}

type Issue = core.$ZodIssue;

function fieldOf(path: readonly PropertyKey[]): string {
  return path.map(String).join(".");
}

/** The first thing that is wrong with what was sent. */
export function invalidOf(issues: readonly Issue[]): HttpError {
  const [issue] = issues;
  if (!issue) return new HttpError("invalid", "The request cannot be understood.");
  if (issue.code === "unrecognized_keys") {
    const field = fieldOf([...issue.path, ...issue.keys.slice(0, 1)]);
    return new HttpError("invalid", `${field}: there is no such field here; remove it.`, { field });
  }
  const field = fieldOf(issue.path);
  const message = `${field === "" ? "the body" : field}: ${issue.message}.`.replace(/\.\.$/, ".");
  return new HttpError("invalid", message, field === "" ? {} : { field });
}

/** An operation's refusal in the words of HTTP; undefined: it is a fault of ours. */
export function refusalOf(thrown: unknown): HttpError | undefined {
  if (thrown instanceof HttpError) return thrown;
  if (!(thrown instanceof CommandError)) return undefined;
  const field = /^([a-z_.]{1,60}): /.exec(thrown.message)?.[1];
  return new HttpError(thrown.kind, thrown.message, { field });
}
