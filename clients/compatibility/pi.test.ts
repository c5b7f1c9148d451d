/**
 * Of the table's clients, those that are quick enough to be asked at every change. `.ci/run` installs them, and so
 * may you (400 MB): npm run test:clients -- --install pi
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { requiredFile } from "../required-tool.ts";
import { askCase } from "./ask-case.ts";
import { casesOf } from "./cases.ts";
import { CLIENTS_FOLDER } from "./client.ts";
import { CLIENTS } from "./clients.ts";
import { type Sites, startSites, stopSites } from "./gateways.ts";

const QUICK = ["pi"];
const TEST_MS_MAX = 120_000;

for (const client of CLIENTS.filter(({ id }) => QUICK.includes(id))) {
  const mark = join(CLIENTS_FOLDER, client.id, "installed.txt");
  if (!requiredFile(client.title, mark, "clients/compatibility/pi.test.ts says how to install it")) continue;
  describe(client.title, () => {
    let sites: Sites;
    beforeAll(async () => {
      sites = await startSites();
    }, TEST_MS_MAX);
    afterAll(() => stopSites(sites), TEST_MS_MAX);
    for (const row of client.rows) {
      for (const one of casesOf(client, row)) {
        const asks = async () => {
          const { cell } = await askCase(sites, client, row, one);
          expect(one.right, cell.note).toContain(cell.outcome as never);
        };
        test(`${row.protocol} ${one.id}`, asks, TEST_MS_MAX);
      }
    }
  });
}
