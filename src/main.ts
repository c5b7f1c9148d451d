import { keepLoopbackDirect } from "./base/direct-loopback.ts";
import { backup, restore } from "./commands/backup.ts";
import { charges } from "./commands/charges.ts";
import { codes } from "./commands/codes.ts";
import { type Command, UsageError } from "./commands/command.ts";
import { config } from "./commands/config.ts";
import { doctor } from "./commands/doctor.ts";
import { keys } from "./commands/keys.ts";
import { ledger } from "./commands/ledger.ts";
import { mails } from "./commands/mails.ts";

import { migrate } from "./commands/migrate.ts";
import { models, requests } from "./commands/operate.ts";
import { plans } from "./commands/plans.ts";
import { prices } from "./commands/prices.ts";
import { receipt } from "./commands/receipt.ts";
import { secret } from "./commands/secret.ts";
import { serve } from "./commands/serve.ts";
import { setup } from "./commands/setup.ts";
import { tokens } from "./commands/tokens.ts";
import { claim, users } from "./commands/users.ts";
import { wallet } from "./commands/wallet.ts";
import { worker } from "./commands/worker.ts";
import { readSettings } from "./config/settings.ts";

const COMMANDS: Readonly<Record<string, Command>> = {
  serve,
  keys,
  wallet,
  plans,
  codes,
  tokens,
  charges,
  mails,
  secret,
  claim,
  users,
  ledger,
  requests,
  receipt,
  models,
  prices,
  migrate,
  backup,
  restore,
  config,
  setup,
  doctor,
  worker,
};

const HELP = `quoin: one key, one wallet, every client, every model.

  quoin serve [--workers N]                                        the gateway on one port, on N processors
  quoin keys create --account NAME [--plan ID] [--name TEXT]       a key, printed once
             [--rpm N] [--rpd N] [--tpm N] [--concurrency N] [--allow-ip A,B] [--expires 90d]
             [--spend-per-day USD] [--spend-per-month USD]
  quoin keys list [--account NAME] | revoke ID | rotate ID [--overlap 24h]
  quoin wallet top-up --account NAME --amount 10.00 [--reference TEXT]
  quoin wallet show | statement --account NAME [--limit N]
  quoin wallet statement --account NAME --month 2026-11 [--format text|csv|pdf] [--by day|request] [--out FILE]
  quoin wallet notify --account NAME [--below 5.00 [--webhook URL] [--email ADDRESS] | --off]
  quoin wallet checkout --account NAME --amount 20.00 --return URL [--save] [--currency EUR]   where to pay, by Stripe
  quoin wallet currency --account NAME [--show EUR | --off]
  quoin wallet save-method --account NAME --return URL | forget-method --account NAME
  quoin wallet auto-top-up --account NAME [--below 5.00 --amount 20.00 --month-max 100.00 [--times-a-day N] [--email ADDRESS] | --off]
  quoin wallet redeem --account NAME CODE
  quoin plans list | show --account NAME | assign --account NAME --plan ID [--seats N] | end --account NAME
  quoin plans choose --account NAME --plan ID [--seats N] [--pay card|wallet] [--return URL] | cancel --account NAME [--undo]
  quoin codes create --amount 5.00 [--count N] [--expires DAY] [--batch NAME]    shown once
  quoin codes list [--batch NAME] [--limit N] | revoke ID | revoke --batch NAME
  quoin tokens create --operator | --account NAME  --scopes A,B [--name TEXT] [--expires 90d]   of the management API
  quoin tokens list | revoke ID  --operator | --account NAME
  quoin charges list [--limit N] | confirm ID | refund ID          of usage that an upstream cannot have meant
  quoin mails list [--limit N] | retry ID | drop ID    mails that their sender did not take
  quoin secret list | rotate | retire                              another secret of this installation, without a loss
  quoin claim                                                      a link that makes who opens it an operator
  quoin users list [--text TEXT] | invite EMAIL | operator EMAIL [--off] | disable EMAIL | enable EMAIL
  quoin users reset-password EMAIL | reset-second-factor EMAIL
  quoin ledger prove                                               exit 1 on a difference
  quoin requests list [--account NAME] [--limit N] | show ID | receipt ID
  quoin receipt verify FILE --key FILE                             offline; exit 1 where it does not hold
  quoin models list | test MODEL
  quoin prices diff | import [--write]                             against quoin.yaml and the vendors' list prices
  quoin migrate [--status]                                         changes of data after an update, to their end
  quoin backup FOLDER [--without-secret]                           all of QUOIN_HOME, beside a running server, too
  quoin restore FOLDER [--replace]                                 a backup becomes QUOIN_HOME, and is proven
  quoin config print | check
  quoin setup CLIENT [KEY] [--url URL] [--model ID] [--region auto|ID] [--yes | --dry-run]    a coding agent; --undo takes it back
  quoin setup --list                                               the tools that are here
  quoin doctor                                                     this server: what is wrong, and the mend; exit 1 on a failure
  quoin doctor --url URL --key KEY [--client NAME] [--model ID]    the way from here to a gateway

With --json a command prints one JSON document and nothing else.
Settings are environment variables: docs/operators/settings.md.`;

async function main(argv: readonly string[]): Promise<number> {
  const [name = "help", ...args] = argv;
  if (name === "help" || name === "--help" || name === "-h") {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new UsageError(`There is no command "${name}"; quoin help lists them.`);
  return await command({ settings: readSettings(process.env), env: process.env, args });
}

keepLoopbackDirect(process.env);
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (thrown) {
  process.stderr.write(`quoin: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = thrown instanceof UsageError ? 2 : 1;
}
process.exit();
