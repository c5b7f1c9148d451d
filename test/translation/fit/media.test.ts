import { expect, test } from "bun:test";
import type { MediaPart, Part } from "../../../src/core/generation/request.ts";
import type { TargetTraits } from "../../../src/core/generation/traits.ts";
import { mediaToFetch, withFetched } from "../../../src/translation/media-fetch.ts";
import {
  CHAT,
  CLAUDE,
  call,
  fit,
  GEMINI,
  RESPONSES,
  requestOf,
  result,
  STRICT_CHAT,
  turn,
} from "../builders.ts";

const PNG = "iVBORw0KGgoAAAANSUhEUgAA";

function media(kind: MediaPart["media"], fields: Partial<MediaPart>): MediaPart {
  return { kind: "media", media: kind, source: { type: "base64", bytes: PNG }, at: "at.media", ...fields };
}

function url(kind: MediaPart["media"], address: string): MediaPart {
  return media(kind, { source: { type: "url", url: address } });
}

function text(mime: string, words: string): MediaPart {
  return media("document", {
    mime,
    source: { type: "base64", bytes: Buffer.from(words).toString("base64") },
  });
}

function fitted(part: Part, traits: TargetTraits): Part | undefined {
  const origin = traits.protocol === "gemini" ? "openai-chat" : "gemini";
  return fit({ origin, turns: [turn("user", part)] }, traits).request.turns[0]?.parts[0];
}

test.each<[string, MediaPart, TargetTraits, string | undefined]>([
  ["as it says", media("image", { mime: "image/webp" }), CLAUDE, "image/webp"],
  ["by its registered name", media("image", { mime: "IMAGE/JPG" }), CLAUDE, "image/jpeg"],
  ["by its bytes", media("image", {}), CLAUDE, "image/png"],
  [
    "by its bytes, where the sender does not know",
    media("image", { mime: "application/octet-stream" }),
    CHAT,
    "image/png",
  ],
  ["of another kind, at Gemini", media("image", { mime: "image/heic" }), GEMINI, "image/heic"],
  [
    "an office document, at Responses",
    media("document", { mime: "application/msword" }),
    RESPONSES,
    "application/msword",
  ],
  ["sound", media("audio", { mime: "audio/x-wav" }), CHAT, "audio/wav"],
])("an image's media type is told %s", (_how, part, traits, mime) => {
  expect(fitted(part, traits)).toMatchObject({ kind: "media", mime: mime as string });
});

test.each<[string, MediaPart, TargetTraits]>([
  ["an image, of a model that does not see", media("image", {}), STRICT_CHAT],
  ["sound", media("audio", { mime: "audio/wav" }), CLAUDE],
  ["sound in Responses, whatever the model takes", media("audio", { mime: "audio/wav" }), RESPONSES],
  ["a HEIC image", media("image", { mime: "image/heic" }), CLAUDE],
  ["an office document", media("document", { mime: "application/msword" }), CHAT],
  ["bytes of no known kind", media("document", { source: { type: "base64", bytes: "AAAA" } }), GEMINI],
  [
    "a file of another vendor",
    media("image", { source: { type: "file", fileId: "f", owner: "gemini" } }),
    CLAUDE,
  ],
  ["a URL that nobody fetches", url("image", "gs://bucket/x.png"), STRICT_CHAT],
  ["a URL that was not fetched", url("image", "https://e.x/x.png"), GEMINI],
])("%s is refused, naming the part", (_what, part, traits) => {
  expect(() => fitted(part, traits)).toThrow(/^at\.media: /);
});

test("a file of OpenAI's is known to both of its protocols", () => {
  const part = media("document", { source: { type: "file", fileId: "file-1", owner: "openai-chat" } });
  expect(fit({ turns: [turn("user", part)] }, RESPONSES).request.turns[0]?.parts[0]).toEqual(part);
});

test("text documents are text, where there is no place for them", () => {
  const plain = media("document", { source: { type: "text", text: "a\n```\nb" }, title: "Notes" });
  expect(fitted(plain, CLAUDE)).toMatchObject({ kind: "media", source: { type: "text" } });
  expect(fitted(plain, STRICT_CHAT)).toEqual({
    kind: "text",
    at: "at.media",
    text: "Notes\n````\na\n```\nb\n````",
  });
  expect(fitted(text("text/csv", "a;b"), GEMINI)).toMatchObject({ kind: "text", text: "```\na;b\n```" });
  expect(fitted(text("application/json; charset=utf-8", "{}"), CLAUDE)).toMatchObject({
    source: { type: "text", text: "{}" },
  });
});

test("a data URL is bytes", () => {
  expect(fitted(url("image", `data:image/png;base64,${PNG}`), CLAUDE)).toMatchObject({
    mime: "image/png",
    source: { type: "base64", bytes: PNG },
  });
});

test("media in instructions is refused", () => {
  const turns = [turn("system", media("image", {})), turn("user", "go")];
  expect(() => fit({ origin: "openai-responses", turns }, CLAUDE)).toThrow(/^at\.media: .*instructions/);
});

const A = url("image", "https://e.x/a.png");

test("URLs that the target does not fetch are listed once, also those in results", () => {
  const turns = [
    turn("user", A, A, url("document", "https://e.x/b.pdf"), url("image", "data:image/png;base64,AA")),
    turn("assistant", call("c")),
    turn("tool", result("c", url("image", "http://e.x/c.png"))),
    turn("user", url("video", "https://e.x/d.mp4")),
  ];
  const request = requestOf({ origin: "anthropic-messages", turns });
  const urls = (traits: TargetTraits) => mediaToFetch(request, traits).map(({ url: address }) => address);
  expect(urls({ ...GEMINI, media: ["image", "document"] })).toEqual([
    "https://e.x/a.png",
    "https://e.x/b.pdf",
    "http://e.x/c.png",
  ]);
  // Images go by URL to chat, documents only as bytes.
  expect(urls(CHAT)).toEqual(["https://e.x/b.pdf"]);
  expect(urls(RESPONSES)).toEqual([]);
  expect(urls({ ...STRICT_CHAT, media: ["image"] })).toHaveLength(2);
  expect(mediaToFetch({ ...request, origin: "gemini" }, GEMINI)).toEqual([]);
  expect(mediaToFetch(request, GEMINI)[0]).toEqual({
    url: "https://e.x/a.png",
    media: "image",
    at: "at.media",
  });
});

test("what was fetched stands in place of its URL", () => {
  const turns = [turn("user", "look", A), turn("assistant", call("c")), turn("tool", result("c", A))];
  const fetched = new Map([["https://e.x/a.png", { bytes: new Uint8Array([1, 2, 3]), mime: "image/png" }]]);
  const request = withFetched(requestOf({ turns, origin: "openai-chat" }), fetched);
  const told = { kind: "media", mime: "image/png", source: { type: "base64", bytes: "AQID" } };
  expect(request.turns[0]?.parts[1]).toMatchObject(told);
  expect(request.turns[2]?.parts[0]).toMatchObject({ content: [told] });
  expect(withFetched(request, new Map())).toBe(request);
});
