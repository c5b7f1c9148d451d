import type { Letter } from "../../accounts/people/deps.ts";

const DEADLINE_MS = 10_000;

/** @throws Error naming the host and its status */
async function post(address: string, init: RequestInit): Promise<void> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const answer = await fetch(address, { ...init, method: "POST", redirect: "manual", signal });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`${new URL(address).host} answered with ${answer.status}`);
}

function postJson(address: string, token: string | undefined, body: object): Promise<void> {
  const headers = {
    "content-type": "application/json",
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return post(address, { headers, body: JSON.stringify(body) });
}

/** Mails as JSON to an address of the operator's. */
export function webhookMail(address: string, token: string | undefined): (letter: Letter) => Promise<void> {
  return (letter) => postJson(address, token, { kind: "email", ...letter });
}

/** Text messages as JSON to an address of the operator's. */
export function webhookText(address: string, token: string | undefined) {
  return (to: string, text: string): Promise<void> => postJson(address, token, { kind: "sms", to, text });
}

export interface TwilioSettings {
  readonly account: string;
  readonly token: string;
  /** A number, or a messaging service (`MG…`). */
  readonly from: string;
  readonly url: string;
}

/** Text messages by Twilio's Messages resource (API 2010-04-01). */
export function twilioText({ account, token, from, url }: TwilioSettings) {
  const sender = from.startsWith("MG") ? { MessagingServiceSid: from } : { From: from };
  const headers = { authorization: `Basic ${Buffer.from(`${account}:${token}`).toString("base64")}` };
  return (To: string, Body: string): Promise<void> =>
    post(`${url}/2010-04-01/Accounts/${account}/Messages.json`, {
      headers,
      body: new URLSearchParams({ To, Body, ...sender }),
    });
}
