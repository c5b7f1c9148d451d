import type { Model } from "../core/model.ts";
import type { BaseUrls } from "../core/offering.ts";
import type { Protocol } from "../core/protocol.ts";

/**
 * Models that people know and whose answer costs little, best first, by the last part of their id. Of an
 * aggregator's hundreds the first by the alphabet is known to nobody, and may cost more than the credit.
 */
const WELL_KNOWN = [
  "gpt-5-mini",
  "claude-haiku-4-5",
  "claude-haiku-4.5",
  "gemini-2.5-flash",
  "gpt-4o-mini",
  "gpt-oss-120b",
  "deepseek-chat",
  "mistral-small-latest",
  "mistral-small-2603",
  "grok-4-fast",
  "kimi-k2.5",
  "GLM-5.3-Flash",
  "MiniMax-M2",
];

function rankOf({ id }: Model): number {
  const rank = WELL_KNOWN.indexOf(id.slice(id.lastIndexOf("/") + 1));
  return rank < 0 ? WELL_KNOWN.length : rank;
}

/** Whether an upstream speaks the protocol itself: its own models are what people expect there. */
function isNative({ targets }: Model, protocol: Protocol): boolean {
  return targets.some(({ upstream }) => upstream.protocols.includes(protocol));
}

/** A model that can be asked in a protocol, so that the printed lines work as they are. */
function modelFor(models: readonly Model[], protocol: Protocol): string | undefined {
  const able = models.filter((model) => model.protocols.includes(protocol));
  const native = able.filter((model) => isNative(model, protocol));
  // The sort is stable: among unknown ones the operator's own order counts.
  return (native.length > 0 ? native : able).toSorted((left, right) => rankOf(left) - rankOf(right))[0]?.id;
}

interface Sample {
  readonly protocol: Protocol;
  readonly title: string;
  /** Which base URL it has, and what a client appends to it. */
  readonly base: keyof BaseUrls;
  readonly path: (model: string) => string;
  readonly headers: (key: string) => readonly string[];
  readonly body: (model: string) => object;
}

const bearer = (key: string) => [`Authorization: Bearer ${key}`];
const MESSAGES = [{ role: "user", content: "Hello" }];

/** Legacy Completions are left out: few models of today answer there, and the line would fail. */
const SAMPLES: readonly Sample[] = [
  {
    protocol: "openai-chat",
    title: "OpenAI Chat Completions (base URL without /chat/completions)",
    base: "openai",
    path: () => "/chat/completions",
    headers: bearer,
    body: (model) => ({ model, messages: MESSAGES }),
  },
  {
    protocol: "openai-responses",
    title: "OpenAI Responses (base URL without /responses; Codex too)",
    base: "codex",
    path: () => "/responses",
    headers: bearer,
    body: (model) => ({ model, input: "Hello" }),
  },
  {
    protocol: "anthropic-messages",
    title: "Anthropic (base URL without /v1/messages; Claude Code too)",
    base: "anthropic",
    path: () => "/v1/messages",
    headers: (key) => [`x-api-key: ${key}`, "anthropic-version: 2023-06-01"],
    body: (model) => ({ model, max_tokens: 256, messages: MESSAGES }),
  },
  {
    protocol: "gemini",
    title: "Gemini (base URL without /v1beta; Gemini CLI too)",
    base: "gemini",
    path: (model) => `/v1beta/models/${model}:generateContent`,
    headers: (key) => [`x-goog-api-key: ${key}`],
    body: () => ({ contents: [{ role: "user", parts: [{ text: "Hello" }] }] }),
  },
];

/**
 * A `curl` line under a title for each protocol that some model is served in.
 * @param urls the base URLs by which this gateway can be reached from here
 */
export function pasteLines(models: readonly Model[], urls: BaseUrls, key: string): string[] {
  return SAMPLES.flatMap(({ protocol, title, base, path, headers, body }) => {
    const model = modelFor(models, protocol);
    if (model === undefined) return [];
    const options = [...headers(key), "Content-Type: application/json"].map((header) => `-H "${header}"`);
    const line = `curl ${urls[base]}${path(model)} ${options.join(" ")} -d '${JSON.stringify(body(model))}'`;
    return [`${title}:`, `  ${line}`];
  });
}
