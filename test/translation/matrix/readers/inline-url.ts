/** A `data:` URL's type and bytes, or the URL. */
export function inlineUrl(url: string): { mime: string; base64: string } | { url: string } {
  const found = /^data:([^;,]+);base64,(.*)$/s.exec(url);
  return found ? { mime: found[1] ?? "", base64: found[2] ?? "" } : { url };
}
