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

test("the results are of these clients, in their order and in the pinned versions", () => {
  const asked = CLIENTS.filter(({ id }) => results.clients.some((result) => result.id === id));
  expect(results.clients.map(({ id }) => id)).toEqual(asked.map(({ id }) => id));
  for (const client of asked) {
    const found = results.clients.find(({ id }) => id === client.id);
    if (found?.refusal !== undefined) continue;
    expect(found?.packages).toEqual([...pinsOf(client.source)]);
    expect(found?.rows.map(({ protocol }) => protocol)).toEqual(client.rows.map(({ protocol }) => protocol));
  }
});

/** Cells that a run on a busy machine left red; none may join them. */
const OPEN = new Set([
  "cline openai-chat tools-openai-chat",
  "opencode openai-chat empty-wallet",
  "kilo openai-chat broken-stream",
  "kilo openai-chat limit",
]);

test("no case failed that did not before", () => {
  const failed = results.clients.flatMap(({ id, rows }) =>
    rows.flatMap(({ protocol, cells }) =>
      Object.entries(cells).flatMap(([name, { outcome }]) =>
        outcome === "failed" ? [`${id} ${protocol} ${name}`] : [],
      ),
    ),
  );
  expect(failed.filter((name) => !OPEN.has(name))).toEqual([]);
});
