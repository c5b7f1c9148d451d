import { newId } from "../base/id.ts";
import { formatUsd } from "../core/money.ts";

export interface NoticeMessage {
  readonly messageId: string;
  readonly walletId: string;
  readonly channel: "webhook" | "email";
  readonly target: string;
  readonly body: string;
  readonly tries: number;
}

export interface Mail {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** What a notice says besides its id and time; the body that webhooks get. */
export interface NoticeSaid {
  readonly type: "wallet.low_balance" | "wallet.auto_top_up_failed";
  readonly account: string;
  readonly [field: string]: string | boolean;
}

/** Who is told of low balances. */
interface Told {
  readonly webhook: string | undefined;
  readonly email: string | undefined;
}

/** One message for the webhook and each address: those told of low balances, and others, each once. */
export function noticeMessages(
  walletId: string,
  told: Told | undefined,
  others: readonly (string | undefined)[],
  { type, account, ...said }: NoticeSaid,
  now: number,
): NoticeMessage[] {
  const emails = new Set([told?.email, ...others].filter((address) => address !== undefined));
  const targets = [
    ...(told?.webhook === undefined ? [] : [["webhook", told.webhook] as const]),
    ...[...emails].map((address) => ["email", address] as const),
  ];
  return targets.map(([channel, target]) => {
    const messageId = newId();
    const at = new Date(now).toISOString();
    const body = JSON.stringify({ id: messageId, type, at, account, currency: "USD", ...said });
    return { messageId, walletId, channel, target, body, tries: 0 };
  });
}

/** A notice as it is mailed; its body is what webhooks get. */
export function mailOf({ messageId, target, body }: NoticeMessage): Mail {
  const said = JSON.parse(body) as Record<string, string | boolean>;
  const usd = (nanos: string | boolean = "0") => `$${formatUsd(BigInt(nanos))}`;
  if (said.type === "wallet.auto_top_up_failed") {
    const next = said.off ? "Automatic top-up is switched off" : "It is tried again after a while";
    const text = `${usd(said.amount_nanos)} for ${said.account} could not be charged: ${String(said.reason).replace(/\.$/, "")}. ${next}; you can pay another way at any time.\n`;
    return { id: messageId, to: target, subject: `Automatic top-up failed: ${said.account}`, text };
  }
  const text = `The balance of ${said.account} is ${usd(said.balance_nanos)}, below ${usd(said.below_nanos)}. Requests are refused when it cannot pay for them; top up in time.\n`;
  return { id: messageId, to: target, subject: `Low balance: ${said.account}`, text };
}
