const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);
}

/** Code, emphasis and links inside a line. */
function inline(text: string): string {
  return escapeHtml(text)
    .replace(/`([^`]+)`/g, "<code>$1</code>")
    .replace(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>")
    .replace(/\[([^\]]+)\]\((https?:[^)\s]+|#[^)\s]+)\)/g, '<a href="$2">$1</a>');
}

function cells(row: string, tag: "th" | "td"): string {
  const texts = row.replace(/^\||\|$/g, "").split("|");
  return `<tr>${texts.map((text) => `<${tag}>${inline(text.trim())}</${tag}>`).join("")}</tr>`;
}

function tableOf([head = "", , ...rows]: readonly string[]): string {
  const body = rows.map((row) => cells(row, "td")).join("\n");
  return `<table>\n<thead>${cells(head, "th")}</thead>\n<tbody>\n${body}\n</tbody>\n</table>`;
}

function listOf(lines: readonly string[]): string {
  const items = lines.join("\n").split(/^- /m).slice(1);
  return `<ul>\n${items.map((item) => `<li>${inline(item.replaceAll("\n", " ").trim())}</li>`).join("\n")}\n</ul>`;
}

function blockOf(block: string): string {
  const lines = block.split("\n");
  const heading = /^(#{1,4}) (.+)$/.exec(block);
  if (heading) {
    const level = heading[1]?.length ?? 1;
    return `<h${level}>${inline(heading[2] ?? "")}</h${level}>`;
  }
  if (block.startsWith("|")) return tableOf(lines);
  if (block.startsWith("- ")) return listOf(lines);
  return `<p>${inline(lines.join(" "))}</p>`;
}

/** Our own pages as HTML: headings, paragraphs, tables, lists, code and links; blocks stand apart by an empty line. */
export function markdownToHtml(text: string): string {
  const blocks = text.trim().split(/\n{2,}/);
  return blocks.map(blockOf).join("\n");
}
