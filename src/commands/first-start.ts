import { join, relative } from "node:path";
import { hintOf, newKey } from "../accounts/key-format.ts";
import { hashKey } from "../accounts/key-verifier.ts";
import { newClaim } from "../accounts/people/claim.ts";
import type { App } from "../app.ts";
import { countOf } from "../base/count-of.ts";
import { newId } from "../base/id.ts";
import { DEFAULT_BRAND } from "../config/defaults.ts";
import type { Found } from "../config/discover.ts";
import type { Config } from "../config/types.ts";
import { baseUrlsAt, publicBaseUrls } from "../core/offering.ts";
import type { Home } from "../home.ts";
import { pasteLines } from "./paste-lines.ts";

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

const MORE_KEYS = `More keys: ${QUOIN} keys create --account NAME, then ${QUOIN} wallet top-up --account NAME --amount 10`;

/** A key for the demo account when nobody has one yet; it is printed once and never again. */
async function makeDemoKey({ home, config }: Start): Promise<string | undefined> {
  if (await home.accounts.hasKeys()) return undefined;
  const plan = config.plans.find(({ id }) => id === "default") ?? config.plans[0];
  if (!plan) return undefined;
  const now = Date.now();
  const { accountId, walletId } = await home.accounts.ensureAccount(DEMO_ACCOUNT, now);
  await home.wallets.grant({
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
    createdAt: now,
  };
  await home.accounts.addKey(row);
  return key;
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

/** Under which name and at which addresses customers are told to come; nothing where it is Quoin itself. */
function brandLines({ config, url }: Start): string[] {
  const { brand, hosts } = config;
  if (brand.name === DEFAULT_BRAND.name && hosts.length === 0) return [];
  const { anthropic, openai, gemini } = publicBaseUrls(config, url);
  return [`Serving as ${brand.name}: Anthropic ${anthropic} · OpenAI ${openai} · Gemini ${gemini}`];
}

/** Where nobody runs the console yet. */
async function operatorLines({ home }: Start): Promise<string[]> {
  return (await home.people.users.hasOperator())
    ? []
    : [`No operator yet: ${QUOIN} claim prints a link to become one.`];
}

/** What a person reads when the server is up; the first time with a key and lines to paste. */
export async function firstStart(start: Start): Promise<string> {
  const key = await makeDemoKey(start);
  const lines = [
    `Quoin is ready at ${start.url}`,
    ...brandLines(start),
    upstreamLine(start),
    ...(start.found?.notes ?? []),
  ];
  if (key === undefined) return [...lines, ...(await operatorLines(start)), MORE_KEYS].join("\n");
  const { link } = await newClaim(start.app.people.deps);
  return [
    ...lines,
    "",
    `A first key, with $5.00 of demo credit. It is shown only now:\n\n  ${key}\n`,
    ...creditLines(start),
    "In the variable that snippets take it from:",
    `  export ${start.config.brand.keyVariable}=${key}`,
    ...pasteLines(start.app.gateway.snapshot().models, baseUrlsAt(start.config, start.url), key),
    "",
    `The console. Whoever opens this link first becomes its operator; it is good for a day:\n\n  ${link}\n`,
    MORE_KEYS,
  ].join("\n");
}
