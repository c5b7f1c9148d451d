import type { PeopleDeps, Senders, SignUpPolicy } from "./accounts/people/deps.ts";
import { type MailQueue, mailQueue } from "./accounts/people/mail-queue.ts";
import { systemClock } from "./base/clock.ts";
import type { Settings } from "./config/settings.ts";
import type { Config } from "./config/types.ts";
import { oauthClients } from "./control/people/oauth-clients.ts";
import { passkeyCeremonies } from "./control/people/passkeys.ts";
import { readPhone } from "./control/people/read-phone.ts";
import { timeCodes } from "./control/people/time-codes.ts";
import { type Outbox, outboxIn } from "./control/senders/outbox.ts";
import { smtpSender } from "./control/senders/smtp.ts";
import { twilioText, webhookMail, webhookText } from "./control/senders/webhook.ts";
import type { Log } from "./core/log.ts";
import { originOf } from "./core/offering.ts";
import type { Home } from "./home.ts";

const SWEEP_EVERY_MS = 3_600_000;
const MAIL_EVERY_MS = 5_000;
const ATTEMPTS_KEPT_MS = 2 * 86_400_000;

export interface People {
  readonly deps: PeopleDeps;
  readonly outbox: Outbox;
  readonly mails: MailQueue;
  /** The port that was asked for may have been any. */
  listensOn(port: number): void;
  stop(): void;
}

export interface PeopleOptions {
  readonly home: Pick<Home, "people" | "mails" | "secret" | "folder">;
  readonly settings: Settings;
  readonly log: Log;
  readonly config: () => Config;
  readonly recall: (walletId: string) => Promise<void>;
}

/** What is sent by whom; the outbox for what nobody was set up to send. */
function sendersOf({ people: { mail, text, senderToken } }: Settings, outbox: Outbox): Senders {
  return {
    mail:
      mail === undefined
        ? outbox.mail
        : mail.kind === "smtp"
          ? smtpSender(mail.url, mail.from)
          : webhookMail(mail.url, senderToken),
    text:
      text === undefined
        ? outbox.text
        : text.kind === "twilio"
          ? twilioText(text)
          : webhookText(text.url, senderToken),
  };
}

/** Browsers keep passkeys for names, not for addresses: this machine is called localhost. */
function ownHost(host: string): string {
  return /^(127\.[\d.]+|0\.0\.0\.0|::1?|localhost)$/.test(host)
    ? "localhost"
    : host.includes(":")
      ? `[${host}]`
      : host;
}

/** Everything about people, built once; what has expired is deleted every hour. */
export function buildPeople({ home, settings, log, config, recall }: PeopleOptions): People {
  const outbox = outboxIn(home.folder);
  const senders = sendersOf(settings, outbox);
  const mails = mailQueue({
    store: home.mails,
    send: senders.mail,
    secret: home.secret,
    clock: systemClock,
    onFault: (message, cause) => log("error", message, { cause: String(cause) }),
  });
  let { port } = settings;

  function consoleUrl(): string {
    const host = config().hosts.find(({ role }) => role === "console");
    const origin =
      settings.people.publicUrl ?? (host && originOf(host)) ?? `http://${ownHost(settings.host)}:${port}`;
    return `${origin}/console`;
  }

  async function sweep(): Promise<void> {
    const now = systemClock.now();
    await home.people.challenges.sweep(now, now - ATTEMPTS_KEPT_MS);
  }

  const onFault = (cause: unknown) =>
    log("error", "deleting expired sessions and codes failed; it is tried again", { cause: String(cause) });
  const sweeper = setInterval(() => void sweep().catch(onFault), SWEEP_EVERY_MS);
  sweeper.unref();
  const onMailFault = (cause: unknown) =>
    log("error", "mails that wait could not be sent; they are tried again", { cause: String(cause) });
  const mailing = setInterval(() => void mails.sweep().catch(onMailFault), MAIL_EVERY_MS);
  mailing.unref();
  const policy = (): SignUpPolicy => config().signUp;
  return {
    deps: {
      store: home.people,
      secret: home.secret,
      clock: systemClock,
      log,
      policy,
      brand: () => config().brand.name,
      consoleUrl,
      // What goes to the outbox is on this machine's disk at once.
      senders: settings.people.mail === undefined ? senders : { ...senders, mail: mails.mail },
      readPhone,
      timeCodes,
      passkeys: passkeyCeremonies,
      oauth: oauthClients(settings.people),
      recall,
    },
    outbox,
    listensOn(actual) {
      port = actual;
    },
    mails,
    stop() {
      clearInterval(sweeper);
      clearInterval(mailing);
    },
  };
}
