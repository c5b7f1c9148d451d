/** A page of lines in a typewriter's letters; at most `LINES_A_PAGE` of `COLUMNS` characters fit. */
export type PdfPage = readonly string[];

export const LINES_A_PAGE = 62;
export const COLUMNS = 92;

const SIZE_PT = 9.5;
const LEADING_PT = 12;
/** A4 in points, and where the first line stands. */
const [WIDTH_PT, HEIGHT_PT, LEFT_PT, TOP_PT] = [595, 842, 40, 795];

/** Latin-1 of WinAnsi; what it has no letter for becomes a question mark. Parentheses and backslashes are escaped. */
function pdfText(line: string): string {
  const plain = Array.from(line, (letter) => (/[\x20-\x7e\u00a0-\u00ff]/.test(letter) ? letter : "?")).join(
    "",
  );
  return plain.replace(/[\\()]/g, "\\$&");
}

function contentOf(page: PdfPage): string {
  const lines = page.map((line) => `(${pdfText(line)}) Tj T*`).join("\n");
  return `BT\n/F1 ${SIZE_PT} Tf\n${LEADING_PT} TL\n${LEFT_PT} ${TOP_PT} Td\n${lines}\nET`;
}

/**
 * A PDF (1.4) of text alone, in the standard font Courier, which every reader has. No package is needed for
 * as much; the same pages give the same bytes.
 */
export function textPdf(pages: readonly PdfPage[], title: string): Uint8Array {
  const first = 4;
  const kids = pages.map((_, index) => `${first + index * 2} 0 R`).join(" ");
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
  ];
  for (const [index, page] of pages.entries()) {
    const content = contentOf(page);
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${WIDTH_PT} ${HEIGHT_PT}] /Resources << /Font << /F1 3 0 R >> >> /Contents ${first + index * 2 + 1} 0 R >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    );
  }
  objects.push(`<< /Title (${pdfText(title)}) /Producer (Quoin) >>`);
  return assemble(objects);
}

/** Header, objects, the table of where each begins, and the trailer; one character is one byte throughout. */
function assemble(objects: readonly string[]): Uint8Array {
  let text = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const xref = text.length;
  const rows = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info ${objects.length} 0 R >>\nstartxref\n${xref}\n%%EOF\n`;
  return Buffer.from(text, "latin1");
}
