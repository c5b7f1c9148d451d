import { join, relative } from "node:path";
import { hintOf, newKey } from "../accounts/key-format.ts";
import { hashKey } from "../accounts/key-verifier.ts";
import type { App } from "../app.ts";
import { countOf } from "../base/count-of.ts";
import { newId } from "../base/id.ts";
import type { Found } from "../config/discover.ts";
import type { Config } from "../config/types.ts";
import type { Model } from "../core/model.ts";
import type { Protocol } from "../core/protocol.ts";
import type { Home } from "../home.ts";

export interface Start {
  readonly home: Home;
  readonly app: App;
  readonly config: Config;
  readonly found: Found | undefined;
  readonly url: string;
}

/** 5 USD: enough for a few thousand demo requests and a look at how a wallet moves. */
const DEMO_CREDIT_NANOS = 5_000_000_000n;
const DEMO_ACCOUNT = "demo";

const LAUNCHER = join(import.meta.dir, "..", "..", "bin", "quoin.js");

/** How this person calls the command from where they are: a clone has no `quoin` on its path. */
const QUOIN = Bun.which("quoin") === null ? `node ${relative(process.cwd(), LAUNCHER)}` : "quoin";

/** A key for the demo account when nobody has one yet; it is printed once and never again. */
function makeDemoKey({ home, config }: Start): string | undefined {
  if (home.accounts.hasKeys()) return undefined;
  const plan = config.plans.find(({ id }) => id === "default") ?? config.plans[0];
  if (!plan) return undefined;
  const now = Date.now();
  const { accountId, walletId } = home.accounts.ensureAccount(DEMO_ACCOUNT, now);
  home.wallets.grant({
    walletId,
    nanos: DEMO_CREDIT_NANOS,
    source: "demo",
    grantKey: `demo:${walletId}`,
    at: now,
  });
  const key = newKey(plan.keyPrefix);
  const hash = hashKey(home.secret, key);
  const row = {
    hash,
    keyId: newId(),
    accountId,
    planId: plan.id,
    name: "first start",
    hint: hintOf(key),
    lossPolicy: undefined,
    createdAt: now,
  };
  home.accounts.addKey(row);
  return key;
}

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

/** A model that speaks a protocol, so that the printed lines work as they are. */
function modelFor({ app }: Start, protocol: Protocol): string {
  const able = app.gateway.snapshot().models.filter((model) => model.protocols.includes(protocol));
  // The sort is stable: among unknown ones the operator's own order counts.
  return able.sort((left, right) => rankOf(left) - rankOf(right))[0]?.id ?? "";
}

function pasteLines(start: Start, key: string): string[] {
  const { url } = start;
  const lines: string[] = [];
  const chat = modelFor(start, "openai-chat");
  const anthropic = modelFor(start, "anthropic-messages");
  const google = modelFor(start, "gemini");
  if (chat) {
    lines.push(
      "OpenAI (base URL /v1):",
      `  curl ${url}/v1/chat/completions -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" -d '{"model":"${chat}","messages":[{"role":"user","content":"Hello"}]}'`,
    );
  }
  if (anthropic) {
    lines.push(
      "Anthropic (base URL as it is; Claude Code too):",
      `  curl ${url}/v1/messages -H "x-api-key: ${key}" -H "anthropic-version: 2023-06-01" -H "Content-Type: application/json" -d '{"model":"${anthropic}","max_tokens":256,"messages":[{"role":"user","content":"Hello"}]}'`,
    );
  }
  if (google) {
    lines.push(
      "Gemini (base URL as it is):",
      `  curl "${url}/v1beta/models/${google}:generateContent" -H "x-goog-api-key: ${key}" -H "Content-Type: application/json" -d '{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}'`,
    );
  }
  return lines;
}

function upstreamLine({ config }: Start): string {
  const names = config.upstreams.map((upstream) => upstream.id).join(", ");
  return `Upstreams: ${names} (${countOf(config.models.length, "model")}; ${QUOIN} models list).`;
}

/** The credit is ours to give, but the vendors' bills are the operator's. */
function creditLines({ config }: Start): string[] {
  const paid = config.upstreams.filter(({ apiKey }) => apiKey !== "").map(({ id }) => id);
  if (paid.length === 0) return [];
  return [`What it is spent on is paid by you, with your credentials: ${paid.join(", ")}.`, ""];
}

/** What a person reads when the server is up; the first time with a key and lines to paste. */
export function firstStart(start: Start): string {
  const key = makeDemoKey(start);
  const lines = [`Quoin is ready at ${start.url}`, upstreamLine(start), ...(start.found?.notes ?? [])];
  if (key === undefined) return lines.join("\n");
  return [
    ...lines,
    "",
    `A first key, with $5.00 of demo credit. It is shown only now:\n\n  ${key}\n`,
    ...creditLines(start),
    ...pasteLines(start, key),
    "",
    `More keys: ${QUOIN} keys create --account NAME, then ${QUOIN} wallet top-up --account NAME --amount 10`,
  ].join("\n");
}
