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

/** Gives headings their anchors, the same one never twice. */
function withAnchors(html: string, headings: Heading[]): string {
  const known = new Map<string, number>();
  return html.replace(HEADING, (_, level: string, inner: string) => {
    const text = plain(inner);
    const anchor = anchorOf(text);
    const times = known.get(anchor) ?? 0;
    known.set(anchor, times + 1);
    const id = times === 0 ? anchor : `${anchor}-${times}`;
    headings.push({ level: Number(level), id, text });
    return `<h${level} id="${escapeHtml(id)}"><a class="anchor" href="#${escapeHtml(id)}">${inner}</a></h${level}>`;
  });
}

/**
 * Links between the files of docs/ as links between pages; those to files that are not served lose
 * their link and keep their words.
 * @param root where the pages lie, such as `/docs` or `/docs/zh`
 */
function withLinks(html: string, path: string, root: string, isPage: (path: string) => boolean): string {
  return html.replace(/<a href="([^"]*)">(.*?)<\/a>/gs, (whole, href: string, inner: string) => {
    if (/^(?:https?:|mailto:)/.test(href)) return `<a href="${href}" rel="noreferrer">${inner}</a>`;
    if (href.startsWith("#") || href.startsWith("/")) return whole;
    const [file = "", anchor] = href.split("#");
    const target = join(dirname(path), file).replace(/\.md$/, "");
    if (!isPage(target)) return inner;
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

/**
 * A page of the manual as HTML. The texts are our own: what they hold is trusted.
 * @param fill puts the operator's name and addresses into the HTML
 */
export function renderPage(
  markdown: string,
  {
    path,
    root,
    isPage,
    fill,
  }: {
    readonly path: string;
    readonly root: string;
    readonly isPage: (path: string) => boolean;
    readonly fill: (html: string) => string;
  },
): RenderedPage {
  const headings: Heading[] = [];
  const linked = withLinks(
    Bun.markdown.html(markdown, { noHtmlBlocks: true, noHtmlSpans: true }),
    path,
    root,
    isPage,
  );
  const html = fill(withScrolling(withAnchors(linked, headings)));
  const title = plain(fill(escapeHtml(headings.find(({ level }) => level === 1)?.text ?? path)));
  return { title, html, headings, passages: passagesOf(html) };
}
