/** compatibility.md of docs/clients and docs/zh/clients, as the results say it. */
import { resolve } from "node:path";
import type { UpstreamProtocol } from "../agents/script.ts";
import { CASE_IDS } from "./client.ts";
import { CHINESE, ENGLISH, type PageWords } from "./page-words.ts";
import type { Cell, ClientResult, Results, RowResult } from "./results.ts";

const DOCS = resolve(import.meta.dir, "../../docs");

/** Where the page lies, and what it says there. */
export const PAGES: readonly (readonly [file: string, words: PageWords])[] = [
  [`${DOCS}/clients/compatibility.md`, ENGLISH],
  [`${DOCS}/zh/clients/compatibility.md`, CHINESE],
];

const PROTOCOLS: Readonly<Record<UpstreamProtocol, string>> = {
  "anthropic-messages": "Messages",
  "openai-chat": "Chat",
  "openai-responses": "Responses",
  gemini: "Gemini",
};

function inTable(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

/** Gives each text a number, in the order in which they are first named. */
interface Notes {
  readonly texts: readonly string[];
  number(text: string): number;
}

function collectNotes(): Notes {
  const texts: string[] = [];
  return {
    texts,
    number(text) {
      if (!texts.includes(text)) texts.push(text);
      return texts.indexOf(text) + 1;
    },
  };
}

function cellText(cell: Cell | undefined, words: PageWords, notes: Notes): string {
  if (cell === undefined) return "";
  const { outcome, note = "" } = cell;
  const isNoted = outcome === "cannot" || outcome === "own fault" || outcome === "failed";
  const text = words.outcomes[outcome];
  return isNoted ? `${text} [${notes.number(words.notes[note] ?? note)}]` : text;
}

function rowText(client: ClientResult, row: RowResult, words: PageWords, notes: Notes): string {
  const isFirst = row === client.rows[0];
  const name = isFirst ? `${client.title} ${client.version ?? ""}`.trim() : "";
  const cells = CASE_IDS.map((id) => cellText(row.cells[id], words, notes));
  return `| ${[name, PROTOCOLS[row.protocol], ...cells].join(" | ")} |`;
}

function table(clients: readonly ClientResult[], words: PageWords, notes: Notes): readonly string[] {
  const heads = [words.client, words.speaks, ...CASE_IDS.map((id) => words.cases[id])];
  return [
    `| ${heads.join(" | ")} |`,
    `| ${heads.map(() => "---").join(" | ")} |`,
    ...clients.flatMap((client) => client.rows.map((row) => rowText(client, row, words, notes))),
  ];
}

function datesOf(clients: readonly ClientResult[], to: string): string {
  const dates = [...new Set(clients.map(({ date }) => date))].sort();
  return dates.length > 1 ? `${dates[0]} ${to} ${dates.at(-1)}` : (dates[0] ?? "");
}

function absentLines(clients: readonly ClientResult[], words: PageWords): readonly string[] {
  const absent = clients.filter(({ refusal }) => refusal !== undefined);
  return [
    ...["", `## ${words.absent}`, "", words.absentWhy, ""],
    ...absent.map(({ title, refusal }) => `- **${title}**: \`${(refusal ?? "").replaceAll("`", "'")}\``),
    words.amp,
    "",
  ];
}

/** The whole page, ending in a line feed. */
export function renderPage({ platform, clients }: Results, words: PageWords): string {
  const notes = collectNotes();
  const here = clients.filter(({ refusal }) => refusal === undefined);
  const of = (kind: ClientResult["kind"]) => here.filter((client) => client.kind === kind);
  const agents = table(of("agent"), words, notes);
  const sdks = table(of("sdk"), words, notes);
  return [
    words.intro,
    words.run(datesOf(clients, words.to), platform),
    ...["", `## ${words.agents}`, "", ...agents, "", `## ${words.sdks}`, "", ...sdks, ""],
    ...notes.texts.map((text, at) => `${at + 1}. ${inTable(text)}`),
    ...(notes.texts.length > 0 ? [""] : []),
    ...here.flatMap(({ title, remark }) =>
      remark === undefined ? [] : [words.remark(title, words.notes[remark] ?? remark), ""],
    ),
    ...[`## ${words.packagesTitle}`, "", `| ${words.client} | ${words.packages} | ${words.known} |`],
    "| --- | --- | --- |",
    ...here.map(packagesRow),
    ...absentLines(clients, words),
  ].join("\n");
}

function packagesRow({ title, packages, rows }: ClientResult): string {
  const known = [...new Set(rows.flatMap((row) => row.known ?? []))];
  const code = (texts: readonly string[]) => texts.map((text) => `\`${inTable(text)}\``).join(", ");
  return `| ${title} | ${code(packages)} | ${code(known)} |`;
}
