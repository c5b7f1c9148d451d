import type { Snapshot } from "../../core/model.ts";
import { logoAddress, publicBaseUrls } from "../../core/offering.ts";
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

/** Who asks for a page, and where. */
interface Asked {
  readonly path: string;
  /** Where the service was reached. */
  readonly origin: string;
  /** The browser's languages, as `Accept-Language` lists them. */
  readonly preferred: string;
  /** Whether everybody may know which models there are. */
  readonly modelsShown: boolean;
}

/** What examples ask: the demo where it is served, else the first model that answers conversations. */
function exampleModel(snapshot: Snapshot): string | undefined {
  if (snapshot.findModel("demo")) return undefined;
  return snapshot.models.find(({ protocols }) => protocols.includes("openai-chat"))?.id;
}

function brandOf(snapshot: Snapshot, { origin, modelsShown }: Asked): DocsBrand {
  const { offering, plans } = snapshot;
  const { name, colors, logo, keyVariable } = offering.brand;
  const [plan] = plans.values();
  return {
    model: modelsShown ? exampleModel(snapshot) : undefined,
    name,
    origin: publicBaseUrls(offering, origin).anthropic,
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

/** From the address without a language to the reader's own, where the browser prefers it. */
function toReaders({ language, path }: Place, preferred: string): Response | undefined {
  if (language !== "en" || path !== "" || !/^\s*zh\b/i.test(preferred)) return undefined;
  const headers = { ...SAFETY, location: rootOf("zh"), vary: "accept-language", "cache-control": "no-store" };
  return new Response(null, { status: 302, headers });
}

/** Sites are few: languages times the addresses that a service is read under; hostile Host headers must not fill memory. */
const SITES_MAX = 16;

/** The documentation, with the operator's name, colours, addresses, key prefix and a model of theirs. */
export function docsSite(): (snapshot: Snapshot, asked: Asked) => Response {
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

  return (snapshot, asked) => {
    const place = placeOf(asked.path);
    const { language, path } = place;
    const answered = assetOf(path) ?? toReaders(place, asked.preferred);
    if (answered) return answered;
    const brand = brandOf(snapshot, asked);
    const site = siteOf(brand, language);
    if (path === "search.json") return answer(searchText(site, language), "application/json", FIVE_MINUTES);
    const page: DocsPage | undefined = findPage(path);
    const rendered = (page && site.pages.get(page.path)) ?? notFound(language);
    const laid = { page, rendered, language, brand, titles: site.titles, version: VERSION };
    return answer(layOut(laid), "text/html", FIVE_MINUTES, page ? 200 : 404);
  };
}
