import { HttpError } from "./http-error.ts";

/** Milliseconds since the epoch of a moment to come. @throws HttpError naming `field` where it is past */
export function futureOf(text: string | undefined, now: number, field = "expires_at"): number | undefined {
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  if (at > now) return at;
  throw new HttpError("invalid", `${field}: ${text} is past; give a moment to come.`, { field });
}
