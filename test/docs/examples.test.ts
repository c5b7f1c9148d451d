import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { differences, missingEvents } from "./compare.ts";
import { type Desk, type Example, examplesOf, send, wordsOf } from "./examples.ts";

const FOLDER = join(import.meta.dir, "../../docs/reference");
const pages = readdirSync(FOLDER).filter((name) => name.endsWith(".md"));

let gateway: TestGateway;
let customer: Customer;

beforeAll(async () => {
  gateway = await startGateway({ config: "" });
  customer = await gateway.customer();
});
afterAll(() => gateway.close());

function wrongIn({ shown, status }: Example, answer: Awaited<ReturnType<typeof send>>): string[] {
  if (answer.status !== status) return [`${answer.status}: ${answer.text.slice(0, 300)}`];
  if (!shown) return [];
  if (shown.language === "text") return missingEvents(shown.text, answer.text);
  return differences(JSON.parse(shown.text), JSON.parse(answer.text));
}

describe("the examples of the reference", () => {
  test.each(pages)("%s", async (page) => {
    const examples = examplesOf(readFileSync(join(FOLDER, page), "utf8"));
    expect(examples.length).toBeGreaterThan(0);
    const desk: Desk = { variables: { QUOIN_API_KEY: customer.key }, files: new Map() };
    for (const example of examples) {
      const answer = await send(example.command, gateway.url, desk);
      expect({ command: example.command, wrong: wrongIn(example, answer) }).toEqual({
        command: example.command,
        wrong: [],
      });
    }
  });
});

test("commands are read as a shell reads them", () => {
  const command = `curl http://x/y \\\n  -H "Authorization: Bearer $KEY" \\\n  -d '{"a": "$KEY b"}'\n`;
  expect(wordsOf(command, { KEY: "k" })).toEqual([
    "curl",
    "http://x/y",
    "-H",
    "Authorization: Bearer k",
    "-d",
    '{"a": "$KEY b"}',
  ]);
});

test("what a page shows is compared with what comes", () => {
  const answered = { id: "b", text: "This is all.", list: [1, 2, 3], more: true };
  expect(differences({ id: "a", text: "This is…", list: [1, "…"] }, answered)).toEqual([]);
  expect(differences({ text: "That…", list: [1], gone: 1 }, answered)).toEqual([
    '.text: "This is all."',
    ".list: 3 items",
    ".gone: not there",
  ]);
  const stream = 'data: {"n":1}\n\ndata: {"n":2}\n\ndata: {"n":3}\n\ndata: [DONE]\n\n';
  expect(missingEvents('data: {"n":1}\n\n…\n\ndata: [DONE]\n', stream)).toEqual([]);
  expect(missingEvents('data: {"n":1}\n\ndata: {"n":3}\n', stream)).toEqual(['{"n":3}', "3 more events"]);
});
