import { table } from "../base/table.ts";
import { family, subCommand, wordAt } from "./family.ts";
import type { Options } from "./options.ts";

interface MailView {
  readonly id: string;
  readonly to: string;
  readonly at: string;
  readonly tries: number;
  readonly error: string | null;
  readonly next_at: string | null;
  readonly given_up_at: string | null;
}

const idOf = (options: Options) => ({ id: wordAt(options, 0, "the mail, as quoin mails list shows it") });

const stateOf = ({ next_at, given_up_at }: MailView): string =>
  next_at === null ? `given up ${given_up_at}` : `again ${next_at}`;

/** `quoin mails`: those that their sender did not take. */
export const mails = family("mails", {
  list: subCommand<{ mails: MailView[] }>({
    operation: "mails.stuck",
    options: { limit: "string" },
    args: (options) => ({ limit: options.number("limit") }),
    show: ({ mails: found }) =>
      found.length === 0
        ? "Every mail was taken by its sender."
        : table(
            ["mail", "to", "written", "tries", "state", "its sender said"],
            found.map((mail) => [
              mail.id,
              mail.to,
              mail.at,
              String(mail.tries),
              stateOf(mail),
              mail.error ?? "",
            ]),
          ),
  }),
  retry: subCommand<{ id: string }>({
    operation: "mails.retry",
    options: {},
    args: idOf,
    show: ({ id }) => `${id} is sent within half a minute, as long as a server runs.`,
  }),
  drop: subCommand<{ id: string }>({
    operation: "mails.drop",
    options: {},
    args: idOf,
    show: ({ id }) => `${id} is gone, and sent no more.`,
  }),
});
