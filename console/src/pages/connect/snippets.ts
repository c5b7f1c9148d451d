/** What code of a kind needs to know. */
export interface SnippetView {
  readonly urls: Readonly<Record<"anthropic" | "openai" | "gemini", string>>;
  /** The environment variable that holds the key. */
  readonly variable: string;
  /** Undefined: the reader has it, and puts it in. */
  readonly key: string | undefined;
  readonly model: string;
}

export interface Snippet {
  readonly id: string;
  readonly title: string;
  readonly install?: string;
  readonly code: (view: SnippetView) => string;
}

const keyOf = ({ key }: SnippetView): string => key ?? "YOUR_KEY";

const CURL: Snippet = {
  id: "curl",
  title: "curl",
  code: (view) => `curl ${view.urls.openai}/chat/completions \\
  -H "Authorization: Bearer ${keyOf(view)}" \\
  -H "Content-Type: application/json" \\
  -d '{
    "model": "${view.model}",
    "messages": [{"role": "user", "content": "Hello"}]
  }'`,
};

const OPENAI_PYTHON: Snippet = {
  id: "openai-python",
  title: "OpenAI · Python",
  install: "pip install openai",
  code: ({ urls, variable, model }) => `import os
from openai import OpenAI

client = OpenAI(base_url="${urls.openai}", api_key=os.environ["${variable}"])
answer = client.chat.completions.create(
    model="${model}",
    messages=[{"role": "user", "content": "Hello"}],
)
print(answer.choices[0].message.content)`,
};

const OPENAI_TYPESCRIPT: Snippet = {
  id: "openai-typescript",
  title: "OpenAI · TypeScript",
  install: "npm install openai",
  code: ({ urls, variable, model }) => `import OpenAI from "openai";

const client = new OpenAI({ baseURL: "${urls.openai}", apiKey: process.env.${variable} });
const answer = await client.chat.completions.create({
  model: "${model}",
  messages: [{ role: "user", content: "Hello" }],
});
console.log(answer.choices[0].message.content);`,
};

const ANTHROPIC_PYTHON: Snippet = {
  id: "anthropic-python",
  title: "Anthropic · Python",
  install: "pip install anthropic",
  code: ({ urls, variable, model }) => `import os
from anthropic import Anthropic

client = Anthropic(base_url="${urls.anthropic}", api_key=os.environ["${variable}"])
answer = client.messages.create(
    model="${model}",
    max_tokens=1024,
    messages=[{"role": "user", "content": "Hello"}],
)
print(answer.content[0].text)`,
};

const ANTHROPIC_TYPESCRIPT: Snippet = {
  id: "anthropic-typescript",
  title: "Anthropic · TypeScript",
  install: "npm install @anthropic-ai/sdk",
  code: ({ urls, variable, model }) => `import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({ baseURL: "${urls.anthropic}", apiKey: process.env.${variable} });
const answer = await client.messages.create({
  model: "${model}",
  max_tokens: 1024,
  messages: [{ role: "user", content: "Hello" }],
});
console.log(answer.content);`,
};

const GEMINI_PYTHON: Snippet = {
  id: "gemini-python",
  title: "Google · Python",
  install: "pip install google-genai",
  code: ({ urls, variable, model }) => `import os
from google import genai

client = genai.Client(
    api_key=os.environ["${variable}"],
    http_options={"base_url": "${urls.gemini}"},
)
answer = client.models.generate_content(model="${model}", contents="Hello")
print(answer.text)`,
};

const GEMINI_TYPESCRIPT: Snippet = {
  id: "gemini-typescript",
  title: "Google · TypeScript",
  install: "npm install @google/genai",
  code: ({ urls, variable, model }) => `import { GoogleGenAI } from "@google/genai";

const client = new GoogleGenAI({
  apiKey: process.env.${variable},
  httpOptions: { baseUrl: "${urls.gemini}" },
});
const answer = await client.models.generateContent({ model: "${model}", contents: "Hello" });
console.log(answer.text);`,
};

/** Code that asks a model, by kit and language. */
export const SNIPPETS: readonly Snippet[] = [
  CURL,
  OPENAI_PYTHON,
  OPENAI_TYPESCRIPT,
  ANTHROPIC_PYTHON,
  ANTHROPIC_TYPESCRIPT,
  GEMINI_PYTHON,
  GEMINI_TYPESCRIPT,
];
