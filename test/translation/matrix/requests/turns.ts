import type { RequestCase } from "./case.ts";
import { a, aModel, aUser, c, cUser, g, gModel, gUser, l, r, rUser, words } from "./words.ts";

const HI = { role: "user", parts: [{ text: "Hi" }] } as const;

function reminder(text: string): { text: string } {
  return { text: `<system-reminder>\n${text}\n</system-reminder>` };
}

export const TURNS: readonly RequestCase[] = [
  {
    name: "one user turn of text",
    bodies: {
      "anthropic-messages": a(),
      "openai-chat": c(),
      "openai-responses": r(),
      gemini: g(),
      "openai-completions": l(),
    },
    meaning: {},
  },
  {
    name: "a system text",
    bodies: {
      "anthropic-messages": a({ system: "Be brief." }),
      "openai-chat": c({
        messages: [
          { role: "system", content: "Be brief." },
          { role: "user", content: "Hi" },
        ],
      }),
      "openai-responses": r({ instructions: "Be brief." }),
      gemini: g({ systemInstruction: { parts: [{ text: "Be brief." }] } }),
    },
    meaning: { system: "Be brief." },
  },
  {
    name: "a system text in two blocks",
    bodies: {
      "anthropic-messages": a({ system: [words("Be brief."), words("Be kind.")] }),
      "openai-chat": c({
        messages: [
          { role: "system", content: [words("Be brief."), words("Be kind.")] },
          { role: "user", content: "Hi" },
        ],
      }),
      "openai-responses": r({
        instructions: "Be brief.",
        input: [
          { role: "system", content: "Be kind." },
          { role: "user", content: "Hi" },
        ],
      }),
      gemini: g({ systemInstruction: { parts: [{ text: "Be brief." }, { text: "Be kind." }] } }),
    },
    meaning: { system: "Be brief.\n\nBe kind." },
  },
  {
    name: "developer messages, after a system message and without one",
    bodies: {
      "openai-chat": c({
        messages: [
          { role: "system", content: "Be brief." },
          { role: "developer", content: "Be kind." },
          { role: "user", content: "Hi" },
        ],
      }),
      "openai-responses": r({
        input: [
          { type: "message", role: "developer", content: [{ type: "input_text", text: "Be brief." }] },
          { type: "message", role: "developer", content: [{ type: "input_text", text: "Be kind." }] },
          { type: "message", role: "user", content: [{ type: "input_text", text: "Hi" }] },
        ],
      }),
    },
    meaning: { system: "Be brief.\n\nBe kind." },
  },
  {
    name: "a system turn in mid-conversation",
    bodies: {
      "anthropic-messages": a({
        messages: [
          { role: "user", content: "Hi" },
          { role: "system", content: "Be brief." },
          { role: "assistant", content: "Hello" },
          { role: "user", content: "Bye" },
        ],
      }),
      "openai-chat": c({
        messages: [
          { role: "user", content: "Hi" },
          { role: "system", content: "Be brief." },
          { role: "assistant", content: "Hello" },
          { role: "user", content: "Bye" },
        ],
      }),
      "openai-responses": r({
        input: [
          { role: "user", content: "Hi" },
          { role: "system", content: "Be brief." },
          { role: "assistant", content: "Hello" },
          { role: "user", content: "Bye" },
        ],
      }),
    },
    meaning: {
      turns: [
        HI,
        { role: "system", parts: [{ text: "Be brief." }] },
        { role: "assistant", parts: [{ text: "Hello" }] },
        { role: "user", parts: [{ text: "Bye" }] },
      ],
    },
    targets: { "openai-chat": "qwen", "anthropic-messages": "newClaude" },
    at: {
      "openai-chat": { becomes: { turns: reminded() } },
      gemini: { becomes: { turns: reminded() } },
    },
  },
  {
    name: "several turns",
    bodies: {
      "anthropic-messages": a({
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: "Hello" },
          { role: "user", content: "Bye" },
        ],
      }),
      "openai-chat": c({
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: "Hello" },
          { role: "user", content: "Bye" },
        ],
      }),
      "openai-responses": r({
        input: [
          { role: "user", content: "Hi" },
          {
            type: "message",
            id: "msg_1",
            role: "assistant",
            status: "completed",
            content: [{ type: "output_text", text: "Hello", annotations: [] }],
          },
          { role: "user", content: "Bye" },
        ],
      }),
      gemini: g({ contents: [gUser({ text: "Hi" }), gModel({ text: "Hello" }), gUser({ text: "Bye" })] }),
    },
    meaning: {
      turns: [
        HI,
        { role: "assistant", parts: [{ text: "Hello" }] },
        { role: "user", parts: [{ text: "Bye" }] },
      ],
    },
  },
  {
    name: "two user turns one after the other",
    bodies: {
      "anthropic-messages": a({
        messages: [
          { role: "user", content: "Hi" },
          { role: "user", content: "Again" },
        ],
      }),
      "openai-chat": c({
        messages: [
          { role: "user", content: "Hi" },
          { role: "user", content: "Again" },
        ],
      }),
      "openai-responses": r({
        input: [
          { role: "user", content: "Hi" },
          { role: "user", content: "Again" },
        ],
      }),
      gemini: g({ contents: [gUser({ text: "Hi" }, { text: "Again" })] }),
    },
    meaning: { turns: [{ role: "user", parts: [{ text: "Hi" }, { text: "Again" }] }] },
    // Chat's servers are given one text: many of their templates take no list.
    pairs: { "gemini>openai-chat": { becomes: { turns: oneText("Hi\n\nAgain") }, quiet: true } },
  },
  {
    name: "a user turn of several texts",
    bodies: {
      "anthropic-messages": a({ messages: [aUser(words("Hi"), words("there"), words(" you"))] }),
      "openai-chat": c({ messages: [cUser(words("Hi"), words("there"), words(" you"))] }),
      "openai-responses": r({
        input: [
          rUser(
            { type: "input_text", text: "Hi" },
            { type: "input_text", text: "there" },
            { type: "input_text", text: " you" },
          ),
        ],
      }),
      gemini: g({ contents: [gUser({ text: "Hi" }, { text: "there" }, { text: " you" })] }),
    },
    meaning: { turns: [{ role: "user", parts: [{ text: "Hi" }, { text: "there" }, { text: " you" }] }] },
    at: { "openai-chat": { becomes: { turns: oneText("Hi\n\nthere\n\n you") }, quiet: true } },
  },
  {
    name: "an assistant turn first",
    bodies: {
      "openai-chat": c({
        messages: [
          { role: "assistant", content: "Hello" },
          { role: "user", content: "Hi" },
        ],
      }),
      "openai-responses": r({
        input: [
          { role: "assistant", content: "Hello" },
          { role: "user", content: "Hi" },
        ],
      }),
    },
    meaning: { turns: [{ role: "assistant", parts: [{ text: "Hello" }] }, HI] },
    at: {
      "anthropic-messages": { becomes: { turns: begun() } },
      gemini: { becomes: { turns: begun() } },
    },
  },
  {
    name: "an answer that is begun by the client",
    bodies: {
      "anthropic-messages": a({
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: "Hel" },
        ],
      }),
      "openai-chat": c({
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: "Hel" },
        ],
      }),
      gemini: g({ contents: [gUser({ text: "Hi" }), gModel({ text: "Hel" })] }),
    },
    meaning: { turns: [HI, { role: "assistant", parts: [{ text: "Hel" }] }] },
  },
  {
    name: "empty texts beside others",
    bodies: {
      "openai-chat": c({ messages: [cUser(words(""), words("Hi"))] }),
      "openai-responses": r({
        input: [rUser({ type: "input_text", text: "" }, { type: "input_text", text: "Hi" })],
      }),
      gemini: g({ contents: [gUser({ text: "" }, { text: "Hi" })] }),
    },
    meaning: { turns: [{ role: "user", parts: [{ text: "" }, { text: "Hi" }] }] },
    at: {
      "anthropic-messages": { becomes: { turns: [HI] }, quiet: true },
      gemini: { becomes: { turns: [HI] }, quiet: true },
      "openai-chat": { becomes: { turns: [HI] }, quiet: true },
    },
  },
  {
    name: "an empty assistant turn in the history",
    bodies: {
      "openai-chat": c({
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: "" },
          { role: "user", content: "Bye" },
        ],
      }),
    },
    meaning: {
      turns: [HI, { role: "assistant", parts: [{ text: "" }] }, { role: "user", parts: [{ text: "Bye" }] }],
    },
    at: {
      "anthropic-messages": {
        becomes: { turns: [{ role: "user", parts: [{ text: "Hi" }, { text: "Bye" }] }] },
        quiet: true,
      },
      gemini: {
        becomes: { turns: [{ role: "user", parts: [{ text: "Hi" }, { text: "Bye" }] }] },
        quiet: true,
      },
    },
  },
  {
    name: "a user's name",
    bodies: { "openai-chat": c({ messages: [{ role: "user", name: "ann", content: "Hi" }] }) },
    meaning: { turns: [{ role: "user", parts: [{ text: "Hi", name: "ann" }] }] },
    at: {
      "anthropic-messages": { becomes: { turns: [HI] } },
      "openai-responses": { becomes: { turns: [HI] } },
      gemini: { becomes: { turns: [HI] } },
    },
  },
  {
    name: "text of every plane, quotes, escapes and control characters",
    bodies: {
      "anthropic-messages": a({ messages: [{ role: "user", content: ODD() }] }),
      "openai-chat": c({ messages: [{ role: "user", content: ODD() }] }),
      "openai-responses": r({ input: ODD() }),
      gemini: g({ contents: [gUser({ text: ODD() })] }),
      "openai-completions": l({ prompt: ODD() }),
    },
    meaning: { turns: [{ role: "user", parts: [{ text: ODD() }] }] },
  },
  {
    name: "an assistant turn of two texts",
    bodies: {
      "anthropic-messages": a({
        messages: [
          { role: "user", content: "Hi" },
          aModel(words("One."), words("Two.")),
          { role: "user", content: "Go" },
        ],
      }),
      "openai-responses": r({
        input: [
          { role: "user", content: "Hi" },
          {
            type: "message",
            id: "msg_1",
            role: "assistant",
            status: "completed",
            content: [
              { type: "output_text", text: "One.", annotations: [] },
              { type: "output_text", text: "Two.", annotations: [] },
            ],
          },
          { role: "user", content: "Go" },
        ],
      }),
      gemini: g({
        contents: [gUser({ text: "Hi" }), gModel({ text: "One." }, { text: "Two." }), gUser({ text: "Go" })],
      }),
    },
    meaning: {
      turns: [
        HI,
        { role: "assistant", parts: [{ text: "One." }, { text: "Two." }] },
        { role: "user", parts: [{ text: "Go" }] },
      ],
    },
    at: {
      "openai-chat": {
        becomes: {
          turns: [
            HI,
            { role: "assistant", parts: [{ text: "One.Two." }] },
            { role: "user", parts: [{ text: "Go" }] },
          ],
        },
        quiet: true,
      },
    },
  },
];

function ODD(): string {
  return 'a "b" \\ / \u00e9 \u{1F600} \u2028 \u0001 \t\r\n 北京 <b> \u200d';
}

function reminded() {
  return [
    { role: "user" as const, parts: [{ text: "Hi" }, reminder("Be brief.")] },
    { role: "assistant" as const, parts: [{ text: "Hello" }] },
    { role: "user" as const, parts: [{ text: "Bye" }] },
  ];
}

function oneText(text: string) {
  return [{ role: "user" as const, parts: [{ text }] }];
}

function begun() {
  return [
    { role: "user" as const, parts: [{ text: "(The conversation begins here.)" }] },
    { role: "assistant" as const, parts: [{ text: "Hello" }] },
    HI,
  ];
}
