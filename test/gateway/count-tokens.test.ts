import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { loadTokens } from "../../src/base/tokens.ts";
import type { GenerationRequest, MediaPart, Part, Turn } from "../../src/core/generation/request.ts";
import type { Tool } from "../../src/core/generation/tool.ts";
import { estimateTokens } from "../../src/gateway/count-tokens.ts";
import { imageSize } from "../../src/gateway/image-size.ts";
import { mediaTokens } from "../../src/gateway/media-tokens.ts";

function request(turns: readonly Turn[], more: Partial<GenerationRequest> = {}): GenerationRequest {
  return {
    origin: "anthropic-messages",
    model: "m",
    stream: false,
    wantsUsage: true,
    turns,
    tools: [],
    toolChoice: undefined,
    parallelCalls: undefined,
    outputTokensMax: undefined,
    sampling: {},
    reasoning: {},
    format: { type: "text" },
    verbosity: undefined,
    serviceTier: undefined,
    user: undefined,
    metadata: undefined,
    caching: {},
    state: {},
    modalities: [],
    extensions: {},
    ...more,
  };
}

const user = (...parts: readonly Part[]): Turn => ({ role: "user", parts });
const said = (text: string): Part => ({ kind: "text", text });
const tokensOf = (text: string): number => encode(text).length;
const PROSE = "The quick brown fox jumps over the lazy dog, and then it rests. ";

describe("a request", () => {
  test("costs its texts and what templates add", async () => {
    const turns: Turn[] = [{ role: "system", parts: [said(PROSE)] }, user(said("hello there"))];
    expect(await estimateTokens(request(turns))).toBe(tokensOf(PROSE) + 2 + 2 * 4 + 3);
    expect(await estimateTokens(request([]))).toBe(3);
  });

  test("counts every part of a conversation with tools", async () => {
    const schema = '{"type":"object","properties":{"city":{"type":"string"}}}';
    const tool: Tool = { kind: "function", name: "weather", description: "Tells the weather.", schema };
    const turns: Turn[] = [
      {
        role: "assistant",
        parts: [
          { kind: "reasoning", text: "think", summary: ["unused"] },
          { kind: "reasoning", text: "", summary: ["summed"] },
          { kind: "call", callId: "c", name: "weather", form: "json", input: '{"city":"Bern"}' },
        ],
      },
      user({ kind: "result", callId: "c", content: [said("rain")] }),
    ];
    const texts = [
      "think",
      "summed",
      "weather",
      '{"city":"Bern"}',
      "rain",
      "weather",
      "Tells the weather.",
      schema,
    ];
    const sum = texts.reduce((total, text) => total + tokensOf(text), 0);
    expect(await estimateTokens(request(turns, { tools: [tool] }))).toBe(sum + 2 * 4 + 2 * 8 + 8 + 3);
  });

  test("leaves out signatures and tools that wait to be searched for", async () => {
    const tool: Tool = { kind: "function", name: "later", schema: "{}", deferred: true };
    const part: Part = {
      kind: "reasoning",
      text: "",
      signature: { value: "x".repeat(9_000), by: "anthropic" },
    };
    expect(await estimateTokens(request([user(part)], { tools: [tool] }))).toBe(4 + 3);
  });

  test("counts an answer's schema, searches and what only its own protocol knows", async () => {
    const raw = '{"type":"container","id":"x"}';
    const parts: Part[] = [
      {
        kind: "search",
        searchId: "s",
        queries: ["bern"],
        sources: [{ url: "https://a.example", title: "A" }],
      },
      { kind: "opaque", protocol: "anthropic-messages", type: "container", raw },
    ];
    const format = { type: "schema", schema: '{"type":"string"}' } as const;
    const texts = ["bern", "A https://a.example", raw, format.schema];
    const sum = texts.reduce((total, text) => total + tokensOf(text), 0);
    expect(await estimateTokens(request([user(...parts)], { format }))).toBe(sum + 4 + 3);
  });

  test("of 200 KB lets others run meanwhile, and counts as one piece", async () => {
    const text = PROSE.repeat(3_000);
    await loadTokens();
    let turns = 0;
    let counting = true;
    const others = (): void => {
      turns++;
      if (counting) setImmediate(others);
    };
    setImmediate(others);
    const counted = await estimateTokens(request([user(said(text))]));
    counting = false;
    expect(counted).toBe((await loadTokens()).count([text]) + 4 + 3);
    expect(turns).toBeGreaterThan(5);
  });

  test("without a single space is counted all the same", async () => {
    expect(await estimateTokens(request([user(said("a".repeat(200_000)))]))).toBeGreaterThan(1_000);
  });
});

/** Only the bytes that tell the size; the rest is zero. */
function head(bytes: readonly (readonly [number, string])[], length = 64): Buffer {
  const buffer = Buffer.alloc(length);
  for (const [at, hex] of bytes) Buffer.from(hex, "hex").copy(buffer, at);
  return buffer;
}

const PNG = (width: number, height: number): Buffer => {
  const buffer = head([[0, "89504e470d0a1a0a0000000d49484452"]]);
  buffer.writeUInt32BE(width, 16);
  buffer.writeUInt32BE(height, 20);
  return buffer;
};

describe("the size of an image", () => {
  test.each([
    ["png", PNG(640, 480), 640, 480],
    [
      "gif",
      head([
        [0, "474946383961"],
        [6, "8002e001"],
      ]),
      640,
      480,
    ],
    [
      "jpeg",
      head([
        [0, "ffd8ffe00004aabbffc0001108"],
        [13, "01e00280"],
      ]),
      640,
      480,
    ],
    [
      "webp lossy",
      head([
        [0, "52494646"],
        [8, "5745425056503820"],
        [26, "8002e001"],
      ]),
      640,
      480,
    ],
    [
      "webp lossless",
      head([
        [0, "52494646"],
        [8, "574542505650384c"],
        [20, "2f7fc27700"],
      ]),
      640,
      480,
    ],
    [
      "webp extended",
      head([
        [0, "52494646"],
        [8, "5745425056503858"],
        [24, "7f0200df0100"],
      ]),
      640,
      480,
    ],
  ] as const)("%s", (_, bytes, width, height) => {
    expect(imageSize(bytes)).toEqual({ width, height });
  });

  test("of any bytes is a size or none", () => {
    const starts = ["89504e47", "ffd8ff", "47494638", "524946460000000057454250"].map((hex) =>
      Buffer.from(hex, "hex"),
    );
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 100 }), (start, rest) => {
        const size = imageSize(Buffer.concat([start, rest]));
        expect(size === undefined || (size.width >= 0 && size.height >= 0)).toBe(true);
      }),
    );
  });
});

describe("media", () => {
  const image = (bytes: Buffer, detail?: string): MediaPart => ({
    kind: "media",
    media: "image",
    source: { type: "base64", bytes: bytes.toString("base64") },
    ...(detail === undefined ? {} : { detail }),
  });

  test.each([
    ["anthropic", 200, 200, 54],
    ["anthropic", 1000, 1000, 1334],
    ["anthropic", 4000, 4000, 1600],
    ["openai", 1024, 1024, 765],
    ["openai", 2048, 4096, 1105],
    ["openai", 100, 100, 255],
    ["google", 384, 384, 258],
    ["google", 1000, 1000, 1032],
    [undefined, 1000, 1000, 1334],
  ] as const)("an image at %s, %i × %i pixels: %i", (vendor, width, height, tokens) => {
    expect(mediaTokens(image(PNG(width, height)), vendor)).toBe(tokens);
  });

  test("an image of low detail is 85 tokens at OpenAI", () => {
    expect(mediaTokens(image(PNG(4000, 4000), "low"), "openai")).toBe(85);
  });

  test("a broken, empty or far image is taken for a screenshot", () => {
    const url: MediaPart = {
      kind: "media",
      media: "image",
      source: { type: "url", url: "https://a.example/x" },
    };
    for (const part of [url, image(Buffer.from("?")), image(PNG(0, 0))]) {
      expect(mediaTokens(part, "anthropic")).toBe(1366);
    }
  });

  test("a PDF costs by its pages, packed ones by their bytes", () => {
    const pdf = (text: string): MediaPart => ({
      kind: "media",
      media: "document",
      source: { type: "base64", bytes: Buffer.from(text).toString("base64") },
    });
    expect(mediaTokens(pdf("%PDF /Type /Pages /Type /Page /Type/Page >>"), "anthropic")).toBe(4_000);
    expect(mediaTokens(pdf("%PDF"), "google")).toBe(258);
    expect(mediaTokens(pdf("x".repeat(399_000)), "google")).toBe(2_580);
  });

  test("a document of text is text", async () => {
    const part: MediaPart = { kind: "media", media: "document", source: { type: "text", text: PROSE } };
    expect(await estimateTokens(request([user(part)]))).toBe(tokensOf(PROSE) + 4 + 3);
  });

  test("sound and film cost by their length", () => {
    const of = (media: "audio" | "video"): MediaPart => ({
      kind: "media",
      media,
      source: { type: "base64", bytes: Buffer.alloc(500_000).toString("base64") },
    });
    expect(mediaTokens(of("audio"), "google")).toBe(32 * 32);
    expect(mediaTokens(of("video"), "google")).toBe(3 * 263);
  });
});
