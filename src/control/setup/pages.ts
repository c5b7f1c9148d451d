import type { Client } from "./client.ts";
import { CLIENTS, jobFor, linesFor, modelFor, viewFor } from "./clients.ts";
import type { Offer } from "./offer.ts";
import { pasteLines } from "./render.ts";

const STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1c1a17;background:#fff}pre{background:#f4f1ec;padding:.8rem;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}table{border-collapse:collapse;width:100%}th,td{border:1px solid #d5d0c8;padding:.4rem .6rem;text-align:left}a{color:#7a4b12}";

const SIGNS: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (sign) => SIGNS[sign] ?? sign);

function pageOf(title: string, body: string): string {
  return `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>${escapeHtml(title)}</title>\n<style>${STYLE}</style>\n</head>\n<body>\n<h1>${escapeHtml(title)}</h1>\n${body}\n</body>\n</html>\n`;
}

const shellLine = (client: Client, { origin }: Offer) =>
  `curl -fsSL ${origin}/setup/${client.id}.sh | sh -s KEY`;
const powerLine = (client: Client, { origin }: Offer) => `irm ${origin}/setup/${client.id}.ps1 | iex`;

/** The tools and the line for each, for a terminal. */
export function listText(offer: Offer): string {
  const width = Math.max(...CLIENTS.map(({ id }) => id.length));
  const rows = CLIENTS.map((client) => `  ${client.id.padEnd(width)}  ${client.title}`);
  return [
    `Set up a tool for ${offer.name}: put its name into one of these lines.`,
    "",
    `  curl -fsSL ${offer.origin}/setup/NAME.sh | sh -s KEY`,
    `  irm ${offer.origin}/setup/NAME.ps1 | iex        (PowerShell)`,
    "",
    ...rows,
    "",
    "Every script shows what it changes, asks, keeps a backup, and takes it back with --undo.",
    "",
  ].join("\n");
}

export function listPage(offer: Offer): string {
  const rows = CLIENTS.map(
    (client) =>
      `<tr><td><a href="/setup/${client.id}">${escapeHtml(client.title)}</a></td><td><code>${escapeHtml(shellLine(client, offer))}</code></td></tr>`,
  );
  return pageOf(
    `Set up your tools for ${offer.name}`,
    `<p>Each line shows what it changes, asks, keeps a backup, and takes it back with <code>--undo</code>. Put your key in place of KEY, or leave it out and be asked for it.</p>\n<table><thead><tr><th>Tool</th><th>Linux, macOS</th></tr></thead><tbody>\n${rows.join("\n")}\n</tbody></table>`,
  );
}

interface Parts {
  readonly title: string;
  readonly lines: readonly string[];
  /** Undefined where the settings lie inside an editor. */
  readonly paste: string | undefined;
}

/** What a person writes by hand for want of the models, which are told to keys alone. */
const withKey = ({ id }: Client, { origin }: Offer) =>
  `curl -fsSL -H "Authorization: Bearer KEY" ${origin}/setup/${id}`;

const WITHHELD =
  "Models are told to those who signed in, and to keys: the script asks with yours. To read what to write by hand, sign in to the console, or send a key:";

function partsOf(client: Client, offer: Offer): Parts {
  const model = modelFor(client, viewFor(client, offer).models);
  const job = jobFor(client, offer);
  const filled = pasteLines(job).replaceAll("{{key}}", "YOUR_KEY").replaceAll("{{model}}", model);
  return {
    title: `${client.title} with ${offer.name}`,
    lines: linesFor(client, offer, model),
    paste: job.files.length === 0 ? undefined : filled,
  };
}

/** One tool, for a terminal. */
export function clientText(client: Client, offer: Offer): string {
  const { title, lines, paste } = partsOf(client, offer);
  const scripts = [`  ${shellLine(client, offer)}`, `  ${powerLine(client, offer)}        (PowerShell)`];
  if (offer.withheld)
    return [title, "", ...scripts, "", WITHHELD, "", `  ${withKey(client, offer)}`, ""].join("\n");
  return [
    title,
    "",
    ...(paste === undefined ? lines : [...scripts, "", "By hand:", "", paste, ...lines]),
    "",
  ].join("\n");
}

export function clientPage(client: Client, offer: Offer): string {
  const { title, lines, paste } = partsOf(client, offer);
  const pre = (text: string) => `<pre>${escapeHtml(text)}</pre>`;
  const scripts = `<h2>Linux, macOS</h2>\n${pre(shellLine(client, offer))}\n<h2>Windows (PowerShell)</h2>\n${pre(powerLine(client, offer))}\n<h2>By hand</h2>\n`;
  const byHand = paste === undefined ? "" : `${scripts}${pre(paste)}\n<h2>Then</h2>\n`;
  const body = offer.withheld
    ? `${scripts}<p>${WITHHELD}</p>\n${pre(withKey(client, offer))}`
    : `${byHand}${pre(lines.join("\n"))}`;
  return pageOf(title, `${body}\n<p><a href="/setup/">All tools</a></p>`);
}
