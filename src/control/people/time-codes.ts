import type { TimeCodes } from "../../accounts/people/deps.ts";

const STEP_S = 30;

/** Codes of authenticator apps, by otplib. */
export const timeCodes: TimeCodes = {
  async newSecret() {
    const { generateSecret } = await import("otplib");
    return generateSecret();
  },
  async uri(issuer, label, secret) {
    const { generateURI } = await import("otplib");
    return generateURI({ issuer, label, secret });
  },
  async stepOf(secret, code, nowMs) {
    if (!/^\d{6}$/.test(code)) return undefined;
    const { verify } = await import("otplib");
    const epoch = Math.floor(nowMs / 1000);
    const result = await verify({ secret, token: code, epoch, epochTolerance: STEP_S });
    return result.valid && "timeStep" in result ? result.timeStep : undefined;
  },
};
