import { dirname, join } from "node:path";

const FENCE = /^ {0,3}(?:```|~~~)[\s\S]*?^ {0,3}(?:```|~~~)/gm;
const LINK = /\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)/g;
const REFERENCE = /^ {0,3}\[[^\]]+\]:\s*(\S+)/gm;
const ELSEWHERE = /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i;
const CODE = /`([^`\n]+)`/g;
const OUR_PATH = /^(?:src|docs|bin|scripts|test|bench|clients|console|examples|\.ci)\/[\w./-]*\w\/?$/;

/**
 * The relative links and the paths in code spans that point at nothing, as sentences.
 *
 * @param page path of the page from the root
 * @param exists whether a path from the root is there
 * @param textOf the text of another page, for its headings; undefined when it is no page
 */
export function brokenReferences(
  page: string,
  text: string,
  exists: (path: string) => boolean,
  textOf: (path: string) => string | undefined,
): string[] {
  const prose = text.replace(FENCE, "");
  const broken: string[] = [];
  const links = prose.replace(CODE, "");
  for (const [, target = ""] of [...links.matchAll(LINK), ...links.matchAll(REFERENCE)]) {
    if (ELSEWHERE.test(target)) continue;
    const [path = "", anchor] = decodeURIComponent(target).split("#", 2);
    const file = path === "" ? page : join(dirname(page), path);
    if (!exists(file)) broken.push(`${page}: the link ${target} points at nothing`);
    else if (anchor && !hasHeading(path === "" ? text : textOf(file), anchor)) {
      broken.push(`${page}: ${file} has no heading #${anchor}`);
    }
  }
  for (const [, code = ""] of prose.matchAll(CODE)) {
    if (OUR_PATH.test(code) && !exists(code)) broken.push(`${page}: there is no ${code}`);
  }
  return broken;
}

function hasHeading(text: string | undefined, anchor: string): boolean {
  if (text === undefined) return true;
  const headings = text.replace(FENCE, "").matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm);
  return [...headings].some(([, heading = ""]) => slugOf(heading) === anchor.toLowerCase());
}

/** The anchor that code hosts make of a heading. */
function slugOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}
