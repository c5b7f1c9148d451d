import { formatUsd } from "../core/money.ts";
import { call } from "./call.ts";
import { type Command, type CommandContext, print, UsageError } from "./command.ts";
import { type Options, type OptionTypes, readOptions } from "./options.ts";
import { table } from "./table.ts";

/** One sub-command: its operation, its options, and how a person reads the answer. */
interface SubCommand {
  readonly operation: string;
  readonly options: OptionTypes;
  readonly args: (options: Options) => object;
  readonly show: (result: never) => string;
}

function subCommand<Result>(
  definition: Omit<SubCommand, "show"> & { show: (result: Result) => string },
): SubCommand {
  return definition as SubCommand;
}

interface KeyResult {
  id: string;
  key: string;
  account: string;
  plan: string;
  replaces?: string;
}

function showNewKey({ id, key, account, plan }: KeyResult): string {
  return `${key}\n\nShown once: keep it now. Key ${id} of account ${account}, plan ${plan}.`;
}

function wordAt(options: Options, index: number, what: string): string {
  const word = options.words[index];
  if (word === undefined) throw new UsageError(`Name ${what}.`);
  return word;
}

/** `"-3600"` → `-$0.0000036`. */
function usd(nanos: string): string {
  return formatUsd(BigInt(nanos)).replace(/^-?/, "$&$");
}

const KEYS: Record<string, SubCommand> = {
  create: subCommand<KeyResult>({
    operation: "keys.create",
    options: { account: "string", plan: "string", name: "string", lossy: "string" },
    args: (options) => ({
      account: options.required("account"),
      plan: options.text("plan"),
      name: options.text("name"),
      lossy: options.text("lossy"),
    }),
    show: showNewKey,
  }),
  list: subCommand<{
    keys: {
      id: string;
      account: string;
      plan: string;
      hint: string;
      created_at: string;
      revoked_at: string | null;
    }[];
  }>({
    operation: "keys.list",
    options: { account: "string" },
    args: (options) => ({ account: options.text("account") }),
    show: ({ keys }) =>
      keys.length === 0
        ? "No keys yet: quoin keys create --account NAME makes one."
        : table(
            ["id", "account", "plan", "key", "created", "revoked"],
            keys.map((key) => [
              key.id,
              key.account,
              key.plan,
              key.hint,
              key.created_at,
              key.revoked_at ?? "",
            ]),
          ),
  }),
  revoke: subCommand<{ id: string }>({
    operation: "keys.revoke",
    options: {},
    args: (options) => ({ id: wordAt(options, 0, "the key's id; quoin keys list shows it") }),
    show: ({ id }) => `Revoked ${id}; requests with it are refused from now on.`,
  }),
  rotate: subCommand<KeyResult>({
    operation: "keys.rotate",
    options: {},
    args: (options) => ({ id: wordAt(options, 0, "the key's id; quoin keys list shows it") }),
    show: (result) => `${showNewKey(result)}\nThe old key ${result.replaces} is revoked.`,
  }),
};

interface WalletResult {
  account: string;
  balance_nanos: string;
  held_nanos: string;
  added_nanos?: string;
  entries?: { at: string; kind: string; ref: string; amount_nanos: string }[];
}

function showWallet(wallet: WalletResult): string {
  const held = wallet.held_nanos === "0" ? "" : `, of which running requests hold ${usd(wallet.held_nanos)}`;
  return `Account ${wallet.account}: balance ${usd(wallet.balance_nanos)}${held}.`;
}

const WALLET: Record<string, SubCommand> = {
  "top-up": subCommand<WalletResult>({
    operation: "wallet.top-up",
    options: { account: "string", amount: "string", reference: "string" },
    args: (options) => ({
      account: options.required("account"),
      amount: options.required("amount"),
      reference: options.text("reference"),
    }),
    show: (wallet) => `Added ${usd(wallet.added_nanos ?? "0")}. ${showWallet(wallet)}`,
  }),
  show: subCommand<WalletResult>({
    operation: "wallet.show",
    options: { account: "string" },
    args: (options) => ({ account: options.required("account") }),
    show: showWallet,
  }),
  statement: subCommand<WalletResult>({
    operation: "wallet.statement",
    options: { account: "string", limit: "string" },
    args: (options) => ({ account: options.required("account"), limit: options.number("limit") }),
    show: (wallet) =>
      `${showWallet(wallet)}\n${table(
        ["at", "kind", "amount", "reference"],
        (wallet.entries ?? []).map((entry) => [entry.at, entry.kind, usd(entry.amount_nanos), entry.ref]),
      )}`,
  }),
};

interface RequestResult {
  id: string;
  at: string;
  account: string;
  model: string;
  protocol: string;
  status: number;
  outcome: string;
  charge_nanos: string;
  last_byte_ms: number;
}

const REQUESTS: Record<string, SubCommand> = {
  list: subCommand<{ requests: RequestResult[] }>({
    operation: "requests.list",
    options: { account: "string", limit: "string" },
    args: (options) => ({ account: options.text("account"), limit: options.number("limit") }),
    show: ({ requests }) =>
      requests.length === 0
        ? "No requests yet."
        : table(
            ["id", "at", "account", "model", "protocol", "status", "outcome", "charge", "ms"],
            requests.map((row) => [
              row.id,
              row.at,
              row.account,
              row.model,
              row.protocol,
              String(row.status),
              row.outcome,
              usd(row.charge_nanos),
              String(row.last_byte_ms),
            ]),
          ),
  }),
  show: subCommand<object>({
    operation: "requests.show",
    options: {},
    args: (options) => ({ id: wordAt(options, 0, "the request's id; quoin requests list shows it") }),
    show: (record) => JSON.stringify(record, null, 2),
  }),
};

interface ModelResult {
  id: string;
  vendor: string;
  context_tokens: number;
  protocols: string[];
  price_nanos_per_million: { input: string; output: string };
  targets: { upstream: string }[];
}

const MODELS: Record<string, SubCommand> = {
  list: subCommand<{ models: ModelResult[] }>({
    operation: "models.list",
    options: {},
    args: () => ({}),
    show: ({ models }) =>
      table(
        ["model", "vendor", "context", "input $/M", "output $/M", "upstreams", "protocols"],
        models.map((model) => [
          model.id,
          model.vendor,
          String(model.context_tokens),
          formatUsd(BigInt(model.price_nanos_per_million.input)),
          formatUsd(BigInt(model.price_nanos_per_million.output)),
          model.targets.map((target) => target.upstream).join(","),
          model.protocols.join(","),
        ]),
      ),
  }),
  test: subCommand<{
    model: string;
    targets: { upstream: string; ok: boolean; status: number; took_ms: number; reason: string }[];
  }>({
    operation: "models.test",
    options: {},
    args: (options) => ({ model: wordAt(options, 0, "the model; quoin models list shows them") }),
    show: ({ targets }) =>
      table(
        ["upstream", "ok", "status", "ms", "reason"],
        targets.map((row) => [
          row.upstream,
          row.ok ? "yes" : "no",
          String(row.status),
          String(row.took_ms),
          row.reason,
        ]),
      ),
  }),
};

/** A family of sub-commands as one command; `--json` prints the operation's own answer. */
function family(name: string, subCommands: Record<string, SubCommand>): Command {
  return async (context: CommandContext) => {
    const [word = "", ...rest] = context.args;
    const chosen = Object.hasOwn(subCommands, word) ? subCommands[word] : undefined;
    if (!chosen) throw new UsageError(`quoin ${name} takes one of: ${Object.keys(subCommands).join(", ")}.`);
    const options = readOptions(rest, { ...chosen.options, json: "boolean" });
    const result = await call(context, chosen.operation, chosen.args(options));
    print(options.flag("json") ? JSON.stringify(result) : chosen.show(result as never));
    return failedProbe(result) ? 1 : 0;
  };
}

/** A test call that no target answered is a failure of the command too. */
function failedProbe(result: object): boolean {
  const targets = (result as { targets?: { ok?: boolean }[] }).targets;
  return targets?.some((target) => target.ok === false) === true;
}

export const keys = family("keys", KEYS);
export const wallet = family("wallet", WALLET);
export const requests = family("requests", REQUESTS);
export const models = family("models", MODELS);
