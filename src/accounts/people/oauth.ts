import { createHash } from "node:crypto";
import { expired, makeChallenge, newToken, take } from "./challenges.ts";
import type { PeopleDeps } from "./deps.ts";
import { readEmail } from "./emails.ts";
import { findInvitation } from "./invitations.ts";
import type { OauthClient, OauthPerson } from "./oauth-provider.ts";
import { Refusal } from "./refusal.ts";
import { goOn, type SignInStep } from "./sign-in.ts";
import { admit, requireOpen } from "./sign-up.ts";
import type { Invitation, OauthProvider, Origin, User } from "./user.ts";

const PURPOSE = "oauth";
const TTL_MS = 10 * 60_000;

interface Asked {
  readonly provider: OauthProvider;
  readonly verifier: string;
  readonly returnTo: string;
  readonly invitation: string | undefined;
}

export interface OauthStart {
  /** Where the browser is sent. */
  readonly url: string;
  /** What the browser must bring back in a cookie: another's answer is not taken for its own. */
  readonly state: string;
}

function clientOf(deps: PeopleDeps, provider: OauthProvider): OauthClient {
  const client = deps.oauth[provider];
  if (client) return client;
  throw new Refusal("not_found", `Signing in with ${provider} is not set up here.`);
}

function redirectUrl(deps: PeopleDeps, provider: OauthProvider): string {
  return `${deps.consoleUrl()}/api/v1/auth/oauth/${provider}/callback`;
}

/** Only pages of the console itself are come back to. */
function ownPage(path: string | undefined): string {
  return path !== undefined && /^\/console(?:\/[\w\-./?=&%]*)?$/.test(path) && !path.includes("//")
    ? path
    : "/console";
}

/** @throws Refusal */
export async function startOauth(
  deps: PeopleDeps,
  provider: OauthProvider,
  wish: { readonly returnTo: string | undefined; readonly invitation: string | undefined },
): Promise<OauthStart> {
  const client = clientOf(deps, provider);
  const verifier = newToken();
  const { invitation } = wish;
  const content: Asked = { provider, verifier, returnTo: ownPage(wish.returnTo), invitation };
  const { token } = await makeChallenge(deps, { purpose: PURPOSE, content, ttlMs: TTL_MS });
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  return { url: client.startUrl(token, challenge, redirectUrl(deps, provider)), state: token };
}

/** A user of the address, where both sides have verified it, is the same person. @throws Refusal */
async function linked(
  deps: PeopleDeps,
  provider: OauthProvider,
  person: OauthPerson,
  email: string,
): Promise<User | undefined> {
  const user = await deps.store.users.find({ email });
  if (!user) return undefined;
  const added =
    user.emailVerifiedAt !== undefined &&
    (await deps.store.users.addIdentity(provider, person.subject, user.userId, deps.clock.now()));
  if (added) return user;
  throw new Refusal("forbidden", "This address has an account; sign in with its password.");
}

async function welcome(
  deps: PeopleDeps,
  asked: Asked,
  person: OauthPerson,
  origin: Origin,
): Promise<SignInStep> {
  const { provider, invitation: token } = asked;
  if (person.verifiedEmail === undefined)
    throw new Refusal("forbidden", `${provider} has verified no e-mail address of yours; verify one there.`);
  const email = readEmail(person.verifiedEmail);
  const user = await linked(deps, provider, person, email);
  if (user) return await goOn(deps, user, origin);
  const found: Invitation | undefined = token === undefined ? undefined : await findInvitation(deps, token);
  const invitation = found?.email === email ? found : undefined;
  requireOpen(deps, invitation);
  const { displayName, subject } = person;
  const none = { passwordHash: undefined, locale: undefined, phone: undefined, proofs: [], operator: false };
  const identity = { provider, subject };
  return await admit(
    deps,
    { email, emailVerified: true, displayName, invitation, identity, ...none },
    origin,
  );
}

export interface OauthAnswer {
  readonly state: string;
  /** The state that the browser kept. */
  readonly keptState: string | undefined;
  readonly code: string;
}

/** What the provider's answer comes to. @throws Refusal */
export async function finishOauth(
  deps: PeopleDeps,
  provider: OauthProvider,
  { state, keptState, code }: OauthAnswer,
  origin: Origin,
): Promise<{ readonly step: SignInStep; readonly returnTo: string }> {
  const client = clientOf(deps, provider);
  const taken = state === keptState ? await take<Asked>(deps, PURPOSE, state) : undefined;
  if (taken?.content.provider !== provider) throw expired("sign-in");
  const { verifier, returnTo } = taken.content;
  const person = await client.identify({ code, verifier, redirectUrl: redirectUrl(deps, provider) });
  const known = await deps.store.users.findIdentity(provider, person.subject);
  const step = known ? await goOn(deps, known, origin) : await welcome(deps, taken.content, person, origin);
  return { step, returnTo };
}
