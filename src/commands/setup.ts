import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { table } from "../base/table.ts";
import type { Client } from "../control/setup/client.ts";
import { CLIENTS, checkFor, findClient, jobFor, linesFor } from "../control/setup/clients.ts";
import {
  applyChanges,
  type Change,
  planChanges,
  planUndo,
  undoChanges,
} from "../control/setup/editor/apply.ts";
import { type Choice, fillJob, type Job } from "../control/setup/editor/job.ts";
import { describeChanges, describeShadows, describeUndo } from "../control/setup/editor/report.ts";
import { expandPath, homeOf, type World } from "../control/setup/editor/world.ts";
import type { Offer } from "../control/setup/offer.ts";
import { askModels, measureHosts, type Verdict } from "../control/setup/probe.ts";
import { readOffer } from "../control/setup/read-offer.ts";
import { type Command, type CommandContext, print, UsageError } from "./command.ts";
import { type Options, readOptions } from "./options.ts";
import { askPerson } from "./terminal.ts";

const OPTIONS = {
  url: "string",
  key: "string",
  model: "string",
  region: "string",
  yes: "boolean",
  undo: "boolean",
  "dry-run": "boolean",
  list: "boolean",
  json: "boolean",
} as const;

/** Where the gateway of this machine listens. */
function localUrl({ settings: { host, port } }: CommandContext): string {
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

interface Found {
  readonly client: string;
  readonly title: string;
  /** Where it was seen; undefined: nowhere. */
  readonly found: string | undefined;
  readonly set_up: boolean;
}

/** Folders in which setup keeps its records, whatever the service is called. */
function recordFolders(world: World): string[] {
  const home = homeOf(world);
  return existsSync(home) ? readdirSync(home).filter((name) => /^\.[a-z0-9-]+-setup$/.test(name)) : [];
}

function isSetUp(client: string, world: World): boolean {
  return recordFolders(world).some((folder) => existsSync(join(homeOf(world), folder, `${client}.tsv`)));
}

function lookFor({ id, title, commands, traces }: Client, world: World): Found {
  const command = commands.map((name) => Bun.which(name)).find((path) => path !== null);
  const trace = traces.map((path) => expandPath(path, world)).find((path) => existsSync(path));
  return { client: id, title, found: command ?? trace, set_up: isSetUp(id, world) };
}

function list(options: Options, world: World): number {
  const found = CLIENTS.map((client) => lookFor(client, world));
  const rows = found.map((row) => [row.client, row.title, row.found ?? "", row.set_up ? "yes" : ""]);
  print(
    options.flag("json")
      ? JSON.stringify({ clients: found.map((row) => ({ ...row, found: row.found ?? null })) })
      : table(["client", "tool", "found", "set up"], rows),
  );
  return 0;
}

const FOREIGN: readonly (readonly [RegExp, string])[] = [
  [/^sk-ant-/, "Anthropic"],
  [/^sk-/, "OpenAI or a service like it"],
  [/^AIza/, "Google"],
];

/** The key without what copying leaves around it. @throws UsageError where it cannot be one. */
function cleanKey(text: string, { name, keyPrefix }: Offer): string {
  const key = text.replace(/[\s"']/g, "").replace(/^bearer/i, "");
  if (key === "") throw new UsageError("There is no key; nothing was changed.");
  if (!/^[A-Za-z0-9._-]+$/.test(key))
    throw new UsageError("The key has signs in it that no key has; copy the whole key again.");
  const foreign = FOREIGN.find(([pattern]) => pattern.test(key) && !key.startsWith(keyPrefix || "\0"));
  if (foreign)
    throw new UsageError(
      `That is a key of ${foreign[1]}; the one for ${name} begins with ${keyPrefix}. Nothing was changed.`,
    );
  return key;
}

function keyOf(options: Options, context: CommandContext, offer: Offer): string {
  const given = options.text("key") ?? options.words[1] ?? context.env[offer.keyVariable];
  const typed = given ?? askPerson(`Key of ${offer.name} (${offer.keyPrefix}...): `, true);
  if (typed === undefined)
    throw new UsageError(
      `There is no terminal to ask for the key on; give it with --key or ${offer.keyVariable}.`,
    );
  return cleanKey(typed, offer);
}

/** The origin of the region that was asked for; undefined: the service's own. */
async function originOf(region: string | undefined, { hosts, name }: Offer): Promise<string | undefined> {
  if (region === undefined) return undefined;
  if (hosts.length === 0) throw new UsageError(`${name} names no regions; leave --region out.`);
  if (region !== "auto") {
    const host = hosts.find((one) => one.region === region);
    if (host) return host.origin;
    throw new UsageError(
      `There is no region ${region}; there are: ${hosts.map((one) => one.region).join(", ")}.`,
    );
  }
  const measured = await measureHosts(hosts);
  for (const { host, tookMs } of measured)
    process.stderr.write(
      `  ${host.region}  ${tookMs === undefined ? "out of reach" : `${Math.round(tookMs)} ms`}  ${host.origin}\n`,
    );
  const [best] = measured;
  if (best?.tookMs === undefined) throw new Error("None of the regions can be reached from here.");
  return best.host.origin;
}

/** @throws UsageError where nobody can be asked. */
function agreed(options: Options, question: string): boolean {
  if (options.flag("dry-run")) {
    if (!options.flag("json")) print("A dry run: nothing was changed.");
    return false;
  }
  if (options.flag("yes")) return true;
  const answer = askPerson(`${question} [y/N] `);
  if (answer === undefined)
    throw new UsageError("There is no terminal to ask on; add --yes to agree. Nothing was changed.");
  if (/^y/i.test(answer)) return true;
  print("Nothing was changed.");
  return false;
}

const subjects = (changes: readonly Change[]) =>
  changes.map((change) => (change.kind === "file" ? change.path : change.name));

function change(
  options: Options,
  job: Job,
  choice: Choice,
  world: World,
): { changes: Change[]; applied: boolean } {
  const filled = fillJob(job, choice);
  const changes = planChanges(filled, world);
  const tell = (text: string) => {
    if (!options.flag("json") && text !== "") print(text);
  };
  if (changes.length === 0) tell("Everything is set already.");
  else tell(describeChanges(changes, world, choice.key));
  for (const note of describeShadows(job, world)) tell(note);
  if (changes.length === 0) return { changes, applied: false };
  const applied = agreed(options, "Change these files?");
  if (applied) applyChanges(filled, changes, world);
  return { changes, applied };
}

/** What the gateway offers; a key is asked for where it tells its models to no one without. */
async function offerFor(
  options: Options,
  context: CommandContext,
): Promise<{ offer: Offer; key: string | undefined }> {
  const url = options.text("url") ?? localUrl(context);
  const offer = await readOffer(url);
  if (!offer.withheld) return { offer, key: undefined };
  const key = keyOf(options, context, offer);
  return { offer: await readOffer(url, key), key };
}

async function setUp(
  options: Options,
  context: CommandContext,
  client: Client,
  world: World,
): Promise<number> {
  const { offer, key: sent } = await offerFor(options, context);
  const job = jobFor(client, offer);
  const model = options.text("model") ?? job.model;
  if (!/^[^\s\p{C}"'`$\\]{0,200}$/u.test(model)) throw new UsageError("--model is no model's name.");
  const origin = await originOf(options.text("region"), offer);
  const moved = (text: string) => text.replaceAll(job.origin, origin ?? job.origin);
  const lines = linesFor(client, offer, model).map(moved);
  const json = options.flag("json");
  if (job.files.length === 0) {
    print(
      json
        ? JSON.stringify({ client: client.id, changed: [], applied: false, steps: lines })
        : lines.join("\n"),
    );
    return 0;
  }
  const key = sent ?? keyOf(options, context, offer);
  const { changes, applied } = change(options, job, { key, model, origin }, world);
  if (changes.length > 0 && !applied && !json) return options.flag("dry-run") ? 0 : 1;
  const check = checkFor(client, offer);
  const verdict: Verdict | undefined =
    applied || changes.length === 0 ? await askModels({ ...check, url: moved(check.url) }, key) : undefined;
  if (json) {
    const checked = verdict && { ok: verdict.ok, status: verdict.status, message: verdict.message };
    print(JSON.stringify({ client: client.id, changed: subjects(changes), applied, check: checked ?? null }));
  } else print([verdict?.message ?? "", "To start it:", ...lines.map((line) => `  ${line}`)].join("\n"));
  return verdict?.ok === false ? 1 : 0;
}

function undo(options: Options, client: Client, world: World): number {
  const folder = recordFolders(world).find((name) =>
    existsSync(join(homeOf(world), name, `${client.id}.tsv`)),
  );
  const json = options.flag("json");
  if (folder === undefined) {
    if (json) print(JSON.stringify({ client: client.id, undone: [] }));
    else print(`Nothing of ${client.title} was set up from here, or it was undone.`);
    return 0;
  }
  const job: Job = {
    client: client.id,
    title: client.title,
    slug: folder.slice(1, -"-setup".length),
    origin: "",
    hosts: [],
    model: "",
    files: [],
    shadows: [],
  };
  const changes = planUndo(job, world);
  if (!json) print(describeUndo(job, changes, world));
  if (!agreed(options, "Put it back as it was?")) return options.flag("dry-run") ? 0 : 1;
  undoChanges(job, world);
  print(json ? JSON.stringify({ client: client.id, undone: subjects(changes) }) : "Undone.");
  return 0;
}

/** `quoin setup CLIENT` makes a coding agent use a gateway: shows the change, asks, keeps a backup, can be undone. */
export const setup: Command = async (context) => {
  const options = readOptions(context.args, OPTIONS);
  const world: World = { env: context.env, platform: process.platform };
  if (options.flag("list")) return list(options, world);
  const [name = ""] = options.words;
  const client = findClient(name);
  if (!client)
    throw new UsageError(
      `quoin setup takes one of: ${CLIENTS.map(({ id }) => id).join(", ")}; or --list for those that are here.`,
    );
  return options.flag("undo") ? undo(options, client, world) : await setUp(options, context, client, world);
};
