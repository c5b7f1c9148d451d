import { expect, test } from "bun:test";
import { en } from "../../console/src/i18n/en/index.ts";
import { zh } from "../../console/src/i18n/zh/index.ts";
import { readFiles } from "../tidy/source-tree.ts";

const blanks = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

test("every text is there in Chinese, with the same blanks to fill in", () => {
  expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
  const differing = Object.entries(en).filter(([key, text]) => {
    const other = zh[key as keyof typeof en];
    return other.trim() === "" || blanks(other).join() !== blanks(text).join();
  });
  expect(differing.map(([key]) => key)).toEqual([]);
});

test("every text is used somewhere", async () => {
  const sources = await readFiles("console/src/**/*.{ts,tsx}");
  const code = [...sources].filter(([path]) => !path.includes("/i18n/")).map(([, text]) => text);
  const all = code.join("\n");
  // Keys are also made of parts: `role.${role}`. Notes are found by what they say.
  const parts = [...all.matchAll(/`([a-z][\w.-]*\.)\$\{/g)].map(([, stem = ""]) => stem);
  const made = [...parts, "note."];
  const unused = Object.keys(en).filter(
    (key) => !all.includes(`"${key.replace(/\.one$/, "")}"`) && !made.some((stem) => key.startsWith(stem)),
  );
  expect(unused).toEqual([]);
});

test("every change that the audit knows has a name for people", async () => {
  const routes = [...(await readFiles("src/control/http/routes/*.ts")).values()].join("\n");
  const actions = [...routes.matchAll(/audit: "([\w.-]+)"/g)].map(([, action]) => `audit.${action}`);
  expect(actions.length).toBeGreaterThan(50);
  expect(actions.filter((key) => !(key in en))).toEqual([]);
});
