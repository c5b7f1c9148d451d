import { z } from "@hono/zod-openapi";
import { finishOauth, startOauth } from "../../../accounts/people/oauth.ts";
import { Refusal } from "../../../accounts/people/refusal.ts";
import { NOTHING, PROVIDER } from "../../contract/people.ts";
import type { HttpDeps } from "../deps.ts";
import { API_ROOT } from "../openapi.ts";
import { areaOf } from "../route.ts";
import { cookieOf, cookieText, originOf, sessionCookie } from "../session-identity.ts";

const area = areaOf("Signing in");
const COOKIE = "quoin_oauth";
const COOKIE_S = 600;
const text = z.string().max(2000).optional();

/** Back to the console; the browser is on its way, so that what went wrong is told by the page. */
function redirect(path: string, headers: Headers): Response {
  headers.set("location", path);
  return new Response(null, { status: 302 });
}

function stateCookie({ control: { people } }: HttpDeps, state: string | undefined): string {
  const kept = state === undefined ? { value: "", ageS: 0 } : { value: state, ageS: COOKIE_S };
  return cookieText(people, { name: COOKIE, path: `${API_ROOT}/auth/oauth`, ...kept });
}

const FAILED: Readonly<Partial<Record<Refusal["kind"], string>>> = {
  closed: "closed",
  expired: "expired",
  forbidden: "unverified_email",
};

function failure(thrown: unknown, { log }: HttpDeps): string {
  if (thrown instanceof Refusal) return FAILED[thrown.kind] ?? "failed";
  log("warn", "a sign-in by another service failed", { cause: String(thrown) });
  return "failed";
}

export const OAUTH_ROUTES = [
  area.open({
    method: "get",
    path: "/auth/oauth/{provider}/start",
    summary: "Sign in with another service",
    description: "A link for browsers: goes to the provider, which comes back to the callback.",
    params: { provider: PROVIDER },
    query: { return: text, invitation: text },
    answer: NOTHING,
    media: ["text/plain"],
    errors: ["not_found"],
    async handle({ deps, params, query, headers }) {
      const wish = { returnTo: query.return, invitation: query.invitation };
      const { url, state } = await startOauth(deps.control.people, params.provider, wish);
      headers.append("set-cookie", stateCookie(deps, state));
      return redirect(url, headers);
    },
  }),
  area.open({
    method: "get",
    path: "/auth/oauth/{provider}/callback",
    summary: "Where providers send browsers back to",
    description:
      "Signs in and goes on to the page that was asked for, or to the sign-in page with what went wrong.",
    params: { provider: PROVIDER },
    query: {
      ...{ code: text, state: text, error: text, error_description: text, error_uri: text },
      ...{ scope: text, authuser: text, prompt: text, hd: text, iss: text, session_state: text },
    },
    answer: NOTHING,
    media: ["text/plain"],
    async handle({ deps, params, query, headers, request, address }) {
      const { people } = deps.control;
      headers.append("set-cookie", stateCookie(deps, undefined));
      if (query.code === undefined || query.state === undefined)
        return redirect("/console/sign-in?error=denied", headers);
      const answer = { code: query.code, state: query.state, keptState: cookieOf(request, COOKIE) };
      try {
        const { step, returnTo } = await finishOauth(
          people,
          params.provider,
          answer,
          originOf(request, address),
        );
        if (step.kind === "second_factor")
          return redirect(`/console/second-factor#${step.challenge}`, headers);
        if (step.kind === "verify_email") return redirect("/console/sign-in?error=failed", headers);
        headers.append("set-cookie", sessionCookie(people, step.token));
        return redirect(returnTo, headers);
      } catch (thrown) {
        return redirect(`/console/sign-in?error=${failure(thrown, deps)}`, headers);
      }
    },
  }),
];
