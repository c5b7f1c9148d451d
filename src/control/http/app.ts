import { OpenAPIHono } from "@hono/zod-openapi";
import type { HttpDeps } from "./deps.ts";
import { errorAnswer } from "./errors.ts";
import { HttpError } from "./http-error.ts";
import { API_ROOT, openApiOf } from "./openapi.ts";
import { referencePage } from "./reference-page.ts";
import { ROUTES } from "./routes.ts";
import { runRoute } from "./run-route.ts";
import { depsAt } from "./site.ts";

interface Bindings {
  readonly address: string | undefined;
}

/** What every answer under /console has, unless it says otherwise itself. */
const HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(self)",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

const REFERENCE = "/console/api/reference";
const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
};

/** Everything under /console. */
export type ConsoleApp = (request: Request, address: string | undefined) => Promise<Response>;

function notFound(path: string): Response {
  const message = `There is nothing at ${path.slice(0, 120)}; ${API_ROOT}/openapi.json lists what there is.`;
  return errorAnswer(new HttpError("not_found", message));
}

/** The management API over its parts; loaded with the first request to it, since most of a start needs none of it. */
export function consoleApp(deps: HttpDeps): ConsoleApp {
  const app = new OpenAPIHono<{ Bindings: Bindings }>();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS))
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
  });
  for (const route of ROUTES) {
    const path = API_ROOT + route.path.replaceAll(/\{(\w+)\}/g, ":$1");
    app.on(route.method.toUpperCase(), path, async ({ req, env }) =>
      runRoute(await depsAt(deps, req.raw), route, {
        request: req.raw,
        address: env.address,
        params: req.param(),
      }),
    );
  }
  let document: object | undefined;
  let page: string | undefined;
  app.get(REFERENCE, () => {
    document ??= openApiOf(ROUTES, deps.version);
    page ??= referencePage(document);
    return new Response(page, { headers: PAGE_HEADERS });
  });
  app.get(`${API_ROOT}/openapi.json`, () => {
    document ??= openApiOf(ROUTES, deps.version);
    return Response.json(document);
  });
  app.notFound(({ req }) => notFound(req.path));
  return async (request, address) => await app.fetch(request, { address });
}
