import { type Client, KEY, MODEL } from "./client.ts";
import { checkFor, jobFor, viewFor } from "./clients.ts";
import { editFile, type FileJob, fillJob, type Job } from "./editor/job.ts";
import { jqFilter } from "./jq-filter.ts";
import type { Offer } from "./offer.ts";

/** Inside JSON and jq: plain ASCII, which shells and old PowerShells read the same, whatever they take the text for. */
function escapeSigns(text: string): string {
  return text.replace(/[^\n\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const asciiJson = (value: unknown) => escapeSigns(JSON.stringify(value, null, 1));

function ascii(text: string): string {
  return text.replace(/[^\n\x20-\x7e]/g, "?");
}

const quoteShell = (text: string) => `'${ascii(text).replaceAll("'", "'\\''")}'`;
const quotePower = (text: string) => `'${ascii(text).replaceAll("'", "''")}'`;

/** `~/.config/x` of a path as jobs have it. */
function plainPath(path: string): string {
  return path.replace(/^\$\w+\|([^|]*)\|/, "$1");
}

/** The same as a word of the shell, its variable in force. */
function shellPath(path: string): string {
  const match = /^\$(\w+)\|([^|]*)\|(.*)$/.exec(path);
  const home = (text: string) => text.replace(/^~/, "$HOME");
  if (!match) return `"${home(path)}"`;
  return `"\${${match[1]}:-${home(match[2] ?? "")}}${match[3]}"`;
}

/**
 * What to put into a client's files by hand: the files as they are when nothing else is in them.
 * @param forWindows variables as commands for them
 */
export function pasteLines(job: Job, forWindows = false): string {
  const { files } = fillJob(job, { key: KEY, model: MODEL });
  return files
    .map((file) => {
      if (file.format !== "profile")
        return `In ${plainPath(file.paths[0] ?? "")}:\n\n${editFile("", file, "", "posix")}`;
      const rows = file.edits.flatMap((edit) =>
        edit.op === "set" ? [[edit.path[0] ?? "", String(edit.value)] as const] : [],
      );
      if (forWindows) return rows.map(([name, value]) => `setx ${name} ${quotePower(value)}\n`).join("");
      return `In your shell's start file (~/.bashrc, ~/.zshrc):\n\n${rows.map(([name, value]) => `export ${name}=${quoteShell(value)}\n`).join("")}`;
    })
    .join("\n");
}

function jqParts(job: Job): { files: string; paths: string } | undefined {
  if (job.files.length === 0 || job.files.some(({ format }) => format !== "json")) return undefined;
  const files = job.files.map(
    (file, at) => `cat >"$tmp/${at + 1}.jq" <<'SETUP_JQ_END'\n${escapeSigns(jqFilter(file))}\nSETUP_JQ_END`,
  );
  return { files: files.join("\n"), paths: job.files.map(jqPath).join("\n") };
}

function jqPath({ paths }: FileJob): string {
  const [first = "", ...others] = paths.map(shellPath);
  const tests = others.map((path) => `elif [ -e ${path} ]; then printf '%s\\n' ${path}`).join("\n");
  return `if [ -e ${first} ]; then printf '%s\\n' ${first}\n${tests}\nelse printf '%s\\n' ${first}; fi`.replace(
    "\n\n",
    "\n",
  );
}

type Fields = Readonly<Record<string, string>>;

/** `@@name@@` replaced in one pass, so that no value is looked at again. */
function fillIn(template: string, fields: Fields): string {
  return template.replace(/@@(\w+)@@/g, (_, name: string) => {
    const field = fields[name];
    if (field === undefined) throw new Error(`The setup script has no field ${name}.`);
    return field;
  });
}

/** What both kinds of script are filled with, before quoting. */
function textsOf(client: Client, offer: Offer) {
  const job = jobFor(client, offer);
  const check = checkFor(client, offer);
  const view = viewFor(client, offer);
  return {
    job,
    check,
    lines: ascii(["To start it:", ...client.lines(view)].slice(job.files.length === 0 ? 1 : 0).join("\n")),
    url: `${offer.origin}/setup/${client.id}`,
    more: check.more[0] ?? `User-Agent: ${offer.slug}-setup`,
  };
}

export interface Programs {
  readonly javascript: string;
  readonly python: string;
  readonly shell: string;
  readonly powershell: string;
}

/** Editors and templates of the scripts; loaded when somebody asks for them first. */
export async function loadPrograms(): Promise<Programs> {
  const module = await import("./programs.json", { with: { type: "json" } });
  return module.default;
}

export function renderShell(client: Client, offer: Offer, programs: Programs): string {
  const { job, check, lines, url, more } = textsOf(client, offer);
  const jq = jqParts(job);
  return `${fillIn(programs.shell, {
    service_plain: ascii(offer.name),
    title_plain: client.title,
    service: quoteShell(offer.name),
    title: quoteShell(client.title),
    client: quoteShell(client.id),
    slug: quoteShell(offer.slug),
    url: url,
    origin: quoteShell(offer.origin),
    prefix: quoteShell(offer.keyPrefix),
    files: String(job.files.length),
    check_url: quoteShell(check.url),
    check_header: quoteShell(check.header),
    check_more: quoteShell(more),
    hosts: `'${hostLines(offer)}'`,
    key_variable: offer.keyVariable,
    model: quoteShell(job.model),
    withheld: offer.withheld ? "1" : "0",
    jq: jq ? "1" : "0",
    jq_files: jq?.files ?? "",
    jq_paths: jq?.paths ?? "",
    javascript: programs.javascript,
    python: programs.python,
    job: asciiJson(job),
    paste: ascii(pasteLines(job)),
    lines,
  })}\n`;
}

function hostLines({ hosts }: Offer): string {
  const clean = (text: string) => ascii(text).replaceAll("'", " ");
  return hosts.map(({ origin, region, place }) => [origin, region, place].map(clean).join("\t")).join("\n");
}

export function renderPower(client: Client, offer: Offer, programs: Programs): string {
  const { job, check, lines, url, more } = textsOf(client, offer);
  const block = (text: string) => `@'\n${text.replace(/^'@/gm, " '@")}\n'@`;
  const [moreName = "", moreValue = ""] = more.split(/: (.*)/);
  const [headerName = "", headerValue = ""] = check.header.split(/: ?(.*)/);
  return `${fillIn(programs.powershell, {
    service_plain: ascii(offer.name),
    title_plain: client.title,
    service: quotePower(offer.name),
    title: quotePower(client.title),
    url,
    origin: quotePower(offer.origin),
    prefix: quotePower(offer.keyPrefix),
    files: String(job.files.length),
    check_url: quotePower(check.url),
    // Old PowerShells take no User-Agent among the headers.
    check_more: check.more.length === 0 ? "@{ }" : `@{ ${quotePower(moreName)} = ${quotePower(moreValue)} }`,
    header_name: quotePower(headerName),
    header_value: quotePower(headerValue),
    key_variable: offer.keyVariable,
    model: quotePower(job.model),
    withheld: offer.withheld ? "$true" : "$false",
    javascript: programs.javascript,
    python: programs.python,
    job: block(asciiJson(job)),
    paste: block(ascii(pasteLines(job, true))),
    lines: block(lines),
  })}\n`;
}
