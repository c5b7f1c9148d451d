import { formatUsd } from "../core/money.ts";
import { call } from "./call.ts";
import { type Command, type CommandContext, print, UsageError } from "./command.ts";
import { type Options, type OptionTypes, readOptions } from "./options.ts";

/** One sub-command: its operation, its options, and how a person reads the answer. */
export interface SubCommand {
  readonly operation: string;
  readonly options: OptionTypes;
  readonly args: (options: Options) => object;
  readonly show: (result: never) => string;
}

export function subCommand<Result>(
  definition: Omit<SubCommand, "show"> & { show: (result: Result) => string },
): SubCommand {
  return definition as SubCommand;
}

export function wordAt(options: Options, index: number, what: string): string {
  const word = options.words[index];
  if (word === undefined) throw new UsageError(`Name ${what}.`);
  return word;
}

/** `"-3600"` → `-$0.0000036`. */
export function usd(nanos: string): string {
  return formatUsd(BigInt(nanos)).replace(/^-?/, "$&$");
}

/** A family of sub-commands as one command; `--json` prints the operation's own answer. */
export function family(name: string, subCommands: Record<string, SubCommand>): Command {
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
