import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CHINESE } from "../../src/control/docs/chinese.ts";
import { PAGES } from "../../src/control/docs/page-list.ts";
import { renderPage } from "../../src/control/docs/render-page.ts";
import { readFiles } from "../tidy/source-tree.ts";
import { blocksOf } from "./examples.ts";

const DOCS = join(import.meta.dir, "../../docs");

/** What customers read; the pages for operators are English. */
const EXPECTED = /^(?:errors|(?:reference|clients)\/.*)$/;

const render = (markdown: string) =>
  renderPage(markdown, { file: "page", root: "/docs", pageAt: () => undefined, fill: (html) => html });
const levels = (markdown: string) => render(markdown).headings.map(({ level }) => level);
const tableRows = (markdown: string) => render(markdown).html.match(/<tr>/g)?.length ?? 0;
const codeOf = (markdown: string) =>
  blocksOf(markdown).map(({ language, note, text }) => [language, note, text]);

test("every page for customers is there in Chinese, and no page is left out of the site", async () => {
  const missing = PAGES.filter(({ path, texts }) => EXPECTED.test(path) && texts.zh === undefined);
  expect(missing.map(({ path }) => path)).toEqual([]);
  const files = [...(await readFiles("docs/zh/**/*.md")).keys()];
  expect(files.map((file) => file.slice("docs/zh/".length, -".md".length)).toSorted()).toEqual(
    Object.keys(CHINESE).toSorted(),
  );
});

describe.each(Object.entries(CHINESE))("docs/zh/%s.md", (path, chinese) => {
  const english = readFileSync(join(DOCS, `${path}.md`), "utf8");

  test("has the headings, table rows and code of the English page (whoever adds one there adds it here)", () => {
    expect(levels(chinese)).toEqual(levels(english));
    expect(tableRows(chinese)).toBe(tableRows(english));
    expect(codeOf(chinese)).toEqual(codeOf(english));
  });

  test("is Chinese, and its marks are all read as marks", () => {
    const { html } = render(chinese);
    expect(chinese).toMatch(/\p{Script=Han}/u);
    expect(html.replace(/<(pre|code)[^>]*>[\s\S]*?<\/\1>/g, "")).not.toMatch(/\*\*|\]\(|`/);
  });
});
