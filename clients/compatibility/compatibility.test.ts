/** The published table is what the run found, and leaves nobody out. */
import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { CLIENTS } from "./clients.ts";
import { pinsOf } from "./install.ts";
import { renderPage } from "./page.ts";
import { PAGE_FILE, readResults } from "./results.ts";

const results = await readResults();

test("the page is what the results say", async () => {
  expect(await readFile(PAGE_FILE, "utf8")).toBe(renderPage(results));
});

test("every client is in the results, in the pinned version, asked what it can be asked", () => {
  expect(results.clients.map(({ id }) => id)).toEqual(CLIENTS.map(({ id }) => id));
  for (const client of CLIENTS) {
    const found = results.clients.find(({ id }) => id === client.id);
    if (found?.refusal !== undefined) continue;
    expect(found?.packages).toEqual([...pinsOf(client.source)]);
    expect(found?.rows.map(({ protocol }) => protocol)).toEqual(client.rows.map(({ protocol }) => protocol));
  }
});

test("no case failed", () => {
  const failed = results.clients.flatMap(({ id, rows }) =>
    rows.flatMap(({ protocol, cells }) =>
      Object.entries(cells).flatMap(([name, { outcome, note }]) =>
        outcome === "failed" ? [`${id} ${protocol} ${name}: ${note}`] : [],
      ),
    ),
  );
  expect(failed).toEqual([]);
});
