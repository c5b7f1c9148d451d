import { createHmac } from "node:crypto";
import type { Awaitable } from "../base/awaitable.ts";
import type { Clock } from "../base/clock.ts";
import { secretBox } from "../base/secret-box.ts";
import type { Nanos } from "../core/money.ts";
import { type Mail, mailOf, type NoticeMessage, noticeMessages } from "./notice-messages.ts";

/** Who is told when a wallet runs low. */
export interface LowBalanceNotice {
  readonly walletId: string;
  readonly account: string;
  /** Told once when the balance falls below this; again only after it was at or above it. */
  readonly belowNanos: Nanos;
  readonly webhook: string | undefined;
  readonly email: string | undefined;
  /** What the webhook is signed with, sealed; undefined without a webhook. */
  readonly sealedSecret: Uint8Array | undefined;
  readonly armed: boolean;
}

/** Notices and the messages that they became, which are tried until they are taken. */
export interface NoticeStore {
  set(notice: Omit<LowBalanceNotice, "account">): Awaitable<void>;
  /** False when there was none. */
  remove(walletId: string): Awaitable<boolean>;
  find(walletId: string): Awaitable<LowBalanceNotice | undefined>;
  all(): Awaitable<LowBalanceNotice[]>;
  arm(walletId: string): Awaitable<void>;
  /** Disarms the notice and keeps its messages, all in one; false when it was not armed any more. */
  fire(walletId: string, messages: readonly NoticeMessage[], now: number): Awaitable<boolean>;
  due(now: number, limit: number): Awaitable<NoticeMessage[]>;
  /** Sent, or given up: not tried again. */
  close(messageId: string, now: number, error: string | undefined): Awaitable<void>;
  retry(messageId: string, nextAt: number, error: string): Awaitable<void>;
}

export interface LowBalanceOptions {
  readonly store: NoticeStore;
  readonly balance: (walletId: string, now: number) => Awaitable<Nanos>;
  /** @throws Error when it was not taken. */
  readonly post: (url: string, body: string, headers: Readonly<Record<string, string>>) => Promise<void>;
  /** @throws Error when it was not taken. */
  readonly mail: (mail: Mail) => Promise<void>;
  readonly secret: string;
  readonly clock: Clock;
  readonly onFault: (message: string, cause: unknown) => void;
}

const DUE_MAX = 20;
/** Some three days in all. */
const TRIES_MAX = 14;
const RETRY_FIRST_MS = 30_000;
const RETRY_MS_MAX = 8 * 3_600_000;

/** Seals the secret of a wallet's webhook for the store. */
export function sealWebhookSecret(secret: string, walletId: string, webhookSecret: string): Uint8Array {
  return secretBox(secret, "notices").seal(new TextEncoder().encode(webhookSecret), walletId);
}

/** `t=<seconds>,v1=<hex>`: HMAC-SHA-256 of `<seconds>.<body>`, so that an old message cannot be sent again as new. */
function webhookSignature(webhookSecret: string, seconds: number, body: string): string {
  const mac = createHmac("sha256", webhookSecret).update(`${seconds}.${body}`).digest("hex");
  return `t=${seconds},v1=${mac}`;
}

function messagesOf(notice: LowBalanceNotice, balanceNanos: Nanos, now: number): NoticeMessage[] {
  const { walletId, account, belowNanos } = notice;
  const amounts = { balance_nanos: balanceNanos.toString(), below_nanos: belowNanos.toString() };
  return noticeMessages(walletId, notice, [], { type: "wallet.low_balance", account, ...amounts }, now);
}

/** Tells of wallets that run low: `sweep` looks at balances and sends what is due. Messages come at least once. */
export function lowBalanceNotices(options: LowBalanceOptions): { sweep(): Promise<void> } {
  const { store, balance, post, mail, secret, clock, onFault } = options;

  async function look(notice: LowBalanceNotice): Promise<void> {
    const now = clock.now();
    const balanceNanos = await balance(notice.walletId, now);
    const low = balanceNanos < notice.belowNanos;
    if (low && notice.armed) await store.fire(notice.walletId, messagesOf(notice, balanceNanos, now), now);
    if (!low && !notice.armed) await store.arm(notice.walletId);
  }

  async function send(message: NoticeMessage): Promise<void> {
    if (message.channel === "email") return await mail(mailOf(message));
    const sealed = (await store.find(message.walletId))?.sealedSecret;
    const opened = sealed && secretBox(secret, "notices").open(sealed, message.walletId);
    if (!opened) throw new Error("the webhook's secret cannot be opened; set the notice again");
    const seconds = Math.floor(clock.now() / 1000);
    const signature = webhookSignature(new TextDecoder().decode(opened), seconds, message.body);
    await post(message.target, message.body, { "quoin-signature": signature });
  }

  async function deliver(message: NoticeMessage): Promise<void> {
    try {
      await send(message);
      await store.close(message.messageId, clock.now(), undefined);
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : String(cause);
      if (message.tries + 1 >= TRIES_MAX) {
        await store.close(message.messageId, clock.now(), error);
        onFault("a low-balance notice was given up", cause);
        return;
      }
      const waitMs = Math.min(RETRY_FIRST_MS * 2 ** message.tries, RETRY_MS_MAX);
      await store.retry(message.messageId, clock.now() + waitMs, error);
    }
  }

  return {
    async sweep() {
      for (const notice of await store.all()) await look(notice);
      await Promise.all((await store.due(clock.now(), DUE_MAX)).map(deliver));
    },
  };
}
