import { expect, test } from "bun:test";
import { isProven } from "../../src/gateway/prove-domain.ts";

const HOST = "ai.acme.example";
const PROOF = "quoin-domain=abc";

/** A domain with these records and this file; what was asked for. */
function domain(records: readonly string[], file: string) {
  const asked: string[] = [];
  return {
    asked,
    look: {
      records: async (name: string) => {
        asked.push(name);
        return records;
      },
      file: async (url: string) => {
        asked.push(url);
        return file;
      },
    },
  };
}

test("a record of the domain's DNS proves it, beside others", async () => {
  const { look, asked } = domain(["v=spf1 -all", ` ${PROOF} `], "");
  expect(await isProven(look, HOST, PROOF)).toBe(true);
  expect(asked).toEqual(["_quoin.ai.acme.example"]);
});

test("a file that it serves proves it", async () => {
  const { look, asked } = domain([], `${PROOF}\n`);
  expect(await isProven(look, HOST, PROOF)).toBe(true);
  expect(asked.at(-1)).toBe("https://ai.acme.example/.well-known/quoin-domain.txt");
});

test("anything else proves nothing", async () => {
  const { look } = domain([`${PROOF}d`, ""], `<p>${PROOF}</p>`);
  expect(await isProven(look, HOST, PROOF)).toBe(false);
});
