import { Refusal } from "./refusal.ts";

const EMAIL =
  /^[^\s@"(),:;<>[\]\\\p{Cc}]{1,64}@(?=.{1,190}$)(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u;

/** An e-mail address as it is kept and compared: without space around it, in small letters. @throws Refusal */
export function readEmail(text: string): string {
  const email = text.trim().normalize("NFC").toLowerCase();
  if (EMAIL.test(email)) return email;
  throw new Refusal("invalid", "email: this is no e-mail address; write one such as name@example.com.", {
    field: "email",
  });
}
