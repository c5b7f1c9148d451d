import { countOf } from "../base/count-of.ts";
import { table } from "../base/table.ts";
import type { Command } from "./command.ts";
import { family, subCommand } from "./family.ts";

interface SecretLine {
  readonly name: string;
  readonly since: string;
  readonly in_use: boolean;
}

const IN_HOME = `The file "secret" of the home holds a new secret, and the old one opens nothing any more. Nothing else has changed.
A backup opens with the secret that was in the home on its day.`;

const IN_ENVIRONMENT = `Both secrets are good now. Set QUOIN_SECRET to the new one on every node and restart them one after the other; then
"quoin secret retire" ends the old one.`;

/** `quoin secret`: a new one in its place, without a loss. */
export const secret: Command = (context) =>
  family("secret", {
    list: subCommand<{ secrets: SecretLine[] }>({
      operation: "secret.list",
      options: {},
      args: () => ({}),
      show: ({ secrets }) =>
        table(
          ["secret", "since", ""],
          secrets.map(({ name, since, in_use }) => [name, since, in_use ? "in use here" : ""]),
        ),
    }),
    rotate: subCommand<{ in_home: boolean }>({
      operation: "secret.rotate",
      options: {},
      args: () => ({ next: context.settings.secretNext }),
      show: ({ in_home }) => (in_home ? IN_HOME : IN_ENVIRONMENT),
    }),
    retire: subCommand<{ retired: number }>({
      operation: "secret.retire",
      options: {},
      args: () => ({}),
      show: ({ retired }) =>
        retired === 0
          ? "No other secret opened this installation."
          : `Gone: ${countOf(retired, "secret")} that opened this installation too. The one in use is the only one now.`,
    }),
  })(context);
