import { z } from "zod";
import { MAIL_GOOD_FOR_MS } from "../accounts/people/mail-queue.ts";
import { CommandError, LIMIT, operation } from "./operation.ts";

const isoOrNull = (at: number | undefined): string | null =>
  at === undefined ? null : new Date(at).toISOString();

/** Mails that their sender does not take. */
export const MAIL_OPERATIONS = {
  "mails.stuck": operation(z.strictObject({ limit: LIMIT }), async ({ mails }, { limit }) => ({
    mails: (await mails.stuck(limit)).map(({ mailId, to, createdAt, tries, nextAt, error, givenUpAt }) => ({
      id: mailId,
      to,
      at: new Date(createdAt).toISOString(),
      tries,
      error: error ?? null,
      next_at: isoOrNull(givenUpAt === undefined ? nextAt : undefined),
      given_up_at: isoOrNull(givenUpAt),
    })),
  })),
  "mails.retry": operation(z.strictObject({ id: z.string() }), async ({ mails, clock }, { id }) => {
    const now = clock.now();
    if (!/^[0-9a-f]{32}$/.test(id) || !(await mails.again(id, now, now + MAIL_GOOD_FOR_MS)))
      throw new CommandError(`id: ${id} is no mail that waits; quoin mails list shows them.`, "not_found");
    return { id };
  }),
};
