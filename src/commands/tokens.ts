import { table } from "../base/table.ts";
import { family, type SubCommand, subCommand, wordAt } from "./family.ts";
import type { Options } from "./options.ts";

interface TokenLine {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
  readonly scopes: readonly string[];
  readonly state: string;
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
}

const WHOSE = { operator: "boolean", account: "string" } as const;
const whose = (options: Options) => ({
  operator: options.flag("operator"),
  account: options.text("account"),
});

const TOKENS: Record<string, SubCommand> = {
  create: subCommand<{ id: string; token: string }>({
    operation: "tokens.create",
    options: { ...WHOSE, name: "string", scopes: "string", expires: "string" },
    args: (options) => ({
      ...whose(options),
      name: options.text("name"),
      scopes: options
        .required("scopes")
        .split(",")
        .map((scope) => scope.trim()),
      expires: options.text("expires"),
    }),
    show: ({ id, token }) => `${token}\n\nShown once: keep it now. Its id is ${id}.`,
  }),
  list: subCommand<{ tokens: TokenLine[] }>({
    operation: "tokens.list",
    options: WHOSE,
    args: whose,
    show: ({ tokens }) =>
      tokens.length === 0
        ? "No tokens: quoin tokens create --operator --scopes operator:* makes one."
        : table(
            ["id", "name", "token", "scopes", "state", "expires", "last used"],
            tokens.map((token) => [
              token.id,
              token.name,
              token.hint,
              token.scopes.join(","),
              token.state,
              token.expires_at ?? "",
              token.last_used_at ?? "",
            ]),
          ),
  }),
  revoke: subCommand<{ id: string }>({
    operation: "tokens.revoke",
    options: WHOSE,
    args: (options) => ({
      ...whose(options),
      id: wordAt(options, 0, "the token's id; quoin tokens list shows it"),
    }),
    show: ({ id }) => `Revoked ${id}; it is refused from now on.`,
  }),
};

/** `quoin tokens create|list|revoke` */
export const tokens = family("tokens", TOKENS);
