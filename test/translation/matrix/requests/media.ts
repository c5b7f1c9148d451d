import type { MeantTurn } from "../meaning.ts";
import { FETCHED } from "../translate.ts";
import type { RequestCase } from "./case.ts";
import { a, aUser, c, cUser, g, gUser, r, rUser, words } from "./words.ts";

const PNG = "iVBORw0KGgo=";
const PDF = "JVBERi0xLjQK";
const WAV = "UklGRiQAAABXQVZF";

const FENCED = "Log\nof today\n```\none\ntwo\n```";

const user = (...parts: MeantTurn["parts"]): readonly MeantTurn[] => [{ role: "user", parts }];

export const MEDIA: readonly RequestCase[] = [
  {
    name: "an image as bytes",
    bodies: {
      "anthropic-messages": a({
        messages: [
          aUser(words("What?"), {
            type: "image",
            source: { type: "base64", media_type: "image/png", data: PNG },
          }),
        ],
      }),
      "openai-chat": c({
        messages: [
          cUser(words("What?"), { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }),
        ],
      }),
      "openai-responses": r({
        input: [
          rUser(
            { type: "input_text", text: "What?" },
            { type: "input_image", detail: "auto", image_url: `data:image/png;base64,${PNG}` },
          ),
        ],
      }),
      gemini: g({
        contents: [gUser({ text: "What?" }, { inlineData: { mimeType: "image/png", data: PNG } })],
      }),
    },
    meaning: { turns: user({ text: "What?" }, { media: "image", mime: "image/png", base64: PNG }) },
    pairs: {
      "openai-responses>openai-chat": {
        becomes: {
          turns: user({ text: "What?" }, { media: "image", mime: "image/png", base64: PNG, detail: "auto" }),
        },
        quiet: true,
      },
    },
  },
  {
    name: "images between texts",
    bodies: {
      "anthropic-messages": a({
        messages: [
          aUser(
            { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } },
            words("and"),
            { type: "image", source: { type: "base64", media_type: "image/jpeg", data: PDF } },
            words("differ?"),
          ),
        ],
      }),
      "openai-chat": c({
        messages: [
          cUser(
            { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } },
            words("and"),
            { type: "image_url", image_url: { url: `data:image/jpeg;base64,${PDF}` } },
            words("differ?"),
          ),
        ],
      }),
      gemini: g({
        contents: [
          gUser(
            { inlineData: { mimeType: "image/png", data: PNG } },
            { text: "and" },
            { inlineData: { mimeType: "image/jpeg", data: PDF } },
            { text: "differ?" },
          ),
        ],
      }),
    },
    meaning: {
      turns: user(
        { media: "image", mime: "image/png", base64: PNG },
        { text: "and" },
        { media: "image", mime: "image/jpeg", base64: PDF },
        { text: "differ?" },
      ),
    },
  },
  {
    name: "an image behind a URL",
    bodies: {
      "anthropic-messages": a({
        messages: [
          aUser(
            { type: "image", source: { type: "url", url: "https://pictures.test/a.png" } },
            words("What?"),
          ),
        ],
      }),
      "openai-chat": c({
        messages: [
          cUser({ type: "image_url", image_url: { url: "https://pictures.test/a.png" } }, words("What?")),
        ],
      }),
      "openai-responses": r({
        input: [
          rUser(
            { type: "input_image", detail: "auto", image_url: "https://pictures.test/a.png" },
            { type: "input_text", text: "What?" },
          ),
        ],
      }),
    },
    meaning: {
      turns: user({ media: "image", url: "https://pictures.test/a.png" }, { text: "What?" }),
    },
    targets: { "openai-chat": "qwenVl" },
    at: {
      "openai-chat": { becomes: { turns: fetchedImage() }, quiet: true },
      gemini: { becomes: { turns: fetchedImage() }, quiet: true },
    },
    pairs: {
      "openai-responses>openai-chat": { becomes: { turns: fetchedImage("auto") }, quiet: true },
    },
  },
  {
    name: "how closely an image is looked at",
    bodies: {
      "openai-chat": c({
        messages: [
          cUser({ type: "image_url", image_url: { url: `data:image/png;base64,${PNG}`, detail: "low" } }),
        ],
      }),
      "openai-responses": r({
        input: [rUser({ type: "input_image", detail: "low", image_url: `data:image/png;base64,${PNG}` })],
      }),
    },
    meaning: { turns: user({ media: "image", mime: "image/png", base64: PNG, detail: "low" }) },
    at: {
      "anthropic-messages": { becomes: { turns: user({ media: "image", mime: "image/png", base64: PNG }) } },
    },
  },
  {
    name: "a PDF as bytes, with its name",
    bodies: {
      "anthropic-messages": a({
        messages: [
          aUser(
            {
              type: "document",
              title: "a.pdf",
              source: { type: "base64", media_type: "application/pdf", data: PDF },
            },
            words("Sum up."),
          ),
        ],
      }),
      "openai-chat": c({
        messages: [
          cUser(
            { type: "file", file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${PDF}` } },
            words("Sum up."),
          ),
        ],
      }),
      "openai-responses": r({
        input: [
          rUser(
            { type: "input_file", filename: "a.pdf", file_data: `data:application/pdf;base64,${PDF}` },
            { type: "input_text", text: "Sum up." },
          ),
        ],
      }),
      gemini: g({
        contents: [
          gUser(
            { inlineData: { mimeType: "application/pdf", data: PDF, displayName: "a.pdf" } },
            { text: "Sum up." },
          ),
        ],
      }),
    },
    meaning: {
      turns: user(
        { media: "document", mime: "application/pdf", base64: PDF, fileName: "a.pdf" },
        { text: "Sum up." },
      ),
    },
    at: {
      gemini: {
        becomes: {
          turns: user({ media: "document", mime: "application/pdf", base64: PDF }, { text: "Sum up." }),
        },
      },
    },
  },
  {
    name: "a PDF to a model that reads none",
    bodies: {
      "anthropic-messages": a({
        messages: [
          aUser({ type: "document", source: { type: "base64", media_type: "application/pdf", data: PDF } }),
        ],
      }),
      "openai-responses": r({
        input: [
          rUser({ type: "input_file", filename: "a.pdf", file_data: `data:application/pdf;base64,${PDF}` }),
        ],
      }),
      gemini: g({ contents: [gUser({ inlineData: { mimeType: "application/pdf", data: PDF } })] }),
    },
    meaning: { turns: user({ media: "document", mime: "application/pdf", base64: PDF }) },
    from: {
      "openai-responses": {
        turns: user({ media: "document", mime: "application/pdf", base64: PDF, fileName: "a.pdf" }),
      },
    },
    targets: { "openai-chat": "qwen" },
    at: { "openai-chat": { refused: "unsupported", param: /^(messages|input|contents)\[0\]/ } },
    pairs: {
      // OpenAI wants a name for every file.
      "anthropic-messages>openai-responses": {
        becomes: {
          turns: user({ media: "document", mime: "application/pdf", base64: PDF, fileName: "document.pdf" }),
        },
        quiet: true,
      },
      "gemini>openai-responses": {
        becomes: {
          turns: user({ media: "document", mime: "application/pdf", base64: PDF, fileName: "document.pdf" }),
        },
        quiet: true,
      },
      "openai-responses>gemini": {
        becomes: { turns: user({ media: "document", mime: "application/pdf", base64: PDF }) },
      },
    },
  },
  {
    name: "a document of plain text, with a title and what it is about",
    bodies: {
      "anthropic-messages": a({
        messages: [
          aUser(
            {
              type: "document",
              title: "Log",
              context: "of today",
              source: { type: "text", media_type: "text/plain", data: "one\ntwo" },
            },
            words("Sum up."),
          ),
        ],
      }),
    },
    meaning: { turns: [] },
    at: {
      "openai-chat": { becomes: { turns: user({ text: `${FENCED}\n\nSum up.` }) } },
      "openai-responses": { becomes: { turns: user({ text: FENCED }, { text: "Sum up." }) } },
      gemini: { becomes: { turns: user({ text: FENCED }, { text: "Sum up." }) } },
    },
  },
  {
    name: "sound",
    bodies: {
      "openai-chat": c({
        messages: [cUser({ type: "input_audio", input_audio: { data: WAV, format: "wav" } }, words("Who?"))],
      }),
      gemini: g({
        contents: [gUser({ inlineData: { mimeType: "audio/wav", data: WAV } }, { text: "Who?" })],
      }),
    },
    meaning: { turns: user({ media: "audio", mime: "audio/wav", base64: WAV }, { text: "Who?" }) },
    targets: { "openai-chat": "audioChat" },
    at: {
      "anthropic-messages": { refused: "unsupported", param: /^(messages|contents)\[0\]/ },
      "openai-responses": { refused: "unsupported", param: /^(messages|contents)\[0\]/ },
    },
  },
  {
    name: "a film",
    bodies: {
      gemini: g({
        contents: [gUser({ inlineData: { mimeType: "video/mp4", data: WAV } }, { text: "Who?" })],
      }),
    },
    meaning: { turns: user({ media: "video", mime: "video/mp4", base64: WAV }, { text: "Who?" }) },
    at: {
      "anthropic-messages": { refused: "unsupported", param: /^contents\[0\]/ },
      "openai-chat": { refused: "unsupported", param: /^contents\[0\]/ },
      "openai-responses": { refused: "unsupported", param: /^contents\[0\]/ },
    },
  },
  {
    name: "an image of a kind that others do not know",
    bodies: { gemini: g({ contents: [gUser({ inlineData: { mimeType: "image/heic", data: PNG } })] }) },
    meaning: { turns: user({ media: "image", mime: "image/heic", base64: PNG }) },
    at: {
      "anthropic-messages": { refused: "unsupported", param: /^contents\[0\]/ },
      "openai-chat": { refused: "unsupported", param: /^contents\[0\]/ },
      "openai-responses": { refused: "unsupported", param: /^contents\[0\]/ },
    },
  },
  {
    name: "a file that lives at one vendor",
    bodies: {
      "anthropic-messages": a({
        messages: [aUser({ type: "image", source: { type: "file", file_id: "file_1" } })],
      }),
      "openai-responses": r({ input: [rUser({ type: "input_image", detail: "auto", file_id: "file_1" })] }),
      gemini: g({
        contents: [
          gUser({
            fileData: {
              mimeType: "image/png",
              fileUri: "https://generativelanguage.googleapis.com/v1beta/files/abc",
            },
          }),
        ],
      }),
    },
    meaning: { turns: [] },
    at: {
      "anthropic-messages": { refused: "unsupported", param: /^(messages|input|contents)\[0\]/ },
      "openai-chat": { refused: "unsupported", param: /^(messages|input|contents)\[0\]/ },
      "openai-responses": { refused: "unsupported", param: /^(messages|input|contents)\[0\]/ },
      gemini: { refused: "unsupported", param: /^(messages|input|contents)\[0\]/ },
    },
  },
  {
    name: "a search result of the client's own",
    bodies: {
      "anthropic-messages": a({
        messages: [
          aUser(
            { type: "search_result", title: "T", source: "https://s.test", content: [words("found")] },
            words("So?"),
          ),
        ],
      }),
    },
    meaning: { turns: user({ text: "T\nhttps://s.test\n\nfound" }, { text: "So?" }) },
    at: {
      "openai-chat": {
        becomes: { turns: user({ text: "T\nhttps://s.test\n\nfound\n\nSo?" }) },
        quiet: true,
      },
    },
  },
];

function fetchedImage(detail?: string): readonly MeantTurn[] {
  return user(
    { media: "image", mime: "image/png", base64: FETCHED.base64, ...(detail && { detail }) },
    { text: "What?" },
  );
}
