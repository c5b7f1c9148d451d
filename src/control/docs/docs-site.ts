import type { Snapshot } from "../../core/model.ts";
import { logoAddress } from "../../core/offering.ts";
import { brandFiller, type DocsBrand } from "./fill-brand.ts";
import { layOut, rootOf } from "./layout.ts";
import { type DocsPage, findPage, type Language, PAGES } from "./page-list.ts";
import { type RenderedPage, renderPage } from "./render-page.ts";
import script from "./site.browser.js" with { type: "text" };
import style from "./site.css" with { type: "text" };
import { WORDS } from "./words.ts";

const STYLE: string = style;
const SCRIPT: string = script;

const SAFETY = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
};

const FOR_EVER = "public, max-age=31536000, immutable";
const FIVE_MINUTES = "public, max-age=300";

/** All pages of one language under one brand, rendered when the first of them is asked for. */
interface Site {
  readonly pages: ReadonlyMap<string, RenderedPage>;
  readonly titles: ReadonlyMap<string, string>;
  search: string | undefined;
}

/** The page whose text, in any language, lies in a file below docs/. */
function pageAt(file: string): string | undefined {
  return findPage(file.replace(/^zh\//, ""))?.path;
}

function renderTexts({ path, texts }: DocsPage, brand: DocsBrand, language: Language): RenderedPage {
  const fill = brandFiller(brand, !path.startsWith("operators/"));
  const place = { root: rootOf(language), pageAt, fill };
  const english = renderPage(texts.en, { ...place, file: path });
  const text = language === "en" ? undefined : texts[language];
  if (text === undefined) return english;
  const translated = english.headings.map(({ id }) => id);
  return renderPage(text, { ...place, file: `${language}/${path}`, translated });
}

function renderSite(brand: DocsBrand, language: Language): Site {
  const pages = new Map(PAGES.map((page) => [page.path, renderTexts(page, brand, language)]));
  const titles = new Map([...pages].map(([path, { title }]) => [path, title]));
  return { pages, titles, search: undefined };
}

/** `[page title, heading, address, text]` of every passage, for the search in the browser. */
function searchText(site: Site, language: Language): string {
  site.search ??= JSON.stringify(
    [...site.pages].flatMap(([path, { title, passages }]) =>
      passages.map(({ heading, id, text }) => [title, heading, `${rootOf(language)}/${path}#${id}`, text]),
    ),
  );
  return site.search;
}

function brandOf({ offering, plans }: Snapshot, origin: string): DocsBrand {
  const { name, colors, logo, keyVariable, baseUrls } = offering.brand;
  const [plan] = plans.values();
  return {
    name,
    origin: baseUrls.anthropic ?? origin,
    keyPrefix: plan?.keyPrefix ?? "qn_live_",
    keyVariable,
    accent: colors.primary,
    logo: logoAddress({ logo }),
  };
}

interface Place {
  readonly language: Language;
  readonly path: string;
}

/** `/docs/zh/clients/limits/` → Chinese, `clients/limits`. */
function placeOf(path: string): Place {
  const rest = path.slice("/docs".length).replace(/^\/|\/$/g, "");
  if (rest === "zh" || rest.startsWith("zh/")) return { language: "zh", path: rest.slice(3) };
  return { language: "en", path: rest };
}

function answer(body: string, type: string, caching: string, status = 200): Response {
  const headers = { ...SAFETY, "content-type": `${type}; charset=utf-8`, "cache-control": caching };
  return new Response(body, { status, headers });
}

function notFound(language: Language): RenderedPage {
  const { notFound: title, notFoundMend } = WORDS[language];
  return { title, html: `<h1>${title}</h1>\n<p>${notFoundMend}</p>`, headings: [], passages: [] };
}

const VERSION = new Bun.CryptoHasher("sha256").update(STYLE).update(SCRIPT).digest("hex").slice(0, 12);

function assetOf(path: string): Response | undefined {
  if (path === `assets/${VERSION}/site.css`) return answer(STYLE, "text/css", FOR_EVER);
  if (path === `assets/${VERSION}/site.js`) return answer(SCRIPT, "text/javascript", FOR_EVER);
  return undefined;
}

/** Sites are few: languages times the addresses that a service is read under; hostile Host headers must not fill memory. */
const SITES_MAX = 16;

/** The documentation, with the operator's name, colours, addresses and key prefix. */
export function docsSite(): (snapshot: Snapshot, path: string, origin: string) => Response {
  const sites = new Map<string, Site>();

  function siteOf(brand: DocsBrand, language: Language): Site {
    const key = JSON.stringify([language, brand]);
    const known = sites.get(key);
    if (known) return known;
    if (sites.size >= SITES_MAX) sites.clear();
    const site = renderSite(brand, language);
    sites.set(key, site);
    return site;
  }

  return (snapshot, asked, origin) => {
    const { language, path } = placeOf(asked);
    const asset = assetOf(path);
    if (asset) return asset;
    const brand = brandOf(snapshot, origin);
    const site = siteOf(brand, language);
    if (path === "search.json") return answer(searchText(site, language), "application/json", FIVE_MINUTES);
    const page: DocsPage | undefined = findPage(path);
    const rendered = (page && site.pages.get(page.path)) ?? notFound(language);
    const laid = { page, rendered, language, brand, titles: site.titles, version: VERSION };
    return answer(layOut(laid), "text/html", FIVE_MINUTES, page ? 200 : 404);
  };
}
