import type { Meta } from "../../base/contract.ts";
import type { Asked, PlaygroundProtocol } from "./protocols.ts";

type Language = "curl" | "python" | "typescript";
export const LANGUAGES: readonly (readonly [Language, string])[] = [
  ["curl", "curl"],
  ["python", "Python"],
  ["typescript", "TypeScript"],
];

interface CodeView {
  readonly protocol: PlaygroundProtocol;
  readonly asked: Asked;
  readonly meta: Meta;
}

const indent = (text: string, by: number) => text.replaceAll("\n", `\n${" ".repeat(by)}`);

/** JSON as a literal of Python. */
function pythonOf(value: unknown): string {
  const words: Readonly<Record<string, string>> = { true: "True", false: "False", null: "None" };
  const text = JSON.stringify(value, null, 4);
  // Words stand alone after a colon, a bracket or at the begin of a line, never within quotes there.
  return text.replace(/^(\s*(?:"(?:[^"\\]|\\.)*": )?)(true|false|null)(,?)$/gm, (_line, head, word, tail) =>
    [head, words[word], tail].join(""),
  );
}

function baseOf({ protocol, meta }: CodeView): string {
  const { openai, anthropic, gemini } = meta.base_urls;
  if (protocol.id === "gemini") return gemini;
  return protocol.id === "anthropic-messages" ? anthropic : openai.replace(/\/v1$/, "");
}

function curl(view: CodeView): string {
  const { protocol, asked, meta } = view;
  const { path, headers, body } = protocol.ask(asked);
  const variable = `$${meta.brand.key_variable}`;
  const lines = Object.entries({ ...headers(variable), "content-type": "application/json" });
  const sent = JSON.stringify(body, null, 2).replaceAll("'", "'\\''");
  const options = lines.map(([name, value]) => `  -H "${name}: ${value}" \\`);
  return [`curl -N "${baseOf(view)}${path}" \\`, ...options, `  -d '${indent(sent, 2)}'`].join("\n");
}

interface Kit {
  readonly python: readonly [imports: string, client: (url: string, key: string) => string, call: string];
  readonly typescript: readonly [imports: string, client: (url: string, key: string) => string, call: string];
}

const OPENAI = {
  python: [
    "from openai import OpenAI",
    (url: string, key: string) => `OpenAI(base_url="${url}", api_key=${key})`,
  ],
  typescript: [
    'import OpenAI from "openai";',
    (url: string, key: string) => `new OpenAI({ baseURL: "${url}", apiKey: ${key} })`,
  ],
} as const;

const KITS: Readonly<Record<string, Kit>> = {
  "openai-chat": {
    python: [...OPENAI.python, "chat.completions.create"],
    typescript: [...OPENAI.typescript, "chat.completions.create"],
  },
  "openai-responses": {
    python: [...OPENAI.python, "responses.create"],
    typescript: [...OPENAI.typescript, "responses.create"],
  },
  "anthropic-messages": {
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
  },
  gemini: {
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
  },
};

/** Arguments of the kit's call: Google's kit nests what its protocol has beside the contents. */
function argumentsOf({ protocol, asked }: CodeView): object {
  const { body } = protocol.ask(asked);
  if (protocol.id !== "gemini") return body;
  const { contents, generationConfig, systemInstruction } = body as Record<string, object | undefined>;
  return { model: asked.model, contents, config: { ...generationConfig, systemInstruction } };
}

function kitUrl(view: CodeView): string {
  return view.protocol.id.startsWith("openai") ? view.meta.base_urls.openai : baseOf(view);
}

/** What the playground sends, as code for a terminal or a program. */
export function codeOf(language: Language, view: CodeView): string {
  if (language === "curl") return curl(view);
  const kit = KITS[view.protocol.id];
  if (!kit) return curl(view);
  const sent = argumentsOf(view);
  const variable = view.meta.brand.key_variable;
  if (language === "python") {
    const [imports, client, call] = kit.python;
    const made = client(kitUrl(view), `os.environ["${variable}"]`);
    return `import os\n${imports}\n\nclient = ${made}\nfor event in client.${call}(**${pythonOf(sent)}):\n    print(event)`;
  }
  const [imports, client, call] = kit.typescript;
  const made = client(kitUrl(view), `process.env.${variable}`);
  const body = JSON.stringify(sent, null, 2);
  return `${imports}\n\nconst client = ${made};\nconst stream = await client.${call}(${body});\nfor await (const event of stream) console.log(event);`;
}
