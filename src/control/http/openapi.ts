import { OpenAPIHono, z } from "@hono/zod-openapi";
import { ERROR } from "./errors.ts";
import { type ErrorCode, statusOf } from "./http-error.ts";
import type { Route } from "./route.ts";

/** Where the API lies on the port. */
export const API_ROOT = "/console/api/v1";

const ABOUT = `Accounts, keys, money, requests and the installation itself. Amounts are strings of nanos of USD
(10⁻⁹), times are ISO 8601 in UTC, lists come in pages: send \`next_cursor\` back as \`cursor\`.
Authenticate with a management token (\`Authorization: Bearer qn_mgmt_…\`) or the console's session.`;

const ACCOUNT = z.string().describe("The account's id, or its name.").openapi({ example: "acme" });

const MEANING: Readonly<Record<ErrorCode, string>> = {
  unauthenticated: "Nobody is signed in, and no token was sent.",
  wrong_credentials: "What was given proves nobody.",
  forbidden: "The caller may not do this.",
  sign_up_closed: "Nobody new is let in this way.",
  not_found: "There is no such thing for this caller.",
  conflict: "It cannot be done in the state that things are in.",
  last_owner: "An account needs an owner.",
  expired: "What was given has expired or was used already.",
  too_large: "The body is larger than 1 MB.",
  invalid: "A field is missing, unknown or wrong; `field` names it.",
  wrong_code: "The code is not the one that was asked for.",
  confirm: "The caller's password, or a fresh sign-in, is asked for first.",
  rate_limited: "Too often; Retry-After says when to come again.",
  failed: "A fault of Quoin's own.",
  unavailable: "Something that is needed is not set up, or out of reach.",
};

function errorsOf({ requires, inAccount, method, body, errors = [] }: Route): ErrorCode[] {
  return [
    ...new Set<ErrorCode>([
      ...(requires === "anyone" ? [] : (["unauthenticated", "forbidden"] as const)),
      ...(method === "get" ? [] : (["forbidden"] as const)),
      ...(inAccount ? (["not_found"] as const) : []),
      ...(body ? (["too_large"] as const) : []),
      "invalid",
      ...errors,
    ]),
  ];
}

function responsesOf(route: Route) {
  const { status = 200, answer, media = [] } = route;
  const json = { "application/json": { schema: answer } };
  const others = media.map((type) => [type, { schema: z.string() }] as const);
  const content: Record<string, { schema: z.ZodType }> = { ...json, ...Object.fromEntries(others) };
  const errors = errorsOf(route).map(
    (code) =>
      [
        statusOf(code),
        { description: MEANING[code], content: { "application/json": { schema: ERROR } } },
      ] as const,
  );
  return { [status]: { description: route.summary, content }, ...Object.fromEntries(errors) };
}

function needsOf({ requires }: Route): string {
  if (requires === "anyone") return "Open to everybody.";
  if (requires === "session") return "Needs a session.";
  return `Needs the permission \`${requires}\`.`;
}

function describeRoute(route: Route) {
  const { method, path, summary, description, area, params = {}, query, body, requires } = route;
  const fields = route.inAccount ? { account: ACCOUNT, ...params } : params;
  return {
    method,
    path: API_ROOT + path,
    tags: [area],
    summary,
    description: `${description}\n\n${needsOf(route)}`,
    ...(requires !== "anyone" && { security: [{ token: [] }, { session: [] }] }),
    request: {
      ...(Object.keys(fields).length > 0 && { params: z.object(fields) }),
      ...(query && { query: z.object(query) }),
      ...(body && { body: { required: true, content: { "application/json": { schema: body } } } }),
    },
    responses: responsesOf(route),
  };
}

/** The OpenAPI 3.1 document of these routes. */
export function openApiOf(routes: readonly Route[], version: string): object {
  const app = new OpenAPIHono();
  const { openAPIRegistry: registry } = app;
  registry.registerComponent("securitySchemes", "token", { type: "http", scheme: "bearer" });
  registry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: "quoin_session",
  });
  for (const route of routes) registry.registerPath(describeRoute(route));
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Quoin management API", version, description: ABOUT },
    servers: [{ url: "/" }],
  });
}
