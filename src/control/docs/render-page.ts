import { dirname, join } from "node:path/posix";
import { escapeHtml } from "../../base/html.ts";

export interface Heading {
  readonly level: number;
  readonly id: string;
  /** Without markup. */
  readonly text: string;
}

/** A part of a page that a search can lead to. */
export interface Passage {
  readonly heading: string;
  readonly id: string;
  readonly text: string;
}

export interface RenderedPage {
  readonly title: string;
  readonly html: string;
  readonly headings: readonly Heading[];
  readonly passages: readonly Passage[];
}

const HEADING = /<h([1-4])>(.*?)<\/h\1>/gs;

function plain(html: string): string {
  return html
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ")
    .trim();
}

/** As GitHub makes them, so that links work in both places. */
export function anchorOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
}

/**
 * Gives headings their anchors, the same one never twice.
 * @param others what the headings are called in the page that this one translates, so that links to those work
 */
function withAnchors(html: string, headings: Heading[], others: readonly string[]): string {
  const known = new Map<string, number>();
  return html.replace(HEADING, (_, level: string, inner: string) => {
    const text = plain(inner);
    const anchor = anchorOf(text);
    const times = known.get(anchor) ?? 0;
    known.set(anchor, times + 1);
    const id = times === 0 ? anchor : `${anchor}-${times}`;
    const other = others[headings.length];
    const place = other === undefined || other === id ? "" : `<span id="${escapeHtml(other)}"></span>`;
    headings.push({ level: Number(level), id, text });
    return `<h${level} id="${escapeHtml(id)}">${place}<a class="anchor" href="#${escapeHtml(id)}">${inner}</a></h${level}>`;
  });
}

/** Where a page's text lies, and where it is shown. */
interface PagePlace {
  /** Its file below docs/, without the suffix. */
  readonly file: string;
  /** Where the pages are shown, such as `/docs` or `/docs/zh`. */
  readonly root: string;
  /** The page of a file below docs/, written without the suffix; undefined where it is not served. */
  readonly pageAt: (file: string) => string | undefined;
}

/**
 * Links between the files of docs/ as links between pages; those to files that are not served lose
 * their link and keep their words.
 */
function withLinks(html: string, { file, root, pageAt }: PagePlace): string {
  return html.replace(/<a href="([^"]*)">(.*?)<\/a>/gs, (whole, href: string, inner: string) => {
    if (/^(?:https?:|mailto:)/.test(href)) return `<a href="${href}" rel="noreferrer">${inner}</a>`;
    if (href.startsWith("#") || href.startsWith("/")) return whole;
    const [to = "", anchor] = href.split("#");
    const target = pageAt(join(dirname(file), to).replace(/\.md$/, ""));
    if (target === undefined) return inner;
    return `<a href="${root}/${target}${anchor === undefined ? "" : `#${anchor}`}">${inner}</a>`;
  });
}

/** Wide tables scroll by themselves, and can be reached with the keyboard. */
function withScrolling(html: string): string {
  return html
    .replaceAll("<table>", '<div class="wide" tabindex="0"><table>')
    .replaceAll("</table>", "</table></div>");
}

/** What is searched: the text of each part under its heading. */
function passagesOf(html: string): Passage[] {
  const parts = html.split(/(?=<h[1-4] id=")/);
  return parts.flatMap((part) => {
    const head = /^<h[1-4] id="([^"]*)">(.*?)<\/h[1-4]>/s.exec(part);
    if (!head) return [];
    return [{ id: head[1] ?? "", heading: plain(head[2] ?? ""), text: plain(part.slice(head[0].length)) }];
  });
}

/** What is told to those who write the pages: HTML is shown as it is written, and so would these be. */
const COMMENTS = /^<!--.*?-->\n/gms;

/**
 * A page of the manual as HTML. The texts are our own: what they hold is trusted.
 * @param fill puts the operator's name and addresses into the HTML
 * @param translated anchors of the page that this one translates
 */
export function renderPage(
  markdown: string,
  {
    fill,
    translated = [],
    ...place
  }: PagePlace & { readonly fill: (html: string) => string; readonly translated?: readonly string[] },
): RenderedPage {
  const headings: Heading[] = [];
  const text = markdown.replace(COMMENTS, "");
  const linked = withLinks(Bun.markdown.html(text, { noHtmlBlocks: true, noHtmlSpans: true }), place);
  const html = fill(withScrolling(withAnchors(linked, headings, translated)));
  const filled = headings.map((heading) => ({ ...heading, text: plain(fill(escapeHtml(heading.text))) }));
  const title = filled.find(({ level }) => level === 1)?.text ?? place.file;
  return { title, html, headings: filled, passages: passagesOf(html) };
}
