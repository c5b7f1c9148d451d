import { CODE_TTL_MS } from "./challenges.ts";
import type { Letter, PeopleDeps } from "./deps.ts";

type Writing = Pick<PeopleDeps, "brand" | "consoleUrl" | "senders" | "log">;

const MINUTES = CODE_TTL_MS / 60_000;
const RESET_GOOD_FOR_MS = 3_600_000;

/** Chinese for those who read the console in it, English for all others. */
function inLocale(locale: string | undefined, english: string, chinese: string): string {
  return locale?.toLowerCase().startsWith("zh") ? chinese : english;
}

interface Wording {
  readonly subject: readonly [english: string, chinese: string];
  readonly text: readonly [english: string, chinese: string];
  readonly goodForMs?: number;
}

/**
 * Sends a mail without waiting for it, so that no answer takes longer where there is somebody to write to. Its sender
 * keeps what is not taken at once; what it cannot keep is logged: people ask for another.
 */
function post(
  { senders, log }: Writing,
  to: string,
  locale: string | undefined,
  { subject, text, goodForMs }: Wording,
): void {
  const letter: Letter = {
    to,
    subject: inLocale(locale, ...subject),
    text: `${inLocale(locale, ...text)}\n`,
    goodForMs,
  };
  senders.mail(letter).catch((cause: unknown) => {
    log("error", "a mail could not be sent", { subject: letter.subject, cause: String(cause) });
  });
}

/** `link`: the same code, to be clicked. */
export function postCode(
  deps: Writing,
  to: string,
  locale: string | undefined,
  { code, link }: { readonly code: string; readonly link: string },
): void {
  const name = deps.brand();
  post(deps, to, locale, {
    goodForMs: CODE_TTL_MS,
    subject: [`${code} is your code for ${name}`, `${name} 验证码：${code}`],
    text: [
      `Your code for ${name} is ${code}. It is good for ${MINUTES} minutes.\n\nOr open this page: ${link}\n\nIf you did not ask for it, somebody mistyped an address; you need do nothing.`,
      `您的 ${name} 验证码是 ${code}，${MINUTES} 分钟内有效。\n\n也可以打开此页面：${link}\n\n如果这不是您的操作，请忽略本邮件。`,
    ],
  });
}

/** The code for a trial key, which is given where it was asked for. */
export function postTrialCode(deps: Writing, to: string, locale: string | undefined, code: string): void {
  const name = deps.brand();
  post(deps, to, locale, {
    goodForMs: CODE_TTL_MS,
    subject: [`${code} is your code for ${name}`, `${name} 验证码：${code}`],
    text: [
      `Your code for a trial key of ${name} is ${code}. It is good for ${MINUTES} minutes.\n\nIf you did not ask for it, somebody mistyped an address; you need do nothing.`,
      `您领取 ${name} 试用密钥的验证码是 ${code}，${MINUTES} 分钟内有效。\n\n如果这不是您的操作，请忽略本邮件。`,
    ],
  });
}

export function postKnown(deps: Writing, to: string, locale: string | undefined): void {
  const name = deps.brand();
  const [signIn, reset] = [`${deps.consoleUrl()}/sign-in`, `${deps.consoleUrl()}/forgot`];
  post(deps, to, locale, {
    subject: [`You have an account at ${name}`, `您已有 ${name} 账户`],
    text: [
      `Somebody, probably you, wanted to use this address at ${name}, where it has an account already.\n\nSign in: ${signIn}\nForgot the password? ${reset}`,
      `有人（可能是您）想在 ${name} 使用此邮箱，而它已经有账户了。\n\n登录：${signIn}\n忘记密码？${reset}`,
    ],
  });
}

export function postReset(deps: Writing, to: string, locale: string | undefined, link: string): void {
  const name = deps.brand();
  post(deps, to, locale, {
    goodForMs: RESET_GOOD_FOR_MS,
    subject: [`A new password for ${name}`, `重置 ${name} 密码`],
    text: [
      `To choose a new password for ${name}, open this page within an hour: ${link}\n\nIf you did not ask for it, you need do nothing; your password stays as it is.`,
      `请在一小时内打开此页面，为 ${name} 设置新密码：${link}\n\n如果这不是您的操作，请忽略本邮件，密码不会改变。`,
    ],
  });
}

/** Told to the owner of an account whenever what guards it was changed. */
export function postChanged(
  deps: Writing,
  to: string,
  locale: string | undefined,
  what: "password" | "email" | "totp_on" | "totp_off" | "passkey",
): void {
  const name = deps.brand();
  const english = {
    password: "Your password was changed.",
    email: "Your e-mail address was changed to another one.",
    totp_on: "Codes of an authenticator app are asked for at sign-in from now on.",
    totp_off: "Codes of an authenticator app are not asked for any more.",
    passkey: "A passkey was added.",
  }[what];
  const chinese = {
    password: "您的密码已更改。",
    email: "您的邮箱地址已更换。",
    totp_on: "今后登录时需要身份验证器代码。",
    totp_off: "登录时不再需要身份验证器代码。",
    passkey: "已添加通行密钥。",
  }[what];
  post(deps, to, locale, {
    subject: [`${name}: ${english}`, `${name}：${chinese}`],
    text: [
      `${english}\n\nIf that was not you, choose a new password now: ${deps.consoleUrl()}/forgot`,
      `${chinese}\n\n如果不是您本人操作，请立即重置密码：${deps.consoleUrl()}/forgot`,
    ],
  });
}

export function postInvitation(
  deps: Writing,
  to: string,
  { inviter, account, link }: { inviter: string | undefined; account: string | undefined; link: string },
): void {
  const name = deps.brand();
  const who = inviter ?? name;
  const where = account === undefined ? name : `${account} (${name})`;
  post(deps, to, undefined, {
    subject: [`${who} invites you to ${where}`, ""],
    text: [`${who} invites you to ${where}.\n\nTo accept, open this page within 7 days: ${link}`, ""],
  });
}

/** @throws Refusal where the sender did not take it */
export async function textCode(
  deps: Writing,
  to: string,
  locale: string | undefined,
  code: string,
): Promise<void> {
  const name = deps.brand();
  const text = inLocale(
    locale,
    `${code} is your code for ${name}. It is good for ${MINUTES} minutes.`,
    `【${name}】验证码 ${code}，${MINUTES} 分钟内有效。`,
  );
  await deps.senders.text(to, text);
}
