/** The examples of a page: each `sh` block that runs curl, with the block behind it as what is answered. */

export interface Block {
  readonly language: string;
  /** What stands behind the language, such as `404`. */
  readonly note: string;
  readonly text: string;
  /** Where the text lies in the page. */
  readonly start: number;
  readonly end: number;
}

export interface Example {
  readonly command: string;
  readonly status: number;
  /** The block that shows the answer. */
  readonly shown: Block | undefined;
}

const FENCED = /^```(\w*)[ ]?(.*)\n([\s\S]*?)^```$/gm;

export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(FENCED)].map((match) => {
    const [whole, language = "", note = "", text = ""] = match;
    const start = match.index + whole.indexOf("\n") + 1;
    return { language, note, text, start, end: start + text.length };
  });
}

export function examplesOf(markdown: string): Example[] {
  const blocks = blocksOf(markdown);
  return blocks.flatMap((block, index) => {
    if (block.language !== "sh" || !block.text.startsWith("curl ")) return [];
    const next = blocks[index + 1];
    const shown = next && (next.language === "json" || next.language === "text") ? next : undefined;
    return [{ command: block.text, status: Number(shown?.note || 200), shown }];
  });
}

const WORD = /(?:'[^']*'|"[^"]*"|\\\n|[^\s'"\\])+/g;

/** A command's words as a shell reads them: quotes, continued lines and variables, no more. */
export function wordsOf(command: string, variables: Readonly<Record<string, string>>): string[] {
  const expand = (text: string) =>
    text.replace(/\$([A-Z_]+)/g, (_, name: string) => {
      const value = variables[name];
      if (value === undefined) throw new Error(`the example uses $${name}, which nothing sets`);
      return value;
    });
  const words = command.match(WORD) ?? [];
  return words
    .map((word) =>
      word.replace(/'([^']*)'|"([^"]*)"|\\\n|[^'"\\]+/g, (part, single?: string, double?: string) => {
        if (part === "\\\n") return "";
        return single ?? expand(double ?? part);
      }),
    )
    .filter((word) => word !== "");
}

export interface Sent {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What examples leave for those behind them: files that were written, ids that were answered. */
export interface Desk {
  readonly variables: Record<string, string>;
  readonly files: Map<string, Blob>;
}

interface Curl {
  readonly url: string;
  readonly options: readonly (readonly [name: string, value: string])[];
}

const WITH_VALUE: ReadonlySet<string> = new Set(["-H", "-d", "-X", "-F", "--output"]);

function readCurl(words: readonly string[]): Curl {
  const options: [string, string][] = [];
  let url = "";
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? "";
    if (WITH_VALUE.has(word)) options.push([word, words[++at] ?? ""]);
    else if (word.startsWith("http")) url = word;
    else if (word !== "-N") throw new Error(`the examples know no option ${word}`);
  }
  return { url, options };
}

function formOf(fields: readonly string[], files: Desk["files"]): FormData {
  const form = new FormData();
  for (const field of fields) {
    const [name = "", value = ""] = field.split(/=(.*)/s);
    const file = value.startsWith("@") ? files.get(value.slice(1)) : undefined;
    if (file) form.append(name, file, value.slice(1));
    else if (value.startsWith("@")) throw new Error(`the example sends ${value}, which none before it wrote`);
    else form.append(name, value);
  }
  return form;
}

/** Runs a curl command against the gateway at `url`, which stands where the page has its example address. */
export async function send(command: string, url: string, desk: Desk): Promise<Sent> {
  const words = wordsOf(command.replaceAll("http://127.0.0.1:8787", url), desk.variables);
  const curl = readCurl(words);
  const valuesOf = (option: string) =>
    curl.options.flatMap(([name, value]) => (name === option ? [value] : []));
  const [data] = valuesOf("-d");
  const fields = valuesOf("-F");
  const body = fields.length > 0 ? formOf(fields, desk.files) : data;
  const [method = body === undefined ? "GET" : "POST"] = valuesOf("-X");
  const headers = new Headers(
    valuesOf("-H").map((header) => header.split(/: ?(.*)/s).slice(0, 2) as [string, string]),
  );
  const response = await fetch(curl.url, { method, headers, ...(body === undefined ? {} : { body }) });
  const bytes = await response.blob();
  const [output] = valuesOf("--output");
  if (output !== undefined) desk.files.set(output, bytes);
  const text = await bytes.text();
  const id = /^\s*\{\s*"id":\s*"([^"]+)"/.exec(text)?.[1];
  if (id !== undefined) desk.variables.ID = id;
  desk.variables.REQUEST_ID = response.headers.get("x-request-id") ?? "";
  return { status: response.status, headers: response.headers, text };
}
