import { CLIENTS, findClient } from "../control/setup/clients.ts";
import { type Command, type CommandContext, print, UsageError } from "./command.ts";
import { examineClient, type Patient } from "./doctor/client-side.ts";
import { type Finding, showFindings } from "./doctor/finding.ts";
import { examineServer } from "./doctor/server-side.ts";
import { type Options, readOptions } from "./options.ts";

const OPTIONS = { url: "string", key: "string", client: "string", model: "string", json: "boolean" } as const;

function patientOf(options: Options, url: string, { env }: CommandContext): Patient {
  const text = /^https?:\/\//.test(url) ? url : `https://${url}`;
  if (!URL.canParse(text)) throw new UsageError(`"${url}" is no address; write it as https://host.`);
  const name = options.text("client");
  const client = findClient(name ?? "sdk");
  if (!client) throw new UsageError(`--client takes one of: ${CLIENTS.map(({ id }) => id).join(", ")}.`);
  return {
    url: new URL(text),
    key: options.text("key") ?? env.QUOIN_API_KEY ?? "",
    client,
    named: name !== undefined,
    model: options.text("model"),
    world: { env, platform: process.platform },
  };
}

function report(findings: readonly Finding[], json: boolean): number {
  const failed = findings.some(({ level }) => level === "fail");
  print(json ? JSON.stringify({ ok: !failed, findings }) : showFindings(findings));
  return failed ? 1 : 0;
}

/**
 * `quoin doctor` looks at this machine as a server; with `--url`, at the way from here to a gateway. Nothing is
 * changed, and nothing asked that costs anything. Exit code 1 where something fails.
 */
export const doctor: Command = async (context) => {
  const options = readOptions(context.args, OPTIONS);
  const url = options.text("url");
  const findings =
    url === undefined ? await examineServer(context) : await examineClient(patientOf(options, url, context));
  return report(findings, options.flag("json"));
};
