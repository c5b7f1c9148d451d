import type { PasskeyCeremonies, PasskeySite } from "../../accounts/people/passkey-ceremonies.ts";
import type { Passkey } from "../../accounts/people/user.ts";

type Webauthn = typeof import("@simplewebauthn/server");
type RegistrationResponse = Parameters<Webauthn["verifyRegistrationResponse"]>[0]["response"];
type SignInResponse = Parameters<Webauthn["verifyAuthenticationResponse"]>[0]["response"];
type Transport = NonNullable<RegistrationResponse["response"]["transports"]>[number];

const TRANSPORTS: readonly Transport[] = ["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"];

function transportsOf({ transports }: Passkey): Transport[] {
  return TRANSPORTS.filter((known) => transports.includes(known));
}

/** What does not hold is one answer, whatever in it does not. */
async function orUndefined<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}

const expected = (site: PasskeySite, challenge: string) => ({
  expectedChallenge: challenge,
  expectedOrigin: site.origin,
  expectedRPID: site.rpId,
  requireUserVerification: true,
});

/** WebAuthn by @simplewebauthn/server. User verification is always asked for: a passkey stands for both factors. */
export const passkeyCeremonies: PasskeyCeremonies = {
  async startRegistration(site, user, known) {
    const { generateRegistrationOptions } = await import("@simplewebauthn/server");
    const options = await generateRegistrationOptions({
      rpName: site.name,
      rpID: site.rpId,
      userID: Uint8Array.fromHex(user.userId),
      userName: user.email,
      userDisplayName: user.displayName || user.email,
      excludeCredentials: known.map((passkey) => ({
        id: passkey.credential,
        transports: transportsOf(passkey),
      })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    });
    return { options, challenge: options.challenge };
  },
  finishRegistration: (site, challenge, response) =>
    orUndefined(async () => {
      const { verifyRegistrationResponse } = await import("@simplewebauthn/server");
      const result = await verifyRegistrationResponse({
        response: response as RegistrationResponse,
        ...expected(site, challenge),
      });
      if (!result.verified) throw new Error("the registration does not hold");
      const { id, publicKey, counter, transports = [] } = result.registrationInfo.credential;
      return { credential: id, publicKey, counter, transports };
    }),
  async startSignIn(site) {
    const { generateAuthenticationOptions } = await import("@simplewebauthn/server");
    const options = await generateAuthenticationOptions({ rpID: site.rpId, userVerification: "required" });
    return { options, challenge: options.challenge };
  },
  finishSignIn: (site, challenge, response, passkey) =>
    orUndefined(async () => {
      const { verifyAuthenticationResponse } = await import("@simplewebauthn/server");
      const { credential: id, counter } = passkey;
      const publicKey = new Uint8Array(passkey.publicKey);
      const result = await verifyAuthenticationResponse({
        response: response as SignInResponse,
        credential: { id, publicKey, counter, transports: transportsOf(passkey) },
        ...expected(site, challenge),
      });
      if (!result.verified) throw new Error("the answer does not hold");
      return result.authenticationInfo.newCounter;
    }),
};
