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
  readonly type: "wallet.low_balance" | "wallet.auto_top_up_failed" | "plan.payment_failed" | "plan.ended";
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

type Said = Readonly<Record<string, string | boolean | undefined>>;

const usd = (nanos: Said[string] = "0") => `$${formatUsd(BigInt(nanos))}`;
const reasonOf = ({ reason = "" }: Said) => String(reason).replace(/\.$/, "");

/** Subject and text of each type of notice. */
const LETTERS: Readonly<Record<NoticeSaid["type"], (said: Said) => readonly [string, string]>> = {
  "wallet.low_balance": (said) => [
    "Low balance",
    `The balance of ${said.account} is ${usd(said.balance_nanos)}, below ${usd(said.below_nanos)}. Requests are refused when it cannot pay for them; top up in time.`,
  ],
  "wallet.auto_top_up_failed": (said) => [
    "Automatic top-up failed",
    `${usd(said.amount_nanos)} for ${said.account} could not be charged: ${reasonOf(said)}. ${said.off ? "Automatic top-up is switched off" : "It is tried again after a while"}; you can pay another way at any time.`,
  ],
  "plan.payment_failed": (said) => [
    "The plan could not be paid",
    `The month of the plan ${said.plan} of ${said.account} could not be paid: ${reasonOf(said)}. The plan goes on until ${String(said.ends_at).slice(0, 10)}; pay it on the page Wallet before then.`,
  ],
  "plan.ended": (said) => [
    "The plan has ended",
    `The plan ${said.plan} of ${said.account} has ended: ${reasonOf(said)}. Its keys work on as those of the plan before it; choose a plan again on the page Wallet.`,
  ],
};

/** A notice as it is mailed; its body is what webhooks get. */
export function mailOf({ messageId, target, body }: NoticeMessage): Mail {
  const said = JSON.parse(body) as Said & Pick<NoticeSaid, "type">;
  const [subject, text] = LETTERS[said.type](said);
  return { id: messageId, to: target, subject: `${subject}: ${said.account}`, text: `${text}\n` };
}
