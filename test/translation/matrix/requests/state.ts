import { HarmBlockThreshold, HarmCategory } from "@google/genai";
import type { RequestCase } from "./case.ts";
import { a, aModel, aUser, c, g, l, r, words } from "./words.ts";

const EVERYWHERE = ["anthropic-messages", "openai-chat", "openai-responses", "gemini"] as const;

/** The request is refused at every upstream of another protocol. */
function refusedEverywhere(kind: "unsupported" | "bad_request", param: RegExp): Pick<RequestCase, "at"> {
  return { at: Object.fromEntries(EVERYWHERE.map((upstream) => [upstream, { refused: kind, param }])) };
}

export const STATE: readonly RequestCase[] = [
  {
    name: "marks of the prompt's cache",
    bodies: {
      "anthropic-messages": a({
        system: [{ ...words("Be brief."), cache_control: { type: "ephemeral", ttl: "1h" } }],
        messages: [aUser({ ...words("Long."), cache_control: { type: "ephemeral" } }, words("Hi"))],
      }),
    },
    meaning: {
      system: "Be brief.",
      turns: [{ role: "user", parts: [{ text: "Long.", cache: "5m" }, { text: "Hi" }] }],
    },
    targets: { "openai-responses": "cachingResponses" },
    at: {
      "openai-chat": {
        becomes: { turns: [{ role: "user", parts: [{ text: "Long.\n\nHi" }] }] },
        quiet: true,
      },
      "openai-responses": { becomes: {}, quiet: true },
      gemini: {
        becomes: { turns: [{ role: "user", parts: [{ text: "Long." }, { text: "Hi" }] }] },
        quiet: true,
      },
    },
  },
  {
    name: "an earlier response that is not in the gateway's state",
    bodies: { "openai-responses": r({ previous_response_id: "resp_1" }) },
    meaning: {},
    ...refusedEverywhere("unsupported", /previous_response_id/),
  },
  {
    name: "a conversation that OpenAI keeps",
    self: "refused",
    bodies: { "openai-responses": r({ conversation: "conv_1" }) },
    meaning: {},
    ...refusedEverywhere("unsupported", /conversation|previous_response_id/),
  },
  {
    name: "an answer made in the background",
    self: "refused",
    bodies: { "openai-responses": r({ background: true }) },
    meaning: {},
    ...refusedEverywhere("unsupported", /background|previous_response_id/),
  },
  {
    name: "content that Gemini keeps in a cache",
    self: "refused",
    bodies: { gemini: g({ cachedContent: "cachedContents/abc" }) },
    meaning: {},
    ...refusedEverywhere("unsupported", /cachedContent/),
  },
  {
    name: "Gemini's safety settings",
    bodies: {
      gemini: g({
        safetySettings: [
          { category: HarmCategory.HARM_CATEGORY_HARASSMENT, threshold: HarmBlockThreshold.BLOCK_NONE },
        ],
      }),
    },
    meaning: {},
    at: {
      "anthropic-messages": { also: /safetySettings/ },
      "openai-chat": { also: /safetySettings/ },
      "openai-responses": { also: /safetySettings/ },
    },
  },
  {
    name: "what OpenAI shall keep, and give besides",
    bodies: {
      "openai-responses": r({ store: true, include: ["file_search_call.results"], truncation: "auto" }),
    },
    meaning: {},
    at: {
      "anthropic-messages": { also: /include|truncation/ },
      "openai-chat": { also: /include|truncation/ },
      gemini: { also: /include|truncation/ },
    },
  },
  {
    name: "Claude Code's hints about its context",
    bodies: {
      "anthropic-messages": {
        written:
          '{"model":"m","max_tokens":1024,"messages":[{"role":"user","content":"Hi"}],"context_management":{"edits":[{"type":"clear_thinking_20251015","keep":"all"}]}}',
      },
    },
    meaning: {},
    at: {
      "openai-chat": { also: /context_management/ },
      "openai-responses": { also: /context_management/ },
      gemini: { also: /context_management/ },
    },
  },
  {
    name: "a field that nobody knows",
    bodies: {
      "anthropic-messages": {
        written:
          '{"model":"m","max_tokens":1024,"messages":[{"role":"user","content":"Hi"}],"new_thing":{"a":1.0}}',
      },
      "openai-chat": {
        written:
          '{"model":"m","max_tokens":1024,"messages":[{"role":"user","content":"Hi"}],"new_thing":{"a":1.0}}',
      },
      "openai-responses": {
        written: '{"model":"m","max_output_tokens":1024,"input":"Hi","new_thing":{"a":1.0}}',
      },
      gemini: {
        written:
          '{"contents":[{"role":"user","parts":[{"text":"Hi"}]}],"generationConfig":{"maxOutputTokens":1024},"newThing":{"a":1.0}}',
      },
    },
    meaning: {},
    at: {
      "anthropic-messages": { also: /new_?thing/i },
      "openai-chat": { also: /new_?thing/i },
      "openai-responses": { also: /new_?thing/i },
      gemini: { also: /new_?thing/i },
    },
  },
  {
    name: "what completions alone can do",
    bodies: { "openai-completions": l({ echo: true }) },
    meaning: {},
    ...refusedEverywhere("unsupported", /echo/),
  },
  {
    name: "completions between a prefix and a suffix",
    bodies: { "openai-completions": l({ suffix: "end" }) },
    meaning: {},
    ...refusedEverywhere("unsupported", /suffix/),
  },
  {
    name: "the best of several completions",
    bodies: { "openai-completions": l({ best_of: 3 }) },
    meaning: {},
    ...refusedEverywhere("unsupported", /best_of/),
  },
  {
    name: "a search that Anthropic made in the history",
    bodies: {
      "anthropic-messages": a({
        messages: [
          { role: "user", content: "Hi" },
          aModel(
            { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "sky" } },
            {
              type: "web_search_tool_result",
              tool_use_id: "srvtoolu_1",
              content: [
                { type: "web_search_result", url: "https://s.test", title: "S", encrypted_content: "ZW5j" },
              ],
            },
            words("Blue."),
          ),
          { role: "user", content: "Sure?" },
        ],
      }),
    },
    meaning: {
      turns: [
        { role: "user", parts: [{ text: "Hi" }] },
        { role: "assistant", parts: [{ text: "Blue." }] },
        { role: "user", parts: [{ text: "Sure?" }] },
      ],
    },
    at: {
      "openai-chat": { also: /^messages\[1\]/ },
      "openai-responses": { also: /^messages\[1\]/ },
      gemini: { also: /^messages\[1\]/ },
    },
  },
  {
    name: "fields that chat's other servers know",
    bodies: { "openai-chat": c({ top_k: 40, chat_template_kwargs: { enable_thinking: false } }) },
    meaning: { topK: 40, reasoning: { on: false } },
    targets: { "openai-chat": "qwen", gemini: "gemini25", "openai-responses": "thinkingResponses" },
    at: { "openai-responses": { becomes: { topK: undefined } } },
  },
];
