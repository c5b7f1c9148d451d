import { table } from "../base/table.ts";
import { call } from "./call.ts";
import { type Command, print } from "./command.ts";
import { family, type SubCommand, subCommand, wordAt } from "./family.ts";
import { type Options, readOptions } from "./options.ts";

interface UserLine {
  readonly id: string;
  readonly email: string;
  readonly display_name: string;
  readonly operator: boolean;
  readonly totp: boolean;
  readonly created_at: string;
  readonly disabled_at: string | null;
}

const email = (options: Options) => ({
  email: wordAt(options, 0, "the user's e-mail address; quoin users list shows it"),
});

const yes = (fact: boolean): string => (fact ? "yes" : "");

/** What is done to one user, told in one line. */
function onUser(operation: string, show: (user: UserLine) => string): SubCommand {
  return subCommand<UserLine>({ operation, options: {}, args: email, show });
}

const USERS: Record<string, SubCommand> = {
  list: subCommand<{ users: UserLine[] }>({
    operation: "users.list",
    options: { text: "string", limit: "string" },
    args: (options) => ({ text: options.text("text"), limit: options.number("limit") }),
    show: ({ users }) =>
      users.length === 0
        ? "No users yet: quoin claim prints a link for the first, quoin users invite EMAIL for another."
        : table(
            ["id", "email", "name", "operator", "2nd factor", "since", "disabled"],
            users.map((user) => [
              user.id,
              user.email,
              user.display_name,
              yes(user.operator),
              yes(user.totp),
              user.created_at,
              user.disabled_at ?? "",
            ]),
          ),
  }),
  operator: subCommand<UserLine>({
    operation: "users.operator",
    options: { off: "boolean" },
    args: (options) => ({ ...email(options), off: options.flag("off") }),
    show: (user) => `${user.email} is ${user.operator ? "an operator" : "no operator any more"}.`,
  }),
  disable: onUser("users.disable", (user) => `${user.email} is disabled; all sessions have ended.`),
  enable: onUser("users.enable", (user) => `${user.email} can sign in again.`),
  "reset-password": subCommand<{ link: string }>({
    operation: "users.reset-password",
    options: {},
    args: email,
    show: ({ link }) => `${link}\n\nGood for an hour, once; give it to the user by a safe way.`,
  }),
  "reset-second-factor": onUser(
    "users.reset-second-factor",
    (user) => `${user.email} is asked for no authenticator app any more.`,
  ),
  invite: subCommand<{ link: string; expires_at: string }>({
    operation: "users.invite",
    options: {},
    args: email,
    show: ({ link, expires_at }) =>
      `${link}\n\nGood until ${expires_at}, once; it was mailed too where mail is set up.`,
  }),
};

/** `quoin users list|operator|disable|enable|reset-password|reset-second-factor|invite` */
export const users = family("users", USERS);

/** `quoin claim`: a link that makes whoever opens it an operator. */
export const claim: Command = async (context) => {
  const options = readOptions(context.args, { json: "boolean" });
  const made = (await call(context, "users.claim", {})) as { link: string; expires_at: string };
  const text = `${made.link}\n\nWhoever opens it becomes an operator: once, until ${made.expires_at}.`;
  print(options.flag("json") ? JSON.stringify(made) : text);
  return 0;
};
