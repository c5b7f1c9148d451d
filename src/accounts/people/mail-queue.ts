import type { Awaitable } from "../../base/awaitable.ts";
import type { Clock } from "../../base/clock.ts";
import { newId } from "../../base/id.ts";
import { secretBox } from "../../base/secret-box.ts";
import type { Letter, Senders } from "./deps.ts";

/** A mail that was not taken yet. */
export interface QueuedMail {
  readonly mailId: string;
  /** The letter, sealed: there are codes in it. */
  readonly box: Uint8Array;
  readonly createdAt: number;
  /** When it is of no use any more. */
  readonly goodUntil: number;
  readonly tries: number;
  /** When it is tried next. */
  readonly nextAt: number;
  /** What its sender said at the last try. */
  readonly error: string | undefined;
  readonly givenUpAt: number | undefined;
}

export interface MailStore {
  add(mail: Pick<QueuedMail, "mailId" | "box" | "createdAt" | "goodUntil" | "nextAt">): Awaitable<void>;
  /** Those that are due, each for one taker alone until `nextAt`. */
  take(now: number, nextAt: number, limit: number): Awaitable<readonly QueuedMail[]>;
  /** Its sender took it, or its operator wants it sent no more. False when there is none. */
  remove(mailId: string): Awaitable<boolean>;
  retry(mailId: string, nextAt: number, error: string): Awaitable<void>;
  giveUp(mailId: string, now: number, error: string): Awaitable<void>;
  /** Tries one at once, given up or not. False when there is none. */
  again(mailId: string, now: number, goodUntil: number): Awaitable<boolean>;
  /** Those that were tried and not taken, the oldest first. */
  stuck(limit: number): Awaitable<readonly QueuedMail[]>;
  /** Deletes those given up before a time. */
  sweep(before: number): Awaitable<void>;
}

export interface MailQueueOptions {
  readonly store: MailStore;
  /** Takes a mail, or rejects. */
  readonly send: Senders["mail"];
  readonly secret: string;
  readonly clock: Pick<Clock, "now">;
  readonly onFault: (message: string, cause: unknown) => void;
}

/** A mail that waits or was given up, as its operator sees it: codes stay hidden. */
export interface StuckMail extends Omit<QueuedMail, "box"> {
  /** Empty where it was sealed with another secret. */
  readonly to: string;
}

export interface MailQueue {
  /** Resolves when the mail is kept durably; it is sent at least once, unless it is given up. */
  mail(letter: Letter): Promise<void>;
  /** Sends what is due. */
  sweep(): Promise<void>;
  stuck(limit: number): Promise<StuckMail[]>;
}

/** How long a mail is tried that says nothing of it, and one that its operator sends again. */
export const MAIL_GOOD_FOR_MS = 3 * 86_400_000;
/** Longer than any sender takes for a mail: after it another node, or this one after a crash, tries it. */
const TAKEN_MS = 120_000;
const RETRY_FIRST_MS = 5_000;
const RETRY_MS_MAX = 3_600_000;
const SWEPT_AT_ONCE = 20;
const KEPT_MS = 30 * 86_400_000;

/** Mails that are kept until their sender has taken them, across restarts; tried again ever later. */
export function mailQueue({ store, send, secret, clock, onFault }: MailQueueOptions): MailQueue {
  const boxes = secretBox(secret, "mails");
  const open = ({ mailId, box }: Pick<QueuedMail, "mailId" | "box">): Letter | undefined => {
    const plain = boxes.open(box, mailId);
    return plain && (JSON.parse(new TextDecoder().decode(plain)) as Letter);
  };

  async function failed({ mailId, tries, goodUntil }: QueuedMail, cause: unknown): Promise<void> {
    const error = (cause instanceof Error ? cause.message : String(cause)).slice(0, 300);
    const now = clock.now();
    const nextAt = now + Math.min(RETRY_FIRST_MS * 2 ** tries, RETRY_MS_MAX);
    if (nextAt < goodUntil) return await store.retry(mailId, nextAt, error);
    await store.giveUp(mailId, now, error);
    onFault("a mail was given up; quoin mails list shows it", cause);
  }

  async function deliver(mail: QueuedMail): Promise<void> {
    const letter = open(mail);
    try {
      if (!letter) throw new Error("it was sealed with another secret");
      await send(letter);
    } catch (cause) {
      await failed(mail, cause);
      return;
    }
    await store.remove(mail.mailId);
  }

  return {
    async mail({ goodForMs = MAIL_GOOD_FOR_MS, ...letter }) {
      const [mailId, now] = [newId(), clock.now()];
      const box = boxes.seal(new TextEncoder().encode(JSON.stringify(letter)), mailId);
      const times = {
        createdAt: now,
        goodUntil: now + goodForMs,
        nextAt: now + TAKEN_MS,
      };
      await store.add({ mailId, box, ...times });
      const mail = { mailId, box, ...times, tries: 0, error: undefined, givenUpAt: undefined };
      deliver(mail).catch((cause: unknown) => onFault("a mail is tried again: its queue failed", cause));
    },
    async sweep() {
      const now = clock.now();
      await Promise.all((await store.take(now, now + TAKEN_MS, SWEPT_AT_ONCE)).map(deliver));
      await store.sweep(now - KEPT_MS);
    },
    async stuck(limit) {
      const mails = await store.stuck(limit);
      return mails.map(({ box, ...mail }) => ({ ...mail, to: open({ mailId: mail.mailId, box })?.to ?? "" }));
    },
  };
}
