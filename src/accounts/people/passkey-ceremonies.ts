import type { Passkey, User } from "./user.ts";

/** Where passkeys hold: `rpId` is the host, `origin` the address that browsers say. */
export interface PasskeySite {
  readonly name: string;
  readonly rpId: string;
  readonly origin: string;
}

/** What a browser is given, and the random text in it that its answer must sign. */
export interface CeremonyStart {
  readonly options: object;
  readonly challenge: string;
}

export type NewCredential = Pick<Passkey, "credential" | "publicKey" | "counter" | "transports">;

/** WebAuthn; responses are what browsers send, unchecked. */
export interface PasskeyCeremonies {
  startRegistration(site: PasskeySite, user: User, known: readonly Passkey[]): Promise<CeremonyStart>;
  /** Undefined where the response does not hold. */
  finishRegistration(
    site: PasskeySite,
    challenge: string,
    response: unknown,
  ): Promise<NewCredential | undefined>;
  startSignIn(site: PasskeySite): Promise<CeremonyStart>;
  /** The counter that the authenticator says; undefined where the response does not hold. */
  finishSignIn(
    site: PasskeySite,
    challenge: string,
    response: unknown,
    passkey: Passkey,
  ): Promise<number | undefined>;
}
