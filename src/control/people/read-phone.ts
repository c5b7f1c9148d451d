import type { PhoneNumber } from "../../accounts/people/deps.ts";

/** A number as people write it, with its country's code, by the rules of libphonenumber. */
export async function readPhone(text: string): Promise<PhoneNumber | undefined> {
  const { parsePhoneNumberFromString } = await import("libphonenumber-js/min");
  const found = parsePhoneNumberFromString(text.trim().replace(/^00/, "+"));
  return found?.isValid() ? { e164: found.number, country: found.country } : undefined;
}
