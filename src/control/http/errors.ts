import { z } from "@hono/zod-openapi";
import type { core } from "zod";
import { Refusal, type RefusalKind } from "../../accounts/people/refusal.ts";
import { DeclarationRefused } from "../../config/declaration-refused.ts";
import { CommandError } from "../operation.ts";
import { type ErrorCode, HttpError, STATUS } from "./http-error.ts";

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

const OF_PEOPLE = {
  invalid: "invalid",
  wrong_credentials: "wrong_credentials",
  wrong_code: "wrong_code",
  expired: "expired",
  confirm: "confirm",
  closed: "sign_up_closed",
  forbidden: "forbidden",
  conflict: "conflict",
  last_owner: "last_owner",
  not_found: "not_found",
  limited: "rate_limited",
  unavailable: "unavailable",
} as const satisfies Record<RefusalKind, ErrorCode>;

function ofPeople({ kind, message, terms: { field, retryAfterMs } }: Refusal): HttpError {
  const retryAfterS = retryAfterMs === undefined ? undefined : retryAfterMs / 1000;
  return new HttpError(OF_PEOPLE[kind], message, { field, retryAfterS });
}

/** An operation's refusal in the words of HTTP; undefined: it is a fault of ours. */
export function refusalOf(thrown: unknown): HttpError | undefined {
  if (thrown instanceof HttpError) return thrown;
  if (thrown instanceof Refusal) return ofPeople(thrown);
  if (thrown instanceof DeclarationRefused)
    return new HttpError(thrown.kind, thrown.message, { field: thrown.field });
  if (!(thrown instanceof CommandError)) return undefined;
  const field = /^([a-z_.]{1,60}): /.exec(thrown.message)?.[1];
  return new HttpError(thrown.kind, thrown.message, { field });
}
