import type { OauthProvider } from "./user.ts";

/** Who a provider says that somebody is. */
export interface OauthPerson {
  /** The provider's own id of the person, which never changes. */
  readonly subject: string;
  /** Undefined where the provider did not verify one. */
  readonly verifiedEmail: string | undefined;
  readonly displayName: string;
}

export interface OauthCode {
  readonly code: string;
  /** PKCE (RFC 7636). */
  readonly verifier: string;
  readonly redirectUrl: string;
}

/** A provider that people sign in with, by authorization codes with PKCE. */
export interface OauthClient {
  /** Where the browser is sent. `challenge` is the SHA-256 of the verifier in base64url. */
  startUrl(state: string, challenge: string, redirectUrl: string): string;
  /** @throws Error where the provider does not confirm the code. */
  identify(code: OauthCode): Promise<OauthPerson>;
}

export type OauthProviders = Readonly<Partial<Record<OauthProvider, OauthClient>>>;
