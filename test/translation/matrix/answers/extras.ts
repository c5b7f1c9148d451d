import type OpenAI from "openai";
import { anthropic, aText } from "./anthropic.ts";
import type { AnswerCase } from "./case.ts";
import { CHAT_USAGE, chat, chatChoices, chunk, delta } from "./chat.ts";
import { gemini } from "./gemini.ts";
import { RESPONSES_USAGE, responses, rText } from "./responses.ts";
import { frames } from "./sse.ts";

const HELLO = [{ text: "Hello" }];
const PNG = "iVBORw0KGgo=";

function token(text: string): OpenAI.ChatCompletionTokenLogprob {
  return {
    token: text,
    logprob: -0.1,
    bytes: null,
    top_logprobs: [{ token: text, logprob: -0.1, bytes: null }],
  };
}

export const EXTRAS: readonly AnswerCase[] = [
  {
    name: "input from a cache",
    from: {
      "anthropic-messages": anthropic([aText("Hello")], {
        usage: { input_tokens: 201, cache_read_input_tokens: 15_104 },
      }),
      "openai-chat": chat(
        { content: "Hello" },
        {
          usage: {
            prompt_tokens: 15_305,
            completion_tokens: 5,
            total_tokens: 15_310,
            prompt_tokens_details: { cached_tokens: 15_104 },
          },
        },
      ),
      "openai-responses": responses([rText("Hello")], {
        usage: {
          ...RESPONSES_USAGE,
          input_tokens: 15_305,
          input_tokens_details: { cached_tokens: 15_104, cache_write_tokens: 0 },
          total_tokens: 15_310,
        },
      }),
      gemini: gemini(HELLO, {
        usage: {
          promptTokenCount: 15_305,
          cachedContentTokenCount: 15_104,
          candidatesTokenCount: 5,
          totalTokenCount: 15_310,
        },
      }),
    },
    said: { parts: HELLO, usage: { fresh: 201, cached: 15_104, written: 0, output: 5, reasoning: 0 } },
  },
  {
    name: "input into a cache",
    from: {
      "anthropic-messages": anthropic([aText("Hello")], {
        usage: {
          input_tokens: 10,
          cache_creation_input_tokens: 300,
          cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
        },
      }),
      "openai-responses": responses([rText("Hello")], {
        usage: {
          ...RESPONSES_USAGE,
          input_tokens: 310,
          input_tokens_details: { cached_tokens: 0, cache_write_tokens: 300 },
          total_tokens: 315,
        },
      }),
    },
    said: { parts: HELLO, usage: { fresh: 10, cached: 0, written: 300, output: 5, reasoning: 0 } },
  },
  {
    name: "tokens of reasoning",
    from: {
      "anthropic-messages": anthropic([aText("Hello")], {
        usage: { output_tokens: 25, output_tokens_details: { thinking_tokens: 20 } },
      }),
      "openai-chat": chat(
        { content: "Hello" },
        {
          usage: {
            prompt_tokens: 10,
            completion_tokens: 25,
            total_tokens: 35,
            completion_tokens_details: { reasoning_tokens: 20 },
          },
        },
      ),
      "openai-responses": responses([rText("Hello")], {
        usage: {
          ...RESPONSES_USAGE,
          output_tokens: 25,
          output_tokens_details: { reasoning_tokens: 20 },
          total_tokens: 35,
        },
      }),
      gemini: gemini(HELLO, {
        usage: { promptTokenCount: 10, candidatesTokenCount: 5, thoughtsTokenCount: 20, totalTokenCount: 35 },
      }),
    },
    said: { parts: HELLO, usage: { fresh: 10, cached: 0, written: 0, output: 25, reasoning: 20 } },
  },
  {
    name: "input that Gemini's own tools made",
    from: {
      gemini: gemini(HELLO, {
        usage: {
          promptTokenCount: 10,
          toolUsePromptTokenCount: 90,
          candidatesTokenCount: 5,
          totalTokenCount: 105,
        },
      }),
    },
    said: { parts: HELLO, usage: { fresh: 100, cached: 0, written: 0, output: 5, reasoning: 0 } },
  },
  {
    name: "DeepSeek's usage of its cache",
    from: {
      "openai-chat": chat(
        { content: "Hello" },
        {
          usage: {
            ...CHAT_USAGE,
            prompt_cache_hit_tokens: 4,
            prompt_cache_miss_tokens: 6,
          } as OpenAI.CompletionUsage,
        },
      ),
    },
    targets: { "openai-chat": "deepseek" },
    said: { parts: HELLO, usage: { fresh: 6, cached: 4, written: 0, output: 5, reasoning: 0 } },
  },
  {
    name: "sources of the web",
    from: {
      "anthropic-messages": anthropic([
        aText("It is blue.", [
          {
            type: "web_search_result_location",
            url: "https://sky.test",
            title: "Sky",
            cited_text: "The sky is blue.",
            encrypted_index: "ZW5j",
          },
        ]),
      ]),
      "openai-chat": chat({
        content: "It is blue.",
        annotations: [
          {
            type: "url_citation",
            url_citation: { url: "https://sky.test", title: "Sky", start_index: 0, end_index: 11 },
          },
        ],
      }),
      "openai-responses": responses([
        rText("It is blue.", [
          { type: "url_citation", url: "https://sky.test", title: "Sky", start_index: 0, end_index: 11 },
        ]),
      ]),
      gemini: gemini([{ text: "It is blue." }], {
        grounding: {
          groundingChunks: [{ web: { uri: "https://sky.test", title: "Sky" } }],
          groundingSupports: [
            { groundingChunkIndices: [0], segment: { startIndex: 0, endIndex: 11, text: "It is blue." } },
          ],
        },
      }),
    },
    said: { parts: [{ text: "It is blue.", cites: [{ url: "https://sky.test", title: "Sky" }] }] },
  },
  {
    name: "a search of the vendor's",
    ask: "searching",
    from: {
      "anthropic-messages": anthropic([
        {
          type: "server_tool_use",
          id: "srvtoolu_1",
          name: "web_search",
          input: { query: "sky" },
          caller: { type: "direct" },
        },
        {
          type: "web_search_tool_result",
          tool_use_id: "srvtoolu_1",
          caller: { type: "direct" },
          content: [
            {
              type: "web_search_result",
              url: "https://sky.test",
              title: "Sky",
              encrypted_content: "ZW5j",
              page_age: null,
            },
          ],
        },
        aText("Blue."),
      ]),
      "openai-responses": responses([
        {
          type: "web_search_call",
          id: "ws_1",
          status: "completed",
          action: {
            type: "search",
            query: "sky",
            queries: ["sky"],
            sources: [{ type: "url", url: "https://sky.test" }],
          },
        },
        rText("Blue."),
      ]),
      gemini: gemini([{ text: "Blue." }], {
        grounding: {
          webSearchQueries: ["sky"],
          groundingChunks: [{ web: { uri: "https://sky.test", title: "Sky" } }],
        },
      }),
    },
    said: { parts: [{ search: ["sky"], found: ["https://sky.test"] }, { text: "Blue." }] },
    // Gemini tells of its search when all is said.
    by: { gemini: { parts: [{ text: "Blue." }, { search: ["sky"], found: ["https://sky.test"] }] } },
    pairs: {
      "gemini>gemini": { parts: [{ search: ["sky"], found: ["https://sky.test"] }, { text: "Blue." }] },
    },
  },
  {
    name: "a picture",
    from: {
      gemini: gemini([{ text: "Here:" }, { inlineData: { mimeType: "image/png", data: PNG } }]),
      "openai-responses": responses([
        rText("Here:"),
        { type: "image_generation_call", id: "ig_1", status: "completed", result: PNG },
      ]),
    },
    said: { parts: [{ text: "Here:" }, { image: PNG }] },
    to: {
      "anthropic-messages": {
        parts: [
          { text: "Here:" },
          {
            text: "[The model made a file (image, image/png) that the Anthropic Messages protocol cannot carry.]",
          },
        ],
      },
      "openai-completions": { parts: [{ text: "Here:" }] },
    },
  },
  {
    name: "log probabilities",
    ask: "logprobs",
    from: {
      "openai-chat": chat({ content: "Hello there." }, { logprobs: [token("Hello "), token("there.")] }),
    },
    said: { parts: [{ text: "Hello there.", logprobs: ["Hello ", "there."] }] },
  },
  {
    name: "two answers",
    ask: "two",
    from: { "openai-chat": chatChoices([{ content: "One" }, { content: "Two" }]) },
    said: { parts: [{ text: "One" }] },
    others: [{ parts: [{ text: "Two" }] }],
  },
  {
    name: "two answers, their pieces mixed",
    ask: "two",
    from: {
      "openai-chat": {
        stream: frames([
          delta({ role: "assistant", content: "" }, null, 0),
          delta({ role: "assistant", content: "" }, null, 1),
          delta({ content: "O" }, null, 0),
          delta({ content: "T" }, null, 1),
          delta({ content: "ne" }, null, 0),
          delta({ content: "wo" }, null, 1),
          delta({}, "stop", 1),
          delta({}, "length", 0),
          chunk([], CHAT_USAGE),
          "[DONE]",
        ]),
      },
    },
    said: { parts: [{ text: "One" }], finish: "length" },
    others: [{ parts: [{ text: "Two" }] }],
  },
];
