import { z } from "zod";
import type {
  OauthClient,
  OauthCode,
  OauthPerson,
  OauthProviders,
} from "../../accounts/people/oauth-provider.ts";
import type { OauthSettings } from "../../config/people-settings.ts";

const DEADLINE_MS = 10_000;

interface Endpoints {
  readonly authorize: string;
  readonly token: string;
  readonly scope: string;
  readonly identify: (accessToken: string) => Promise<OauthPerson>;
}

/** @throws Error naming the host and its status */
async function readAnswer(address: string, init: RequestInit): Promise<unknown> {
  const answer = await fetch(address, {
    ...init,
    redirect: "manual",
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  if (answer.ok) return await answer.json();
  await answer.body?.cancel();
  throw new Error(`${new URL(address).host} answered with ${answer.status}`);
}

function ask(address: string, accessToken: string): Promise<unknown> {
  const headers = {
    authorization: `Bearer ${accessToken}`,
    accept: "application/json",
    "user-agent": "Quoin",
  };
  return readAnswer(address, { headers });
}

const TOKEN = z.object({ access_token: z.string().min(1) });

/** RFC 6749 4.1 with RFC 7636 (S256). */
function clientOf({ clientId, clientSecret }: OauthSettings, endpoints: Endpoints): OauthClient {
  const { authorize, token, scope, identify } = endpoints;
  return {
    startUrl(state, challenge, redirectUrl) {
      const asked = { response_type: "code", client_id: clientId, redirect_uri: redirectUrl, scope, state };
      const pkce = { code_challenge: challenge, code_challenge_method: "S256" };
      return `${authorize}?${new URLSearchParams({ ...asked, ...pkce })}`;
    },
    async identify({ code, verifier, redirectUrl }: OauthCode) {
      const body = new URLSearchParams({
        grant_type: "authorization_code",
        client_id: clientId,
        client_secret: clientSecret,
        code,
        code_verifier: verifier,
        redirect_uri: redirectUrl,
      });
      const headers = { accept: "application/json" };
      const answer = TOKEN.parse(await readAnswer(token, { method: "POST", body, headers }));
      return await identify(answer.access_token);
    },
  };
}

const GITHUB_USER = z.object({ id: z.int(), login: z.string(), name: z.string().nullish() });
const GITHUB_EMAILS = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }));

/** GitHub keeps its API at another host than its pages, GitHub Enterprise under `/api/v3`. */
function github(settings: OauthSettings): OauthClient {
  const { url } = settings;
  const [pages, api] =
    url === undefined ? ["https://github.com", "https://api.github.com"] : [url, `${url}/api/v3`];
  return clientOf(settings, {
    authorize: `${pages}/login/oauth/authorize`,
    token: `${pages}/login/oauth/access_token`,
    scope: "read:user user:email",
    async identify(accessToken) {
      const user = GITHUB_USER.parse(await ask(`${api}/user`, accessToken));
      const emails = GITHUB_EMAILS.parse(await ask(`${api}/user/emails`, accessToken));
      const primary = emails.find((one) => one.primary && one.verified);
      const displayName = user.name || user.login;
      return { subject: String(user.id), verifiedEmail: primary?.email, displayName };
    },
  });
}

const GOOGLE_USER = z.object({
  sub: z.string().min(1),
  email: z.string().optional(),
  email_verified: z.boolean().optional(),
  name: z.string().optional(),
});

/** As https://accounts.google.com/.well-known/openid-configuration lists them. */
function google(settings: OauthSettings): OauthClient {
  const { url } = settings;
  const at = (host: string) => url ?? `https://${host}.googleapis.com`;
  return clientOf(settings, {
    authorize: `${url ?? "https://accounts.google.com"}/o/oauth2/v2/auth`,
    token: `${at("oauth2")}/token`,
    scope: "openid email profile",
    async identify(accessToken) {
      const user = GOOGLE_USER.parse(await ask(`${at("openidconnect")}/v1/userinfo`, accessToken));
      const verifiedEmail = user.email_verified === true ? user.email : undefined;
      return { subject: user.sub, verifiedEmail, displayName: user.name ?? "" };
    },
  });
}

/** Those that are set up. */
export function oauthClients(settings: {
  readonly github: OauthSettings | undefined;
  readonly google: OauthSettings | undefined;
}): OauthProviders {
  return {
    ...(settings.github && { github: github(settings.github) }),
    ...(settings.google && { google: google(settings.google) }),
  };
}
