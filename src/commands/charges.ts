import { table } from "../base/table.ts";
import { family, subCommand, usd, wordAt } from "./family.ts";

interface ChargeView {
  readonly id: string;
  readonly account: string;
  readonly amount_nanos: string;
  readonly at: string;
}

type Decided = Pick<ChargeView, "id" | "account" | "amount_nanos">;

/** `quoin charges`: those made by our own count, because the upstream's report cannot be true. */
export const charges = family("charges", {
  list: subCommand<{ charges: ChargeView[] }>({
    operation: "charges.quarantined",
    options: { limit: "string" },
    args: (options) => ({ limit: options.number("limit") }),
    show: ({ charges: found }) =>
      found.length === 0
        ? "No charge waits for your word."
        : table(
            ["request", "account", "amount", "at"],
            found.map(({ id, account, amount_nanos, at }) => [id, account, usd(amount_nanos), at]),
          ),
  }),
  confirm: subCommand<Decided>({
    operation: "charges.confirm",
    options: {},
    args: (options) => ({ id: wordAt(options, 0, "the request, as quoin charges list shows it") }),
    show: ({ id, account, amount_nanos }) => `${id} stands: ${account} paid ${usd(amount_nanos)}.`,
  }),
  refund: subCommand<Decided>({
    operation: "charges.refund",
    options: {},
    args: (options) => ({ id: wordAt(options, 0, "the request, as quoin charges list shows it") }),
    show: ({ id, account, amount_nanos }) => `${id} is paid back: ${usd(amount_nanos)} to ${account}.`,
  }),
});
