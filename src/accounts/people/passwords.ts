import { isOftenChosen } from "./known-passwords.ts";
import { Refusal } from "./refusal.ts";

const PASSWORD_LENGTH_MIN = 10;
const PASSWORD_LENGTH_MAX = 200;
/** What must be left of a password once the address is taken out of it. */
const OWN_LENGTH_MIN = 6;

/** Some 25 ms of a core and 19 MiB: what OWASP asks of argon2id at least. */
const ARGON2ID = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;

function refused(why: string, field: string): Refusal {
  return new Refusal("invalid", `${field}: ${why}.`, { field });
}

/** @throws Refusal where a password is short, much used, or made of the address */
export function checkPassword(password: string, email: string, field = "password"): void {
  const length = [...password].length;
  if (length < PASSWORD_LENGTH_MIN)
    throw refused(`it has ${length} characters; choose one of ${PASSWORD_LENGTH_MIN} or more`, field);
  if (length > PASSWORD_LENGTH_MAX)
    throw refused(`it is longer than ${PASSWORD_LENGTH_MAX} characters`, field);
  if (isOftenChosen(password))
    throw refused("it is among those that are guessed first; choose another, such as four words", field);
  const plain = password.toLowerCase();
  const local = email.split("@")[0] ?? "";
  const own = plain.replaceAll(email, "").replaceAll(local.length >= 4 ? local : email, "");
  if (own.length < OWN_LENGTH_MIN && own !== plain)
    throw refused("it is little more than your e-mail address; choose another", field);
}

/** Keyboards differ in how they write one letter. */
const asTyped = (password: string): string => password.normalize("NFKC");

export function hashPassword(password: string): Promise<string> {
  return Bun.password.hash(asTyped(password), ARGON2ID);
}

let nobodys: Promise<string> | undefined;

/** Whether it is the password; takes as long where there is none to compare it with. */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
  nobodys ??= hashPassword(crypto.randomUUID());
  const fits = await Bun.password.verify(asTyped(password), hash ?? (await nobodys));
  return fits && hash !== undefined;
}
