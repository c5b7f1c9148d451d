import { table } from "../base/table.ts";
import type { DoubtedCharge } from "../control/contract/charges.ts";
import { family, subCommand, usd, wordAt } from "./family.ts";

type Decided = Pick<DoubtedCharge, "id" | "account" | "amount_nanos">;

const inAndOut = (tokens: DoubtedCharge["reported"]): string =>
  tokens === null ? "" : `${tokens.input_tokens} in, ${tokens.output_tokens} out`;

/** `quoin charges`: those made by our own count, because the upstream's report cannot be true. */
export const charges = family("charges", {
  list: subCommand<{ charges: DoubtedCharge[] }>({
    operation: "charges.quarantined",
    options: { limit: "string" },
    args: (options) => ({ limit: options.number("limit") }),
    show: ({ charges: found }) =>
      found.length === 0
        ? "No charge waits for your word."
        : table(
            ["request", "account", "model", "reported", "counted", "amount", "at"],
            found.map(({ id, account, model, reported, counted, amount_nanos, at }) => [
              id,
              account,
              model ?? "",
              inAndOut(reported),
              inAndOut(counted),
              usd(amount_nanos),
              at,
            ]),
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
