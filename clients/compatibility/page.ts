/** docs/clients/compatibility.md, as the results say it. */
import type { UpstreamProtocol } from "../agents/script.ts";
import { CASE_IDS, type CaseId } from "./client.ts";
import type { Cell, ClientResult, Results, RowResult } from "./results.ts";

const PROTOCOLS: Readonly<Record<UpstreamProtocol, string>> = {
  "anthropic-messages": "Messages",
  "openai-chat": "Chat",
  "openai-responses": "Responses",
  gemini: "Gemini",
};

const HEADS: Readonly<Record<CaseId, string>> = {
  answer: "answer",
  stream: "stream",
  "tools-anthropic-messages": "tools, Anthropic behind",
  "tools-openai-chat": "tools, Chat behind",
  "tools-openai-responses": "tools, Responses behind",
  "tools-gemini": "tools, Gemini behind",
  "unknown-key": "unknown key",
  "empty-wallet": "empty wallet",
  limit: "429",
  "broken-stream": "broken stream",
};

function inTable(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

function cellText(cell: Cell | undefined, note: (text: string) => number): string {
  if (cell === undefined) return "";
  if (cell.outcome === "answered") return "yes";
  if (cell.outcome === "cannot") return `– [${note(cell.note ?? "")}]`;
  if (cell.outcome === "own fault") return `no [${note(cell.note ?? "")}]`;
  if (cell.outcome === "failed") return `**no** [${note(cell.note ?? "")}]`;
  return cell.outcome;
}

function rowText(client: ClientResult, row: RowResult, note: (text: string) => number): string {
  const isFirst = row === client.rows[0];
  const name = isFirst ? `${client.title} ${client.version ?? ""}`.trim() : "";
  const cells = CASE_IDS.map((id) => cellText(row.cells[id], note));
  return `| ${[name, PROTOCOLS[row.protocol], ...cells].join(" | ")} |`;
}

function table(clients: readonly ClientResult[], note: (text: string) => number): readonly string[] {
  const heads = ["client", "speaks", ...CASE_IDS.map((id) => HEADS[id])];
  return [
    `| ${heads.join(" | ")} |`,
    `| ${heads.map(() => "---").join(" | ")} |`,
    ...clients.flatMap((client) => client.rows.map((row) => rowText(client, row, note))),
  ];
}

const INTRO = `# Which clients work

<!-- Written by \`npm run test:clients\` from compatibility.json beside it; not by hand. -->

The real programs, each installed in the version named, in an empty home, asked through a Quoin whose upstreams follow a
script. Every client meets upstreams of all four protocols, whichever it speaks itself.

What the columns ask, and what the words mean:

- **answer**, **stream**: a question, answered whole and as a stream, with an upstream of the client's own protocol.
  Agents only stream.
- **tools, … behind**: the model thinks and calls a tool; the client runs it, sends the result, and shows the answer; with
  an upstream of that protocol.
- **unknown key** (401), **empty wallet** (402, or what stops that client): *said why* when the client shows Quoin's
  sentence, *own words* when it shows only its own.
- **429**: the upstream's limit, with \`retry-after\`; **broken stream**: an error event behind half a sentence. *asked
  again* when the client got the whole answer by itself.
- An empty cell was not asked: of an agent's further protocols only what differs is.
- *no* is a fault of the client's own, **no** one that we have to mend; the notes below the tables say more.
`;

function datesOf(clients: readonly ClientResult[]): string {
  const dates = [...new Set(clients.map(({ date }) => date))].sort();
  return dates.length > 1 ? `${dates[0]} to ${dates.at(-1)}` : (dates[0] ?? "");
}

/** The whole page, ending in a line feed. */
export function renderPage({ platform, clients }: Results): string {
  const notes: string[] = [];
  const note = (text: string) => {
    if (!notes.includes(text)) notes.push(text);
    return notes.indexOf(text) + 1;
  };
  const here = clients.filter(({ refusal }) => refusal === undefined);
  const absent = clients.filter(({ refusal }) => refusal !== undefined);
  const agents = table(
    here.filter(({ kind }) => kind === "agent"),
    note,
  );
  const sdks = table(
    here.filter(({ kind }) => kind === "sdk"),
    note,
  );
  return [
    INTRO,
    `Run on ${datesOf(clients)}, on ${platform}; every figure of the run is in \`docs/clients/compatibility.json\`.`,
    ...["", "## Agents", "", ...agents, "", "## SDKs", "", ...sdks, ""],
    ...notes.map((text, at) => `${at + 1}. ${inTable(text)}`),
    ...(notes.length > 0 ? [""] : []),
    ...here.flatMap(({ title, remark }) => (remark === undefined ? [] : [`${title}: ${remark}`, ""])),
    ...["## Packages", "", "| client | packages | in the history |", "| --- | --- | --- |"],
    ...here.map(packagesRow),
    ...[
      "",
      "## Not here",
      "",
      "What does not install or cannot be pointed at a gateway, in the installer's own words:",
      "",
    ],
    ...absent.map(({ title, refusal }) => `- **${title}**: \`${(refusal ?? "").replaceAll("`", "'")}\``),
    "- **Amp** speaks to its maker's own server only; its address can be changed, its protocol is not one of a model.",
    "",
  ].join("\n");
}

function packagesRow({ title, packages, rows }: ClientResult): string {
  const known = [...new Set(rows.flatMap((row) => row.known ?? []))];
  const code = (texts: readonly string[]) => texts.map((text) => `\`${inTable(text)}\``).join(", ");
  return `| ${title} | ${code(packages)} | ${code(known)} |`;
}
