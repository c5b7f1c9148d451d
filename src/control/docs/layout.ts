import { escapeHtml } from "../../base/html.ts";
import type { DocsBrand } from "./fill-brand.ts";
import { type DocsPage, type Language, PAGES, type Section } from "./page-list.ts";
import type { Heading, RenderedPage } from "./render-page.ts";
import { WORDS } from "./words.ts";

export interface LaidOut {
  readonly page: DocsPage | undefined;
  readonly rendered: RenderedPage;
  readonly language: Language;
  readonly brand: DocsBrand;
  /** Titles of all pages in this language, by path. */
  readonly titles: ReadonlyMap<string, string>;
  /** Of the style and the script, so that browsers may keep them for ever. */
  readonly version: string;
}

export function rootOf(language: Language): string {
  return language === "en" ? "/docs" : `/docs/${language}`;
}

const SECTIONS: readonly Section[] = ["start", "protocols", "reference", "service", "operate"];

function navigation({ page, language, titles }: LaidOut): string {
  const words = WORDS[language];
  const link = ({ path }: DocsPage) => {
    const here = path === page?.path ? ' aria-current="page"' : "";
    return `<li><a href="${rootOf(language)}/${path}"${here}>${escapeHtml(titles.get(path) ?? path)}</a></li>`;
  };
  const lists = SECTIONS.map((section) => {
    const links = PAGES.filter((one) => one.section === section).map(link);
    return `<h2>${words.sections[section]}</h2>\n<ul>\n${links.join("\n")}\n</ul>`;
  });
  return `<nav class="pages" id="pages" aria-label="${words.menu}">\n${lists.join("\n")}\n</nav>`;
}

function contents(headings: readonly Heading[], language: Language): string {
  const shown = headings.filter(({ level }) => level === 2 || level === 3);
  if (shown.length < 2) return "";
  const items = shown.map(
    ({ level, id, text }) =>
      `<li class="level${level}"><a href="#${escapeHtml(id)}">${escapeHtml(text)}</a></li>`,
  );
  const title = WORDS[language].onThisPage;
  return `<aside class="contents"><h2>${title}</h2><ul>\n${items.join("\n")}\n</ul></aside>`;
}

function neighbours({ page, language, titles }: LaidOut): string {
  if (!page) return "";
  const words = WORDS[language];
  const at = PAGES.indexOf(page);
  const link = (other: DocsPage | undefined, word: string, rel: string) =>
    other
      ? `<a rel="${rel}" href="${rootOf(language)}/${other.path}"><small>${word}</small>${escapeHtml(titles.get(other.path) ?? "")}</a>`
      : "<span></span>";
  return `<footer class="neighbours">${link(PAGES[at - 1], words.previous, "prev")}${link(PAGES[at + 1], words.next, "next")}</footer>`;
}

const MARK =
  '<svg class="mark" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7"/><path d="M7 7h11v5H7zm13 0h5v5h-5zM7 14h5v5H7zm7 0h11v5H14zM7 21h11v4H7zM20 21h5v4h-5z"/></svg>';

function header({ brand, language, page }: LaidOut): string {
  const words = WORDS[language];
  const other: Language = language === "en" ? "zh" : "en";
  const logo = brand.logo ? `<img class="mark" src="${escapeHtml(brand.logo)}" alt="">` : MARK;
  return `<header class="top">
<button class="menu" type="button" aria-expanded="false" aria-controls="pages">${words.menu}</button>
<a class="brand" href="${rootOf(language)}/${PAGES[0]?.path ?? ""}">${logo}<strong>${escapeHtml(brand.name)}</strong> ${words.docs}</a>
<form class="search" role="search" action="${rootOf(language)}"><input type="search" name="q" placeholder="${words.search}" aria-label="${words.search}" autocomplete="off" data-index="${rootOf(language)}/search.json" data-nothing="${words.nothingFound}"><ol class="found" hidden></ol></form>
<a href="${rootOf(other)}/${page?.path ?? ""}" hreflang="${other}" lang="${other}">${words.otherLanguage}</a>
<button class="theme" type="button" aria-label="${words.theme}" title="${words.theme}">◐</button>
<a class="console" href="/console">${words.console}</a>
</header>`;
}

/** Colours and logos are checked when quoin.yaml is read; a class is not enough for a colour of any kind. */
function accentOf({ accent }: DocsBrand): string {
  return accent === undefined ? "" : ` data-accent="${escapeHtml(accent)}"`;
}

/** The whole document around a page's text. */
export function layOut(laid: LaidOut): string {
  const { rendered, language, brand, version, page } = laid;
  const words = WORDS[language];
  const note =
    language !== "en" && page && page.texts[language] === undefined
      ? `<p class="note">${words.notTranslated}</p>`
      : "";
  return `<!doctype html>
<html lang="${language}"${accentOf(brand)}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(rendered.title)} · ${escapeHtml(brand.name)}</title>
<link rel="stylesheet" href="/docs/assets/${version}/site.css">
<script src="/docs/assets/${version}/site.js"></script>
</head>
<body>
<a class="skip" href="#text">${words.skip}</a>
${header(laid)}
<div class="columns">
${navigation(laid)}
<main id="text" data-copy="${words.copy}" data-copied="${words.copied}">
${note}
<article>
${rendered.html}
</article>
${neighbours(laid)}
</main>
${contents(rendered.headings, language)}
</div>
</body>
</html>
`;
}
