import { expect } from "bun:test";
import { type Ask, ask, askAs, chatBody, expectStatus, user } from "./ask.ts";
import { catalogueOf, publicBaseUrls } from "./declared.ts";
import { signUp } from "./people.ts";
import { printed } from "./printed.ts";
import { ANTHROPIC_HEADERS, type Dialect, JSON_TYPE, type PrintedCall } from "./printed-call.ts";
import { withMachine } from "./set-up.ts";
import { nodeSample, pythonSample } from "./snippets.ts";
import { type PublishedPages, type Statement, says, section, unchecked } from "./statement.ts";
import type { World } from "./world.ts";

const CLAUDE = "claude-sonnet-4-5";
const GEMINI_PATH = "/gemini/v1beta/models/gemini-2.5-pro:generateContent";
const CONTENTS = { contents: [{ role: "user", parts: [{ text: "ping" }] }] };

const messages = (path: string): Ask => ({
  path,
  auth: "x-api-key",
  headers: ANTHROPIC_HEADERS,
  body: chatBody(CLAUDE),
});
const CHAT: Ask = { path: "/openai/v1/chat/completions", body: chatBody("gpt-5") };
const RESPONSES: Ask = { path: "/openai/v1/responses", body: { model: "gpt-5.3-codex", input: "ping" } };
const GEMINI: Ask = { path: GEMINI_PATH, auth: "x-goog-api-key", body: CONTENTS };

const served = (text: string, question: Ask, more: Pick<Statement, "differs"> = {}): Statement =>
  says(text, async (world) => expectStatus(await askAs(world, undefined, question), 200), more);

function selfTest(path: string, dialect: Dialect, more: Pick<Statement, "differs"> = {}): Statement {
  const call: PrintedCall = { method: "POST", path, auth: "none", expected: { status: 401, dialect } };
  return printed(`curl without a key of ${path}: 401`, call, more);
}

function barePrefix(path: string, dialect: Dialect): Statement {
  return printed(`${path} alone is a prefix: 404`, {
    path,
    auth: "none",
    expected: { status: 404, dialect },
  });
}

function endToEnd(text: string, path: string, host?: string): Statement {
  return printed(text, {
    method: "POST",
    path,
    auth: "x-api-key",
    headers: ANTHROPIC_HEADERS,
    body: { model: CLAUDE, max_tokens: 64, messages: user("ping") },
    expected: { answer: "anthropic-messages", finish: "length" },
    ...(host === undefined ? {} : { host }),
  });
}

async function oneKey(world: World): Promise<void> {
  const { key } = await world.customer();
  for (const question of [messages("/api/v1/messages"), CHAT, RESPONSES, GEMINI])
    expectStatus(await ask(world.gateway, { key, ...question }), 200);
}

async function samePrefixes(world: World): Promise<void> {
  const [one, other] = await Promise.all(
    ["/api/v1/messages", "/claude/v1/messages"].map((path) => askAs(world, undefined, messages(path))),
  );
  expect(one?.json.content).toEqual(other?.json.content);
  expect(one?.status).toBe(200);
}

interface HostRow {
  readonly host: string;
  readonly scheme?: string;
  readonly origin: string;
  readonly role: string;
  readonly region: string | null;
  readonly base_urls?: Readonly<Record<string, string>>;
}

interface RegionRow {
  readonly id: string;
  readonly city: string;
  readonly base_urls: Readonly<Record<string, string>> | null;
}

/** The domain is told to customers with its purpose and place, by https, and serves. */
function domainRow(host: string, city: string | undefined, purpose: string): Statement {
  return says(`${host}: ${purpose}`, async (world) => {
    const { hosts, regions } = await catalogueOf(world);
    const found = (hosts as HostRow[]).find((row) => row.host === host);
    expect(found).toMatchObject({ origin: `https://${host}`, role: "api" });
    expect(found?.base_urls?.anthropic).toBe(`https://${host}/api`);
    const region = (regions as RegionRow[]).find(({ id }) => id === found?.region);
    expect(region?.city).toBe(city);
    const question = messages("/api/v1/messages");
    expectStatus(await askAs(world, undefined, { ...question, headers: { ...question.headers, host } }), 200);
  });
}

const DOMAINS = ["api.qcode.cc", "us.qcode.cc", "eu.qcode.cc", "asia.qcode.cc"];

async function oneKeyOnAllDomains(world: World): Promise<void> {
  const { key } = await world.customer();
  for (const host of DOMAINS)
    for (const question of [messages("/claude/v1/messages"), CHAT, GEMINI])
      expectStatus(
        await ask(world.gateway, { key, ...question, headers: { ...question.headers, host } }),
        200,
      );
}

async function probeHost(world: World): Promise<void> {
  const { hosts } = await catalogueOf(world);
  expect((hosts as HostRow[]).find(({ role }) => role === "probe")?.host).toBe("probe.qcode.cc");
  const root = await ask(world.gateway, { path: "/", headers: { host: "probe.qcode.cc" } });
  expect(root.headers.get("location")).toBe("/console/probe");
}

async function probeOfKey(world: World): Promise<void> {
  const { key } = await world.customer();
  expectStatus(await ask(world.gateway, { ...AGENT, key }), 200);
  await world.gateway.settled();
  const { json } = await ask(world.gateway, {
    path: "/console/api/v1/probe",
    headers: { host: "probe.qcode.cc", "x-quoin-console": "1" },
    body: { key },
  });
  const [request] = json.requests as { usage: Record<string, number>; context_tokens: number }[];
  expect(request?.context_tokens).toBeGreaterThan(0);
  expect(request?.usage.output).toBeGreaterThan(0);
}

/** A row of the table of base URLs: the value is what customers are told, and what the tool makes of it is served. */
function baseUrlRow(
  tool: string,
  kind: string,
  url: string,
  question: Ask,
  more: Pick<Statement, "differs"> = {},
): Statement {
  return says(
    `${tool}: ${url}`,
    async (world) => {
      const urls = await publicBaseUrls(world);
      expect(url.startsWith(urls[kind] ?? "none")).toBe(true);
      const path = new URL(url).pathname;
      expect(question.path).toStartWith(path);
      expectStatus(await askAs(world, undefined, question), 200);
    },
    more,
  );
}

const scriptsWriteThem = (world: World) =>
  withMachine(world, async ({ run, read }) => {
    for (const tool of ["claude-code", "codex", "gemini-cli", "deepseek-tui", "opencode"]) await run(tool);
    expect(read(".claude/settings.json")).toContain('"https://api.qcode.cc/api"');
    expect(read(".codex/config.toml")).toContain('base_url = "https://api.qcode.cc/openai"');
    expect(read(".gemini/.env")).toMatch(/=["']?https:\/\/api\.qcode\.cc\/gemini["']?\n/);
    expect(read(".deepseek/config.toml")).toContain('"https://api.qcode.cc/openai/v1"');
    // Its compatible provider, which has all the models, rather than google's.
    expect(read(".config/opencode/opencode.jsonc")).toContain('"https://api.qcode.cc/openai/v1"');
  });

const regionChosen = (world: World) =>
  withMachine(world, async ({ run, read }) => {
    for (const [region, host] of [
      ["eu", "eu.qcode.cc"],
      ["asia", "asia.qcode.cc"],
    ] as const) {
      await run("claude-code", `--region ${region}`);
      expect(read(".claude/settings.json")).toContain(`"https://${host}/api"`);
    }
    await run("claude-code", "--region auto");
    expect(read(".claude/settings.json")).toMatch(/"https:\/\/(?:api|us|eu|asia)\.qcode\.cc\/api"/);
  });

async function keysOfTeam(world: World): Promise<void> {
  const { browser, accountId } = await signUp(world);
  const wanted = { name: "ann", limits: { requests_per_minute: 2 } };
  const { body } = await browser.call(`POST /accounts/${accountId}/keys`, wanted);
  const key = String(body.key);
  const account = (await browser.call("GET /me")).body as { accounts: { name: string }[] };
  await world.gateway.operate("wallet.top-up", { account: account.accounts[0]?.name, amount: "1.00" });
  const statuses: number[] = [];
  for (let sent = 0; sent < 3; sent++) statuses.push((await ask(world.gateway, { key, ...CHAT })).status);
  expect(statuses).toEqual([200, 200, 429]);
}

const TEAM = "ai.team.example";

/** Its owner writes the domain down, the operator approves it, and it serves the team's keys under the team's name. */
async function domainOfTeam(world: World): Promise<void> {
  const { browser, accountId } = await signUp(world);
  const made = await browser.call(`PUT /accounts/${accountId}/brand`, { host: TEAM, name: "Team AI" });
  expect(made.body.brand).toMatchObject({ state: "pending" });
  const { control, declarations } = world.gateway.app;
  const brand = await control.brands.find(accountId);
  if (!brand) throw new Error("the brand that was written down is not there");
  await control.brands.put({ ...brand, approvedAt: Date.now() });
  await declarations.reload();
  const { key } = (await browser.call(`POST /accounts/${accountId}/keys`, { name: "ann" })).body;
  const { accounts } = (await browser.call("GET /me")).body as { accounts: { name: string }[] };
  await world.gateway.operate("wallet.top-up", { account: accounts[0]?.name, amount: "1.00" });
  const at = { ...CHAT, headers: { host: TEAM } };
  expect((await ask(world.gateway, { key: String(key), ...at })).status).toBe(200);
  expect((await ask(world.gateway, { key: (await world.customer()).key, ...at })).status).toBe(403);
  const told = await fetch(`${world.gateway.url}/.well-known/quoin.json`, { headers: { host: TEAM } });
  expect(await told.json()).toMatchObject({
    brand: { name: "Team AI" },
    base_urls: { anthropic: `https://${TEAM}/api`, openai: `https://${TEAM}/openai/v1` },
  });
}

const DOUBLED = "served all the same: the path is plainly meant, and the record notes it";
const AGENT = messages("/api/v1/messages?beta=true");

export const QCODE: PublishedPages = {
  name: "qcode",
  example: "qcode",
  sections: [
    section(
      "Protocols",
      says("one key for all protocols, which the path chooses", oneKey),
      says("Anthropic Messages at /api/v1/messages, equivalently at /claude/v1/messages", samePrefixes),
      served("Chat Completions at /openai/v1/chat/completions", CHAT),
      served("Responses at /openai/v1/responses", RESPONSES),
      served("Gemini at /gemini/v1beta/models/{model}:generateContent", GEMINI),
      nodeSample("bodies are the vendors' own: their SDKs work at each prefix", "qcode.mjs"),
      barePrefix("/api", "openai"),
      barePrefix("/claude", "anthropic"),
      barePrefix("/openai/v1", "openai"),
    ),
    section(
      "Access domains",
      domainRow("api.qcode.cc", undefined, "everywhere, the nearest node"),
      domainRow("us.qcode.cc", "Los Angeles", "North America"),
      domainRow("eu.qcode.cc", "Frankfurt", "Europe"),
      domainRow("asia.qcode.cc", "Hong Kong", "Asia"),
      says("one key works on all four", oneKeyOnAllDomains, {
        differs:
          "the head of the page counts five domains and its text four: four serve requests, the fifth is the probe's",
      }),
      unchecked("api.qcode.cc picks the nearest node by latency", "done by the operator's DNS"),
      unchecked("us.qcode.cc since 2026-04-22", "a date of the operator's"),
      unchecked(
        "from mainland China asia.qcode.cc is the fastest",
        "a measure of the operator's network; quoin setup --region auto measures it",
      ),
      says("probe.qcode.cc is where a customer looks at requests", probeHost),
      says("the probe page shows requests, context length and usage of a key", probeOfKey),
    ),
    section(
      "Base URLs",
      baseUrlRow("Claude Code", "anthropic", "https://api.qcode.cc/api", AGENT),
      baseUrlRow("Claude Agent SDK", "anthropic", "https://api.qcode.cc/api", AGENT),
      baseUrlRow(
        "Cline and Aider in Anthropic mode",
        "anthropic",
        "https://api.qcode.cc/api",
        messages("/api/v1/messages"),
      ),
      baseUrlRow("OpenAI's SDKs", "openai", "https://api.qcode.cc/openai/v1", CHAT),
      pythonSample("the same, with the SDK for Python", "qcode_openai.py"),
      baseUrlRow("DeepSeek-TUI", "openai", "https://api.qcode.cc/openai/v1", CHAT),
      baseUrlRow(
        "Codex CLI",
        "codex",
        "https://api.qcode.cc/openai",
        { ...RESPONSES, path: "/openai/responses" },
        {
          differs:
            "the document has Codex send to /openai/v1/responses; Codex appends /responses alone, and both are served",
        },
      ),
      baseUrlRow("OpenCode's google provider", "gemini", "https://api.qcode.cc/gemini/v1beta", {
        ...GEMINI,
        path: "/gemini/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse",
      }),
      baseUrlRow("Gemini CLI and @google/genai", "gemini", "https://api.qcode.cc/gemini", GEMINI),
      says("the setup scripts write these values", scriptsWriteThem),
      served(
        "a doubled /v1beta/v1beta fails with 404",
        { ...GEMINI, path: "/gemini/v1beta/v1beta/models/gemini-2.5-pro:generateContent" },
        { differs: DOUBLED },
      ),
    ),
    section(
      "Self-tests with curl",
      selfTest("/api/v1/messages", "anthropic"),
      selfTest("/openai/v1/chat/completions", "openai"),
      selfTest("/openai/v1/responses", "openai"),
      selfTest(GEMINI_PATH, "gemini", { differs: "401 always, where the document allows 400 too" }),
      printed("Gemini's key as x-goog-api-key", {
        path: GEMINI_PATH,
        auth: "x-goog-api-key",
        headers: JSON_TYPE,
        body: CONTENTS,
        expected: { answer: "gemini" },
      }),
      printed("Gemini's key as ?key=", {
        path: GEMINI_PATH,
        auth: "query",
        headers: JSON_TYPE,
        body: CONTENTS,
        expected: { answer: "gemini" },
      }),
      printed("a wrong prefix is 404", {
        method: "POST",
        path: "/wrong/v1/messages",
        auth: "none",
        expected: { status: 404, dialect: "openai" },
      }),
      endToEnd("end to end with a key", "/api/v1/messages"),
      ...DOMAINS.slice(1).map((host) => endToEnd(`the same at ${host}`, "/api/v1/messages", host)),
    ),
    section(
      "Questions",
      barePrefix("/gemini", "gemini"),
      says("/api and /claude do not differ", samePrefixes),
      says("one key calls Claude, Codex and Gemini", oneKey),
      served("Gemini's base URL without /v1beta for Google's SDK", GEMINI),
      served("Gemini's base URL with /v1beta for OpenCode", {
        ...GEMINI,
        path: "/gemini/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse",
      }),
      says("which domain to pick: each has its region in the catalogue", async (world) => {
        const { regions } = await catalogueOf(world);
        const urls = (regions as RegionRow[]).map(({ id, base_urls }) => [id, base_urls?.openai]);
        expect(urls).toEqual(["us", "eu", "asia"].map((id) => [id, `https://${id}.qcode.cc/openai/v1`]));
      }),
      says("switching the domain changes the base URL alone", regionChosen),
      says("requests through any domain are in the customer's history", async (world) => {
        const customer = await world.customer();
        for (const host of DOMAINS)
          await ask(world.gateway, { key: customer.key, ...CHAT, headers: { host } });
        const rows = await world.gateway.requests(customer);
        expect(rows.map(({ model, status }) => `${model} ${status}`)).toEqual(DOMAINS.map(() => "gpt-5 200"));
        expect(rows.every(({ usage }) => (usage.input ?? 0) > 0)).toBe(true);
      }),
      served("a trailing slash gives //v1/messages, which fails with 404", messages("/api//v1/messages"), {
        differs: DOUBLED,
      }),
    ),
    section(
      "Links",
      unchecked(
        "tutorials, comparisons and the page of prices",
        "pages of the operator's, which are only linked",
      ),
      says("teams have keys below their account, each with its limits", keysOfTeam),
      says("teams get a domain of their own", domainOfTeam),
    ),
  ],
};
