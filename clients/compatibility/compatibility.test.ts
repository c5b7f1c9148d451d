/** The published table is what the run found, and leaves nobody out. */
import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { casesOf } from "./cases.ts";
import { CLIENTS } from "./clients.ts";
import { pinsOf } from "./install.ts";
import { PAGES, renderPage } from "./page.ts";
import { CHINESE } from "./page-words.ts";
import { readResults } from "./results.ts";

const results = await readResults();

test.each(PAGES)("%s is what the results say", async (file, words) => {
  expect(await readFile(file, "utf8")).toBe(renderPage(results, words));
});

test("every note and remark is there in Chinese", () => {
  const notes = results.clients.flatMap(({ remark, rows }) => [
    remark,
    ...rows.flatMap(({ cells }) => Object.values(cells).map(({ note }) => note)),
  ]);
  const said = new Set(notes.filter((note) => note !== undefined));
  expect(Object.keys(CHINESE.notes).toSorted()).toEqual([...said].toSorted());
});

test("the results are of all clients, in their order and in the pinned versions, of every case", () => {
  expect(results.clients.map(({ id }) => id)).toEqual(CLIENTS.map(({ id }) => id));
  for (const [at, client] of CLIENTS.entries()) {
    const found = results.clients[at];
    if (found?.refusal !== undefined) continue;
    expect(found?.packages).toEqual([...pinsOf(client.source)]);
    const due = client.rows.map((row) => `${row.protocol} ${casesOf(client, row).map(({ id }) => id)}`);
    expect(found?.rows.map(({ protocol, cells }) => `${protocol} ${Object.keys(cells)}`)).toEqual(due);
  }
});

test("no case failed", () => {
  const failed = results.clients.flatMap(({ id, rows }) =>
    rows.flatMap(({ protocol, cells }) =>
      Object.entries(cells).flatMap(([name, { outcome }]) =>
        outcome === "failed" ? [`${id} ${protocol} ${name}`] : [],
      ),
    ),
  );
  expect(failed).toEqual([]);
});
