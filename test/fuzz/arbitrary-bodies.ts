import fc from "fast-check";
import { PROTOCOLS, type Protocol } from "../../src/core/protocol.ts";
import { ALIASED, PLAIN } from "../support/config.ts";

const TOOL = { type: "function", function: { name: "f", parameters: { type: "object" } } };

const VALID: Record<Protocol, object> = {
  "anthropic-messages": {
    model: PLAIN,
    max_tokens: 50,
    stream: false,
    system: [{ type: "text", text: "be", cache_control: { type: "ephemeral" } }],
    messages: [
      { role: "user", content: [{ type: "image", source: { type: "base64", data: "AA==" } }] },
      {
        role: "user",
        content: [{ type: "tool_result", tool_use_id: "t", content: [{ type: "text", text: "x" }] }],
      },
    ],
    metadata: { user_id: "u" },
  },
  "openai-chat": {
    model: ALIASED,
    messages: [{ role: "user", content: [{ type: "file", file: { file_data: "x" } }] }],
    system: "be terse",
    stream: true,
    stream_options: { include_usage: false },
    max_tokens: 5,
    max_completion_tokens: 6,
    n: 1,
    tools: [TOOL],
  },
  "openai-responses": {
    model: ALIASED,
    input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "x" }] }],
    stream: true,
    max_output_tokens: 20,
    previous_response_id: null,
    tools: [{ type: "code_interpreter", container: { type: "auto" } }],
  },
  "openai-completions": { model: PLAIN, prompt: ["x", "y"], best_of: 1, n: 1, stream: false, max_tokens: 4 },
  gemini: {
    contents: [{ role: "user", parts: [{ text: "x" }, { fileData: { fileUri: "https://x.example/y" } }] }],
    generationConfig: { maxOutputTokens: 5, candidateCount: 1 },
    systemInstruction: { parts: [{ text: "be" }] },
  },
};

const PATHS: Record<Protocol, readonly string[]> = {
  "anthropic-messages": ["/v1/messages", "/v1/messages/count_tokens"],
  "openai-chat": ["/v1/chat/completions"],
  "openai-responses": ["/v1/responses"],
  "openai-completions": ["/v1/completions"],
  gemini: [
    `/v1beta/models/${PLAIN}:generateContent`,
    `/v1beta/models/${ALIASED}:streamGenerateContent`,
    `/v1beta/models/${ALIASED}:streamGenerateContent?alt=sse`,
    `/v1beta/models/${PLAIN}:countTokens`,
  ],
};

/** Values that parsers stumble over, as they stand in JSON. */
const oddValue = fc.oneof(
  fc.constantFrom(
    ...["null", "true", '""', "[]", "{}", "0", "-1", "1.5", "-0", "1e999", "9007199254740993", "1e-400"],
    ...['"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\u2028"', '"__proto__"', '{"__proto__":{"x":1}}'],
    ...['{"constructor":{"prototype":{}}}', '{"toString":1,"valueOf":2}', '{"length":1e9}', '["",null,[[]]]'],
    ...[
      `"${"x".repeat(5_000)}"`,
      `${"[".repeat(300)}${"]".repeat(300)}`,
      `{"a":${'{"a":'.repeat(200)}1${"}".repeat(200)}}`,
    ],
  ),
  fc.json({ maxDepth: 3 }),
);

interface Place {
  readonly container: Record<string, unknown>;
  readonly key: string;
}

function placesIn(value: unknown, found: Place[] = []): Place[] {
  if (typeof value !== "object" || value === null) return found;
  const container = value as Record<string, unknown>;
  for (const key of Object.keys(container)) {
    found.push({ container, key });
    placesIn(container[key], found);
  }
  return found;
}

/** Puts raw JSON where JSON.stringify cannot: duplicates, numbers out of range, lone surrogates. */
function mutate(protocol: Protocol, pick: number, how: number, raw: string, otherKey: string): string {
  const body = structuredClone(VALID[protocol]);
  const places = placesIn(body);
  const place = places[pick % places.length];
  if (!place) return raw;
  const marker = "@@marker@@";
  const { container, key } = place;
  if (how === 0) delete container[key];
  else if (how === 1) container[key] = marker;
  else if (!Array.isArray(container)) container[how === 2 ? otherKey : `${key}@@twin@@`] = marker;
  return JSON.stringify(body)
    .replace("@@twin@@", "")
    .replace(`"${marker}"`, () => raw);
}

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));

function alter(bytes: Uint8Array, edits: readonly { at: number; byte: number; how: number }[]): Uint8Array {
  let result = [...bytes];
  for (const { at, byte, how } of edits) {
    const place = at % (result.length + 1);
    if (how === 0) result[place] = byte;
    else if (how === 1) result.splice(place, 0, byte);
    else if (how === 2) result.splice(place, 1);
    else result = result.slice(0, place);
  }
  return Uint8Array.from(result);
}

const key = fc.oneof(
  fc.constantFrom(
    "model",
    "Model",
    "stream",
    "messages",
    "contents",
    "max_tokens",
    "thread",
    "input",
    "n",
    "prompt",
  ),
  fc.string({ maxLength: 6 }),
);

export interface FuzzedRequest {
  readonly path: string;
  readonly body: Uint8Array;
}

const protocols = fc.constantFrom(...PROTOCOLS);

function at(protocol: Protocol, which: number, body: Uint8Array): FuzzedRequest {
  const paths = PATHS[protocol];
  return { path: paths[which % paths.length] ?? "", body };
}

const structured = fc
  .tuple(protocols, fc.nat(99), fc.nat(99), fc.nat(3), oddValue, key)
  .map(([protocol, which, pick, how, raw, other]) =>
    at(protocol, which, bytesOf(mutate(protocol, pick, how, raw, other))),
  );

const bytewise = fc
  .tuple(
    protocols,
    fc.nat(99),
    fc.array(fc.record({ at: fc.nat(2_000), byte: fc.nat(255), how: fc.nat(3) }), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([protocol, which, edits]) =>
    at(protocol, which, alter(bytesOf(JSON.stringify(VALID[protocol])), edits)),
  );

const random = fc
  .tuple(protocols, fc.nat(99), fc.uint8Array({ maxLength: 200 }))
  .map(([protocol, which, bytes]) => at(protocol, which, Uint8Array.from(bytes)));

/** Requests that are nearly right, hardly right, and not at all. */
export const fuzzedRequest = fc.oneof(
  { weight: 6, arbitrary: structured },
  { weight: 3, arbitrary: bytewise },
  { weight: 1, arbitrary: random },
);

/** Bodies that are only large in one way, for each protocol. */
export function extremeBodies(): FuzzedRequest[] {
  const many = Array.from({ length: 10_000 }, (_, number) => `"k${number}":${number}`).join(",");
  const variants = (valid: string): (string | Uint8Array)[] => [
    valid.replace("{", `{${many},`),
    valid.replace("{", `{"deep":${"[".repeat(50_000)}${"]".repeat(50_000)},`),
    valid.replace("{", `{"deep":${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)},`),
    valid.replace("{", `{"number":${"9".repeat(20_000)},`),
    valid.replace("{", `{"text":"${"\\\\".repeat(20_000)}",`),
    `\uFEFF${valid}`,
    Buffer.from(valid, "utf16le"),
    Buffer.concat([
      Buffer.from(valid.slice(0, -1)),
      Buffer.from(',"x":"'),
      Buffer.of(0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80),
      Buffer.from('"}'),
    ]),
    " ".repeat(100_000) + valid,
    valid + valid,
    "[".repeat(100_000),
    '{"a":'.repeat(50_000),
    `${"\u0000".repeat(50)}${valid}`,
  ];
  return PROTOCOLS.flatMap((protocol) =>
    variants(JSON.stringify(VALID[protocol])).map((body) =>
      at(protocol, 0, typeof body === "string" ? bytesOf(body) : Uint8Array.from(body)),
    ),
  );
}
