import { z } from "@hono/zod-openapi";
import type { Caller } from "../../accounts/caller.ts";
import type { AccountRow } from "../../accounts/directory.ts";
import { judge } from "../../accounts/permissions.ts";
import { newId } from "../../base/id.ts";
import { actorOf } from "./actor.ts";
import { callerOf, refuseForgery } from "./caller.ts";
import type { HttpDeps } from "./deps.ts";
import { errorAnswer, invalidOf, refusalOf } from "./errors.ts";
import { findAccount } from "./find-account.ts";
import { HttpError } from "./http-error.ts";
import { readJson } from "./read-json.ts";
import type { AuditNote, Call, Route } from "./route.ts";

/** A request as it came in, with what the router found in its path. */
export interface Incoming {
  readonly request: Request;
  readonly address: string | undefined;
  readonly params: Readonly<Record<string, string>>;
}

/** How a token is made that a route takes. */
function makerOf({ requires, inAccount }: Route): string {
  return `quoin tokens create ${inAccount ? "--account NAME" : "--operator"} --scopes ${requires}`;
}

function signInFor(route: Route): string {
  if (route.requires === "session") return "Sign in to do this.";
  return `Sign in, or send a management token as Authorization: Bearer qn_mgmt_…; ${makerOf(route)} makes one.`;
}

/** Both rules in one: whether the account is there for this caller, and what it may do there. */
async function admit(
  deps: HttpDeps,
  route: Route,
  caller: Caller | undefined,
  text: string | undefined,
): Promise<AccountRow | undefined> {
  const { requires } = route;
  if (requires === "anyone") return undefined;
  if (!caller) throw new HttpError("unauthenticated", signInFor(route));
  if (requires === "session") {
    if (caller.kind === "user") return undefined;
    throw new HttpError("forbidden", "A token has no profile and no sessions; sign in to do this.");
  }
  const account = route.inAccount ? await findAccount(deps, text ?? "") : undefined;
  const judgement = route.inAccount && !account ? "unseen" : judge(caller, requires, account?.accountId);
  if (judgement === "unseen")
    throw new HttpError("not_found", `There is no account ${text}; GET /me lists yours.`);
  if (judgement === "allowed") return account;
  const mend =
    caller.kind === "token"
      ? `make a token with that scope: ${makerOf(route)}`
      : "ask an owner of the account for a role that has it";
  throw new HttpError("forbidden", `This needs the permission ${requires}; ${mend}.`);
}

function checked(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidOf(parsed.error.issues);
}

/** Each field once; one that comes twice is refused rather than chosen from. */
function queryOf(request: Request): Record<string, string> {
  const mark = request.url.indexOf("?");
  const fields: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(mark < 0 ? "" : request.url.slice(mark))) {
    if (Object.hasOwn(fields, name))
      throw new HttpError("invalid", `${name}: it is given twice; give it once.`, { field: name });
    fields[name] = value;
  }
  return fields;
}

/** A body of `{}` stands for none. */
async function bodyOf({ body: schema, method }: Route, request: Request): Promise<unknown> {
  if (method === "get" || !schema) return undefined;
  return checked(schema, (await readJson(request)) ?? {});
}

function jsonOf(value: object | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

/** What a write did; where even that cannot be written, the log has it. */
async function writeAudit(
  { audit, log }: HttpDeps,
  action: string,
  call: Call<object, object, unknown, Caller | undefined, AccountRow | undefined>,
  { target = "", before, after, accountId, actor }: AuditNote,
): Promise<void> {
  const row = {
    auditId: newId(),
    at: call.now,
    actor: actor ?? actorOf(call.caller),
    address: call.address ?? "",
    action,
    accountId: accountId ?? call.account?.accountId,
    target,
    before: jsonOf(before),
    after: jsonOf(after),
  };
  try {
    await audit.add(row);
  } catch (cause) {
    log("error", "a row of the audit could not be stored; here it is", { ...row, cause: String(cause) });
  }
}

function answerOf(result: unknown, { status = 200 }: Route, headers: Headers): Response {
  const response = result instanceof Response ? result : Response.json(result, { status });
  for (const [name, value] of headers) response.headers.append(name, value);
  return response;
}

async function run(deps: HttpDeps, route: Route, { request, address, params }: Incoming): Promise<Response> {
  const caller = await callerOf(deps, request, address);
  refuseForgery(request, caller);
  const { account: accountText, ...others } = params;
  const account = await admit(deps, route, caller, accountText);
  const headers = new Headers();
  let noted: AuditNote = {};
  const call = {
    deps,
    caller,
    account,
    params: checked(z.strictObject(route.params ?? {}), route.inAccount ? others : params) as object,
    query: checked(z.strictObject(route.query ?? {}), queryOf(request)) as object,
    body: await bodyOf(route, request),
    request,
    address,
    now: deps.control.clock.now(),
    headers,
    note(note: AuditNote) {
      noted = { ...noted, ...note };
    },
  };
  const result = await route.handle(call as never);
  if (route.audit) await writeAudit(deps, route.audit, call, noted);
  return answerOf(result, route, headers);
}

/** Answers one request to a route; resolves always. */
export async function runRoute(deps: HttpDeps, route: Route, incoming: Incoming): Promise<Response> {
  try {
    return await run(deps, route, incoming);
  } catch (thrown) {
    const refusal = refusalOf(thrown);
    if (refusal) return errorAnswer(refusal);
    const cause = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    deps.log("error", "the management API failed", { route: `${route.method} ${route.path}`, cause });
    return errorAnswer(
      new HttpError("failed", "Quoin failed while handling this request; its log says why."),
    );
  }
}
