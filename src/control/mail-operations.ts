import { z } from "zod";
import { MAIL_GOOD_FOR_MS, type StuckMail } from "../accounts/people/mail-queue.ts";
import type { Awaitable } from "../base/awaitable.ts";
import { CommandError, LIMIT, operation } from "./operation.ts";

const isoOrNull = (at: number | undefined): string | null =>
  at === undefined ? null : new Date(at).toISOString();

/** What commands and the API both tell of a mail. */
export function stuckMailView({ mailId, to, tries, error, nextAt, givenUpAt }: StuckMail) {
  return {
    ...{ id: mailId, to, tries, error: error ?? null },
    next_at: isoOrNull(givenUpAt === undefined ? nextAt : undefined),
    given_up_at: isoOrNull(givenUpAt),
  };
}

const ONE = z.strictObject({ id: z.string() });

/** Does something with one mail. @throws CommandError (not_found) */
async function actOn(id: string, act: () => Awaitable<boolean>): Promise<{ id: string }> {
  if (/^[0-9a-f]{32}$/.test(id) && (await act())) return { id };
  throw new CommandError(`id: ${id} is no mail that waits; quoin mails list shows them.`, "not_found");
}

/** Mails that their sender does not take. */
export const MAIL_OPERATIONS = {
  "mails.stuck": operation(z.strictObject({ limit: LIMIT }), async ({ mails }, { limit }) => ({
    mails: (await mails.stuck(limit)).map((mail) => ({
      ...stuckMailView(mail),
      at: new Date(mail.createdAt).toISOString(),
    })),
  })),
  "mails.retry": operation(ONE, ({ mails, clock }, { id }) =>
    actOn(id, () => mails.again(id, clock.now(), clock.now() + MAIL_GOOD_FOR_MS)),
  ),
  "mails.drop": operation(ONE, ({ mails }, { id }) => actOn(id, () => mails.remove(id))),
};
