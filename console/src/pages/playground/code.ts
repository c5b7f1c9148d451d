import type { Meta } from "../../base/contract.ts";
import type { Asked, PlaygroundProtocol } from "./protocols/protocol.ts";
import type { Part } from "./turns.ts";

type Language = "curl" | "python" | "typescript";
export const LANGUAGES: readonly (readonly [Language, string])[] = [
  ["curl", "curl"],
  ["python", "Python"],
  ["typescript", "TypeScript"],
];

interface CodeView {
  readonly protocol: PlaygroundProtocol;
  readonly asked: Asked;
  readonly meta: Pick<Meta, "base_urls" | "brand">;
}

const indent = (text: string, by: number) => text.replaceAll("\n", `\n${" ".repeat(by)}`);

/** An invisible separator, which nobody types: it stands around a file's name until the code that reads it is written. */
const MARK = "\u2063";
const MARKED = /\u2063([\w.-]+)\u2063/g;

const marked = (part: Part): Part =>
  part.kind === "media" ? { ...part, base64: MARK + part.name + MARK } : part;

/** The request with its files named rather than written out. */
function bodyOf({ protocol, asked }: CodeView) {
  const turns = asked.turns
    .filter(({ parts }) => parts.length > 0)
    .map(({ role, parts }) => ({ role, parts: parts.map(marked) }));
  return protocol.ask({ ...asked, turns });
}

/** JSON as a literal of Python. */
function pythonOf(value: unknown): string {
  const words: Readonly<Record<string, string>> = { true: "True", false: "False", null: "None" };
  const text = JSON.stringify(value, null, 4);
  // Words stand alone after a colon, a bracket or at the begin of a line, never within quotes there.
  return text.replace(/^(\s*(?:"(?:[^"\\]|\\.)*": )?)(true|false|null)(,?)$/gm, (_line, head, word, tail) =>
    [head, words[word], tail].join(""),
  );
}

/** A literal with its marks replaced by calls of a function; the text before a mark stays a literal. */
const readingFiles = (literal: string, call: (name: string) => string): string =>
  literal.replace(/"([^"\u2063]*)\u2063([\w.-]+)\u2063"/g, (_literal, before: string, name: string) =>
    before ? `"${before}" + ${call(name)}` : call(name),
  );

function baseOf({ protocol, meta }: CodeView): string {
  const { openai, anthropic, gemini } = meta.base_urls;
  if (protocol.id === "gemini") return gemini;
  return protocol.id === "anthropic-messages" ? anthropic : openai.replace(/\/v1$/, "");
}

/** The body as an argument; with files it is read from standard input, since arguments are bounded. */
function curlBody(json: string): string {
  if (!json.includes(MARK)) return `  -d '${indent(json.replaceAll("'", "'\\''"), 2)}'`;
  // Within this text the shell replaces what begins with one of these.
  const quoted = json.replace(/[\\`$]/g, "\\$&");
  const filled = quoted.replace(MARKED, (_mark, name: string) => `$(base64 < ${name} | tr -d '\\n')`);
  return `  --data-binary @- <<JSON\n${filled}\nJSON`;
}

function curl(view: CodeView): string {
  const { path, headers, body } = bodyOf(view);
  const variable = `$${view.meta.brand.key_variable}`;
  const lines = Object.entries({ ...headers(variable), "content-type": "application/json" });
  const options = lines.map(([name, value]) => `  -H "${name}: ${value}" \\`);
  return [`curl -N "${baseOf(view)}${path}" \\`, ...options, curlBody(JSON.stringify(body, null, 2))].join(
    "\n",
  );
}

type Call = readonly [imports: string, client: (url: string, key: string) => string, call: string];

interface Kit {
  readonly python: Call;
  readonly typescript: Call;
}

const openai = (call: string): Kit => ({
  python: ["from openai import OpenAI", (url, key) => `OpenAI(base_url="${url}", api_key=${key})`, call],
  typescript: [
    'import OpenAI from "openai";',
    (url, key) => `new OpenAI({ baseURL: "${url}", apiKey: ${key} })`,
    call,
  ],
});

const ANTHROPIC: Kit = {
  python: [
    "from anthropic import Anthropic",
    (url, key) => `Anthropic(base_url="${url}", api_key=${key})`,
    "messages.create",
  ],
  typescript: [
    'import Anthropic from "@anthropic-ai/sdk";',
    (url, key) => `new Anthropic({ baseURL: "${url}", apiKey: ${key} })`,
    "messages.create",
  ],
};

const GOOGLE: Kit = {
  python: [
    "from google import genai",
    (url, key) => `genai.Client(api_key=${key}, http_options={"base_url": "${url}"})`,
    "models.generate_content_stream",
  ],
  typescript: [
    'import { GoogleGenAI } from "@google/genai";',
    (url, key) => `new GoogleGenAI({ apiKey: ${key}, httpOptions: { baseUrl: "${url}" } })`,
    "models.generateContentStream",
  ],
};

const KITS: Readonly<Record<string, Kit>> = {
  "openai-chat": openai("chat.completions.create"),
  "openai-responses": openai("responses.create"),
  "openai-completions": openai("completions.create"),
  "anthropic-messages": ANTHROPIC,
  gemini: GOOGLE,
};

/** Arguments of the kit's call: Google's kit nests what its protocol has beside the contents. */
function argumentsOf(view: CodeView): object {
  const { body } = bodyOf(view);
  if (view.protocol.id !== "gemini") return body;
  const { contents, generationConfig, systemInstruction, tools } = body as Record<string, object | undefined>;
  return {
    model: view.asked.model,
    contents,
    config: { ...generationConfig, systemInstruction, tools },
  };
}

function kitUrl(view: CodeView): string {
  return view.protocol.id.startsWith("openai") ? view.meta.base_urls.openai : baseOf(view);
}

function python(view: CodeView, [imports, client, call]: Call): string {
  const literal = pythonOf(argumentsOf(view));
  // Google's kit wants a file's bytes, the others its base64.
  const bytes = view.protocol.id === "gemini" ? "" : "import base64\n";
  const read = bytes ? "base64.b64encode(file.read()).decode()" : "file.read()";
  const reader = `\n\ndef bytes_of(name):\n    with open(name, "rb") as file:\n        return ${read}\n`;
  const withFiles = readingFiles(literal, (name) => `bytes_of("${name}")`);
  const hasFiles = withFiles !== literal;
  const made = client(kitUrl(view), `os.environ["${view.meta.brand.key_variable}"]`);
  return [
    `${hasFiles ? bytes : ""}import os\n${imports}\n${hasFiles ? reader : ""}`,
    `client = ${made}`,
    `for event in client.${call}(**${withFiles}):\n    print(event)`,
  ].join("\n");
}

function typescript(view: CodeView, [imports, client, call]: Call): string {
  const literal = JSON.stringify(argumentsOf(view), null, 2);
  const withFiles = readingFiles(literal, (name) => `base64Of("${name}")`);
  const reader = 'const base64Of = (name: string) => readFileSync(name).toString("base64");\n';
  const hasFiles = withFiles !== literal;
  const made = client(kitUrl(view), `process.env.${view.meta.brand.key_variable}`);
  return [
    `${hasFiles ? 'import { readFileSync } from "node:fs";\n' : ""}${imports}\n`,
    `${hasFiles ? reader : ""}const client = ${made};`,
    `const stream = await client.${call}(${withFiles});`,
    "for await (const event of stream) console.log(event);",
  ].join("\n");
}

/** What the playground sends, as code for a terminal or a program. */
export function codeOf(language: Language, view: CodeView): string {
  const kit = KITS[view.protocol.id];
  if (!kit || language === "curl") return curl(view);
  return language === "python" ? python(view, kit.python) : typescript(view, kit.typescript);
}
