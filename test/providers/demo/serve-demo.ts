/** A loopback server with nothing in it but the demo, for the vendors' own SDKs to talk to. */
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import type { Protocol } from "../../../src/core/protocol.ts";
import { answerDemo } from "../../../src/providers/demo/answer-demo.ts";

const PROTOCOL_OF_PATH: readonly (readonly [RegExp, Protocol])[] = [
  [/\/v1\/messages/, "anthropic-messages"],
  [/\/chat\/completions$/, "openai-chat"],
  [/\/responses$/, "openai-responses"],
  [/\/completions$/, "openai-completions"],
  [/\/models\/[^/]+:/, "gemini"],
];

async function route(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const protocol = PROTOCOL_OF_PATH.find(([path]) => path.test(pathname))?.[1];
  if (!protocol) return new Response("no such path", { status: 404 });
  const body = await request.bytes();
  const { model, stream } = JSON.parse(new TextDecoder().decode(body));
  return answerDemo({
    protocol,
    model: model ?? /\/models\/([^/]+):/.exec(pathname)?.[1] ?? "",
    stream: stream === true || pathname.endsWith(":streamGenerateContent"),
    body,
    signal: request.signal,
    countTokens: /count_tokens$|:countTokens$/.test(pathname),
  });
}

export interface DemoServer {
  readonly anthropic: Anthropic;
  readonly openai: OpenAI;
  readonly google: GoogleGenAI;
  readonly close: () => Promise<void>;
}

export function serveDemo(): DemoServer {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: route });
  const url = `http://127.0.0.1:${server.port}`;
  return {
    anthropic: new Anthropic({ apiKey: "none", baseURL: url, maxRetries: 0 }),
    openai: new OpenAI({ apiKey: "none", baseURL: `${url}/v1`, maxRetries: 0 }),
    google: new GoogleGenAI({ apiKey: "none", httpOptions: { baseUrl: url } }),
    close: () => server.stop(true),
  };
}

/** What differs from one request to the next, and what only the SDKs' stream readers add. */
const PASSING = /^(?:id|call_id|responseId|created|created_at|completed_at|parsed\w*|output_parsed)$/;

/** An answer without ids, times and what an SDK makes of it. */
export function lasting(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, field) => (PASSING.test(key) ? undefined : field)));
}

/** The demo's answer to a body, without a server. */
export function askDemo(
  protocol: Protocol,
  body: unknown,
  options: { stream?: boolean } = {},
): Promise<Response> {
  return answerDemo({
    protocol,
    model: "demo-model",
    stream: options.stream === true,
    body: new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)),
    signal: new AbortController().signal,
  });
}
