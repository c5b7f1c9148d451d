import { FunctionCallingConfigMode } from "@google/genai";
import type OpenAI from "openai";
import { minify } from "../exact-json.ts";
import type { MeantTool } from "../meaning.ts";
import type { RequestCase } from "./case.ts";
import { a, c, g, r } from "./words.ts";

const SCHEMA = {
  type: "object" as const,
  properties: { city: { type: "string", description: "Where" }, days: { type: "integer", minimum: 1 } },
  required: ["city"],
};
/** What OpenAI and Anthropic take with `strict`. */
const STRICT = {
  type: "object" as const,
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const WEATHER: MeantTool = { name: "weather", description: "Tells it", schema: JSON.stringify(SCHEMA) };

/** A namespace's words are told with its tools. */
const SKY: MeantTool = {
  ...WEATHER,
  name: "mcp__sky__weather",
  description: "Tells it\n\n(mcp__sky: The sky)",
};

/** Text that JSON.parse and JSON.stringify would change: numbers, the order of members, doubles. */
const EXACT = `{ "type":"object", "properties":{ "b":{"type":"number","minimum":1.0,"maximum":1e3},
  "a":{"type":"integer","maximum":12345678901234567890,"default":-0.0},
  "title":{"type":"string","enum":["x","y"],"pattern":"^\\\\d+\\u00e9$"} },
  "required":["b","a"], "additionalProperties":false }`;

const LONG = `mcp__${"server".repeat(8)}__${"tool".repeat(6)}`;
const LONG_WIRE = short(LONG);

/** Names beyond a target's rules: the first 55 characters, and 8 digits of the hash of namespace, NUL and name. */
function short(name: string): string {
  const hash = new Bun.CryptoHasher("sha256").update(`\0${name}`).digest("hex").slice(0, 8);
  return `${name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 55)}_${hash}`;
}

function fn(name: string, more: object = {}): OpenAI.ChatCompletionFunctionTool {
  return { type: "function", function: { name, description: "Tells it", parameters: SCHEMA, ...more } };
}

function rfn(name: string): OpenAI.Responses.FunctionTool {
  return { type: "function", name, description: "Tells it", parameters: SCHEMA, strict: false };
}

function gfn(...names: string[]) {
  return [
    {
      functionDeclarations: names.map((name) => ({
        name,
        description: "Tells it",
        parametersJsonSchema: SCHEMA,
      })),
    },
  ];
}

const afn = (name: string) => ({ name, description: "Tells it", input_schema: SCHEMA });

const LARK = "start: /.+/";

export const TOOLS: readonly RequestCase[] = [
  {
    name: "a function",
    bodies: {
      "anthropic-messages": a({ tools: [afn("weather")] }),
      "openai-chat": c({ tools: [fn("weather")] }),
      "openai-responses": r({ tools: [rfn("weather")] }),
      gemini: g({ tools: gfn("weather") }),
    },
    meaning: { tools: [WEATHER] },
  },
  {
    name: "two functions, their order",
    bodies: {
      "anthropic-messages": a({ tools: [afn("weather"), afn("almanac")] }),
      "openai-chat": c({ tools: [fn("weather"), fn("almanac")] }),
      "openai-responses": r({ tools: [rfn("weather"), rfn("almanac")] }),
      gemini: g({ tools: gfn("weather", "almanac") }),
    },
    meaning: { tools: [WEATHER, { ...WEATHER, name: "almanac" }] },
  },
  {
    name: "a function without description and schema",
    bodies: {
      "openai-chat": c({ tools: [{ type: "function", function: { name: "now" } }] }),
      "openai-responses": r({ tools: [{ type: "function", name: "now", parameters: null, strict: null }] }),
      gemini: g({ tools: [{ functionDeclarations: [{ name: "now" }] }] }),
    },
    meaning: { tools: [{ name: "now" }] },
    at: {
      "anthropic-messages": {
        becomes: { tools: [{ name: "now", schema: '{"type":"object","properties":{}}' }] },
        quiet: true,
      },
      "openai-chat": {
        becomes: { tools: [{ name: "now", schema: '{"type":"object","properties":{}}' }] },
        quiet: true,
      },
      gemini: {
        becomes: { tools: [{ name: "now", schema: '{"type":"object","properties":{}}' }] },
        quiet: true,
      },
      "openai-responses": {
        becomes: { tools: [{ name: "now", schema: '{"type":"object","properties":{}}' }] },
        quiet: true,
      },
    },
  },
  {
    name: "a schema as it was written",
    bodies: {
      "anthropic-messages": {
        written: `{"model":"m","max_tokens":1024,"messages":[{"role":"user","content":"Hi"}],"tools":[{"name":"exact","input_schema":${EXACT}}]}`,
      },
      "openai-chat": {
        written: `{"model":"m","max_tokens":1024,"messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":{"name":"exact","parameters":${EXACT}}}]}`,
      },
      "openai-responses": {
        written: `{"model":"m","max_output_tokens":1024,"input":"Hi","tools":[{"type":"function","name":"exact","strict":false,"parameters":${EXACT}}]}`,
      },
      gemini: {
        written: `{"contents":[{"role":"user","parts":[{"text":"Hi"}]}],"generationConfig":{"maxOutputTokens":1024},"tools":[{"functionDeclarations":[{"name":"exact","parametersJsonSchema":${EXACT}}]}]}`,
      },
    },
    meaning: { tools: [{ name: "exact", schema: minify(EXACT) }] },
  },
  {
    name: "a strict function",
    bodies: {
      "anthropic-messages": a({ tools: [{ ...afn("weather"), input_schema: STRICT, strict: true }] }),
      "openai-chat": c({ tools: [fn("weather", { parameters: STRICT, strict: true })] }),
      "openai-responses": r({ tools: [{ ...rfn("weather"), parameters: STRICT, strict: true }] }),
    },
    meaning: { tools: [{ ...WEATHER, schema: JSON.stringify(STRICT), strict: true }] },
    at: { gemini: { becomes: { tools: [{ ...WEATHER, schema: JSON.stringify(STRICT) }] } } },
  },
  {
    name: "a name longer than the target takes",
    bodies: {
      "anthropic-messages": a({ tools: [afn(LONG)], tool_choice: { type: "tool", name: LONG } }),
      gemini: g({
        tools: gfn(LONG),
        toolConfig: {
          functionCallingConfig: { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: [LONG] },
        },
      }),
    },
    meaning: { tools: [{ ...WEATHER, name: LONG }], choice: { mode: "one", names: [LONG] } },
    at: {
      "openai-chat": {
        becomes: {
          tools: [{ ...WEATHER, name: LONG_WIRE }],
          choice: { mode: "one", names: [LONG_WIRE] },
        },
        quiet: true,
      },
      "openai-responses": {
        becomes: {
          tools: [{ ...WEATHER, name: LONG_WIRE }],
          choice: { mode: "one", names: [LONG_WIRE] },
        },
        quiet: true,
      },
    },
  },
  {
    name: "a name with characters that others refuse",
    bodies: { gemini: g({ tools: gfn("sky.weather:v2") }) },
    meaning: { tools: [{ ...WEATHER, name: "sky.weather:v2" }] },
    at: {
      "anthropic-messages": {
        becomes: { tools: [{ ...WEATHER, name: short("sky.weather:v2") }] },
        quiet: true,
      },
      "openai-chat": { becomes: { tools: [{ ...WEATHER, name: short("sky.weather:v2") }] }, quiet: true },
      "openai-responses": {
        becomes: { tools: [{ ...WEATHER, name: short("sky.weather:v2") }] },
        quiet: true,
      },
    },
  },
  {
    name: "a tool that takes text by a grammar",
    bodies: {
      "openai-chat": c({
        tools: [
          {
            type: "custom",
            custom: {
              name: "patch",
              description: "Edits",
              format: { type: "grammar", grammar: { syntax: "lark", definition: LARK } },
            },
          },
        ],
      }),
      "openai-responses": r({
        tools: [
          {
            type: "custom",
            name: "patch",
            description: "Edits",
            format: { type: "grammar", syntax: "lark", definition: LARK },
          },
        ],
      }),
    },
    meaning: { tools: [{ name: "patch", description: "Edits", freeform: LARK }] },
    targets: { "openai-chat": "freeformChat", "openai-responses": "thinkingResponses" },
    at: {
      "anthropic-messages": { becomes: { tools: [FREEFORM()] }, quiet: true },
      gemini: { becomes: { tools: [FREEFORM()] }, quiet: true },
    },
  },
  {
    name: "a tool that takes text, at a server that has only functions",
    bodies: {
      "openai-responses": r({
        tools: [
          {
            type: "custom",
            name: "patch",
            description: "Edits",
            format: { type: "grammar", syntax: "lark", definition: LARK },
          },
        ],
        tool_choice: { type: "custom", name: "patch" },
      }),
    },
    meaning: {
      tools: [{ name: "patch", description: "Edits", freeform: LARK }],
      choice: { mode: "one", names: ["patch"] },
    },
    targets: { "openai-chat": "qwen" },
    at: {
      "openai-chat": { becomes: { tools: [FREEFORM()] }, quiet: true },
      "anthropic-messages": { becomes: { tools: [FREEFORM()] }, quiet: true },
      gemini: { becomes: { tools: [FREEFORM()] }, quiet: true },
    },
  },
  {
    name: "tools in a namespace",
    bodies: {
      "openai-responses": r({
        tools: [
          rfn("weather"),
          {
            type: "namespace",
            name: "mcp__sky",
            description: "The sky",
            tools: [
              {
                type: "function",
                name: "weather",
                description: "Tells it",
                parameters: SCHEMA,
                strict: false,
              },
            ],
          },
        ],
      }),
    },
    meaning: { tools: [WEATHER, { ...WEATHER, name: "mcp__sky/weather" }] },
    at: {
      "anthropic-messages": {
        becomes: { tools: [WEATHER, SKY] },
        quiet: true,
      },
      "openai-chat": {
        becomes: { tools: [WEATHER, SKY] },
        quiet: true,
      },
      gemini: { becomes: { tools: [WEATHER, SKY] }, quiet: true },
    },
  },
  {
    name: "a tool that the client finds for the model later",
    bodies: {
      "anthropic-messages": a({
        tools: [
          { type: "tool_search_tool_regex_20251119", name: "tool_search_tool_regex" },
          { ...afn("weather"), defer_loading: true },
        ],
      }),
    },
    meaning: { tools: [{ name: "tool_search_tool_regex", builtin: "search" }, WEATHER] },
    at: {
      "openai-chat": { becomes: { tools: [WEATHER] } },
      "openai-responses": { becomes: { tools: [WEATHER] } },
      gemini: { becomes: { tools: [WEATHER] } },
    },
  },
  {
    name: "a web search beside a function",
    bodies: {
      "anthropic-messages": a({
        tools: [afn("weather"), { type: "web_search_20250305", name: "web_search" }],
      }),
      "openai-responses": r({ tools: [rfn("weather"), { type: "web_search" }] }),
      gemini: g({ tools: [...gfn("weather"), { googleSearch: {} }] }),
    },
    meaning: { tools: [WEATHER, { name: "web_search", builtin: "search" }] },
    from: { gemini: { tools: [WEATHER, { name: "googleSearch", builtin: "search" }] } },
    at: {
      "anthropic-messages": {
        becomes: { tools: [WEATHER, { name: "web_search", builtin: "search" }] },
        quiet: true,
      },
      "openai-responses": {
        becomes: { tools: [WEATHER, { name: "web_search", builtin: "search" }] },
        quiet: true,
      },
      gemini: { becomes: { tools: [WEATHER, { name: "googleSearch", builtin: "search" }] }, quiet: true },
      "openai-chat": { becomes: { tools: [WEATHER] } },
    },
  },
  {
    name: "a web search as the only tool, where there is none",
    bodies: {
      "anthropic-messages": a({ tools: [{ type: "web_search_20250305", name: "web_search" }] }),
      "openai-responses": r({ tools: [{ type: "web_search" }] }),
      gemini: g({ tools: [{ googleSearch: {} }] }),
    },
    meaning: { tools: [{ name: "web_search", builtin: "search" }] },
    from: { gemini: { tools: [{ name: "googleSearch", builtin: "search" }] } },
    at: {
      "openai-chat": { refused: "unsupported", param: /^tools/ },
      "anthropic-messages": { becomes: { tools: [{ name: "web_search", builtin: "search" }] }, quiet: true },
      "openai-responses": { becomes: { tools: [{ name: "web_search", builtin: "search" }] }, quiet: true },
      gemini: { becomes: { tools: [{ name: "googleSearch", builtin: "search" }] }, quiet: true },
    },
    // Cline offers Google's search with every request: an offer that nobody takes is no reason to refuse.
    pairs: { "gemini>openai-chat": { becomes: { tools: [] } } },
  },
  {
    name: "code that the vendor runs, beside a function",
    bodies: {
      "anthropic-messages": a({
        tools: [afn("weather"), { type: "code_execution_20250825", name: "code_execution" }],
      }),
      "openai-responses": r({
        tools: [rfn("weather"), { type: "code_interpreter", container: { type: "auto" } }],
      }),
      gemini: g({ tools: [...gfn("weather"), { codeExecution: {} }] }),
    },
    meaning: { tools: [WEATHER, { name: "code", builtin: "code" }] },
    at: {
      "anthropic-messages": { becomes: { tools: [WEATHER] } },
      "openai-chat": { becomes: { tools: [WEATHER] } },
      "openai-responses": { becomes: { tools: [WEATHER] } },
      gemini: { becomes: { tools: [WEATHER] } },
    },
  },
  {
    name: "code that the vendor runs, and nothing else",
    bodies: {
      "anthropic-messages": a({ tools: [{ type: "code_execution_20250825", name: "code_execution" }] }),
      "openai-responses": r({ tools: [{ type: "code_interpreter", container: { type: "auto" } }] }),
      gemini: g({ tools: [{ codeExecution: {} }] }),
    },
    meaning: { tools: [{ name: "code", builtin: "code" }] },
    at: {
      "anthropic-messages": { refused: "unsupported", param: /^tools/ },
      "openai-chat": { refused: "unsupported", param: /^tools/ },
      "openai-responses": { refused: "unsupported", param: /^tools/ },
      gemini: { refused: "unsupported", param: /^tools/ },
    },
    pairs: {
      "gemini>anthropic-messages": { becomes: { tools: [] } },
      "gemini>openai-chat": { becomes: { tools: [] } },
      "gemini>openai-responses": { becomes: { tools: [] } },
    },
  },
  {
    name: "what a web search may look at, and how often",
    bodies: {
      "anthropic-messages": a({
        tools: [
          afn("weather"),
          {
            type: "web_search_20250305",
            name: "web_search",
            max_uses: 3,
            allowed_domains: ["sky.test"],
            user_location: { type: "approximate", city: "Oslo", country: "NO" },
          },
        ],
      }),
      "openai-responses": r({
        tools: [
          rfn("weather"),
          {
            type: "web_search",
            filters: { allowed_domains: ["sky.test"] },
            user_location: { type: "approximate", city: "Oslo", country: "NO" },
          },
        ],
      }),
    },
    meaning: {
      tools: [
        WEATHER,
        {
          name: "web_search",
          builtin: "search",
          search: { domains: ["sky.test"], city: "Oslo", country: "NO" },
        },
      ],
    },
    at: {
      gemini: { becomes: { tools: [WEATHER, { name: "googleSearch", builtin: "search" }] } },
      "openai-chat": { becomes: { tools: [WEATHER] } },
    },
    pairs: { "anthropic-messages>openai-responses": { also: /max_uses/ } },
  },
];

/** What a freeform tool is for a vendor that knows functions only; the grammar's words stand in the description. */
function FREEFORM(): MeantTool {
  return {
    name: "patch",
    description: `Edits\n\n\`input\` is plain text: no JSON inside it, no code fences around it.\n\nIt must follow this lark grammar:\n\n${LARK}`,
    schema: JSON.stringify({
      type: "object",
      properties: { input: { type: "string", description: "the whole input of the tool, as plain text" } },
      required: ["input"],
      additionalProperties: false,
    }),
  };
}
