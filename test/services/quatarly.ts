import { expect } from "bun:test";
import { type Ask, ask, askAs, chatBody, expectRefusal, expectStatus, listedModels, user } from "./ask.ts";
import { declaredModel, declaredPlan, publicBaseUrls } from "./declared.ts";
import { trialKey } from "./people.ts";
import { printed } from "./printed.ts";
import { JSON_TYPE, type PrintedCall } from "./printed-call.ts";
import { BY_THE_TABLE, installedFromNpm } from "./programs.ts";
import {
  badRequests,
  chat,
  concurrency,
  creditsUsedUp,
  everyKind,
  overLimit,
  passesOn,
  providerAway,
  providerFails,
  wrongKeys,
} from "./quatarly-errors.ts";
import {
  allEntries,
  backup,
  claudeBackup,
  claudeForGood,
  droid,
  grepShows,
  members,
  newKeyInPlace,
  nothingToSource,
} from "./quatarly-setup.ts";
import {
  exportsByHand,
  opencodeFile,
  opencodeFileByPowershell,
  powershellByHand,
  READ_NOT_RUN,
} from "./quatarly-shell.ts";
import { scriptsServed } from "./set-up.ts";
import { nodeSample, pythonSample } from "./snippets.ts";
import { type PublishedPages, type Statement, says, section, unchecked } from "./statement.ts";
import type { World } from "./world.ts";

const GPT = "gpt-5.3-codex";
const SONNET = "claude-sonnet-4-6-thinking";
const GEMINI = "gemini-3.1-pro";

const MODELS: readonly (readonly [id: string, family: string])[] = [
  ["claude-sonnet-4-6-thinking", "Claude"],
  ["claude-opus-4-6-thinking", "Claude"],
  ["claude-haiku-4-5-20251001", "Claude"],
  ["gemini-3.1-pro", "Gemini"],
  ["gemini-3-flash", "Gemini"],
  ["gpt-5.1", "GPT"],
  ["gpt-5.1-codex", "GPT"],
  ["gpt-5.1-codex-max", "GPT"],
  ["gpt-5.2", "GPT"],
  ["gpt-5.2-codex", "GPT"],
  ["gpt-5.3-codex", "GPT"],
  ["gpt-5.4", "GPT"],
];

const CURL: Pick<PrintedCall, "method" | "path" | "auth" | "headers"> = {
  method: "POST",
  path: "/v1/chat/completions",
  auth: "bearer",
  headers: JSON_TYPE,
};

const TOOL = {
  type: "function",
  function: {
    name: "get_weather",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

const messages = (model: string, path = "/v1/messages"): Ask => ({
  path,
  headers: { "anthropic-version": "2023-06-01" },
  body: chatBody(model),
});

const BACKSLASHES =
  "printed on one line, with the backslashes of lost line breaks; the options are taken as meant";

/** In the list, of its family, and served at the base URL of its row. */
const modelRow = ([id, family]: (typeof MODELS)[number]): Statement =>
  says(`${id}: ${family}, at the base URL of its row`, async (world) => {
    expect(await listedModels(world)).toContain(id);
    expect(declaredModel(world, id).family).toBe(family);
    const chatted = await askAs(world, undefined, chat(id));
    expectStatus(chatted, 200);
    expect(chatted.json).toMatchObject({ object: "chat.completion", model: id });
    if (family === "Claude") expectStatus(await askAs(world, undefined, messages(id, "//v1/messages")), 200);
  });

async function conforms(world: World): Promise<void> {
  for (const model of [SONNET, GEMINI, GPT]) {
    const { json } = await askAs(world, undefined, chat(model));
    expect(json).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-/),
      object: "chat.completion",
      created: expect.any(Number),
      model,
      choices: [
        { index: 0, message: { role: "assistant", content: expect.any(String) }, finish_reason: "stop" },
      ],
    });
    const usage = json.usage as Record<string, number>;
    expect(usage.total_tokens).toBe((usage.prompt_tokens ?? 0) + (usage.completion_tokens ?? 0));
  }
}

async function dropIn(world: World): Promise<void> {
  for (const model of [SONNET, GEMINI, GPT]) {
    const system = { role: "system", content: "You are brief." };
    const asked = { messages: [system, ...user("Use get_weather for Ottawa")], tools: [TOOL], stream: true };
    const { status, text } = await askAs(world, undefined, chat(model, asked));
    expect(status).toBe(200);
    expect(text).toContain('"name":"get_weather"');
    expect(text.trimEnd()).toEndWith("data: [DONE]");
  }
}

async function isRefused(world: World, body: object): Promise<void> {
  expectRefusal(await askAs(world, undefined, { path: "/v1/chat/completions", body }), 400, {
    code: "invalid_request",
  });
}

async function tools(world: World, more: object): Promise<void> {
  const asked = { messages: user("Use get_weather for Ottawa"), tools: [TOOL], ...more };
  const { json } = await askAs(world, undefined, chat(GPT, asked));
  const [choice] = json.choices as { finish_reason: string; message: { tool_calls?: object[] } }[];
  expect(choice?.finish_reason).toBe("tool_calls");
  expect(choice?.message.tool_calls?.length).toBe(1);
}

async function wholeByDefault(world: World): Promise<void> {
  const whole = await askAs(world, undefined, chat(GPT));
  expect(whole.headers.get("content-type")).toStartWith("application/json");
  const streamed = await askAs(world, undefined, chat(GPT, { stream: true }));
  expect(streamed.headers.get("content-type")).toStartWith("text/event-stream");
}

async function cutAtLimit(world: World): Promise<void> {
  const { json } = await askAs(world, undefined, chat(GPT, { max_tokens: 4 }));
  expect(json).toMatchObject({ choices: [{ finish_reason: "length" }], usage: { completion_tokens: 4 } });
  const { max_tokens: _limit, ...free } = chatBody(GPT);
  expectStatus(await askAs(world, undefined, { path: "/v1/chat/completions", body: free }), 200);
}

const passes = (text: string, fields: object, more: Pick<Statement, "differs"> = {}): Statement =>
  says(text, (world) => passesOn(world, fields), more);

const ORIGIN = "https://api.quatarly.cloud";
const NOT_OURS = "installs another maker's program from its own address";

export const QUATARLY: PublishedPages = {
  name: "quatarly",
  example: "quatarly",
  sections: [
    section(
      "Overview",
      says("one key and one endpoint for Claude, Gemini and GPT", async (world) => {
        const { key } = await world.customer();
        for (const model of [SONNET, GEMINI, GPT])
          expectStatus(await ask(world.gateway, { key, ...chat(model) }), 200);
      }),
      says("all answers have the shape of Chat Completions", conforms),
      says("streaming, tool calls and system prompts work as at OpenAI", dropIn),
      says(
        "every request carries the key as a Bearer token",
        async (world) => {
          expectStatus(await ask(world.gateway, chat(GPT)), 401);
          expectStatus(await askAs(world, undefined, chat(GPT)), 200);
        },
        { differs: "x-api-key, x-goog-api-key and ?key= are taken as well" },
      ),
      says("a free key is got by oneself at /api-key", async (world) => {
        const key = await trialKey(world, "/api-key");
        expect(key).toStartWith("qua_trail_");
        expectStatus(await ask(world.gateway, { key, ...chat(GPT) }), 200);
      }),
    ),
    section(
      "Base URLs and endpoints",
      says("OpenAI's SDK, curl and OpenCode: /v1 as base URL", async (world) => {
        expect((await publicBaseUrls(world)).openai).toBe("https://api.quatarly.cloud/v1");
        expectStatus(await askAs(world, undefined, chat(GPT)), 200);
      }),
      says(
        "Claude Code and Anthropic's SDK: the root as base URL, which they append /v1/messages to",
        async (world) => {
          expect((await publicBaseUrls(world)).anthropic).toBe("https://api.quatarly.cloud");
          for (const path of ["/v1/messages", "//v1/messages"])
            expectStatus(await askAs(world, undefined, messages(SONNET, path)), 200);
        },
        {
          differs:
            "told to customers without the document's slash at the end; with it, //v1/messages is served too",
        },
      ),
      says("POST /v1/chat/completions: OpenAI's format, all models", conforms),
      says(
        "POST /v1/messages: Anthropic's format, Claude only",
        async (world) => {
          for (const model of [SONNET, GPT, GEMINI])
            expectStatus(await askAs(world, undefined, messages(model)), 200);
        },
        { differs: "every model is served there, not Claude alone" },
      ),
    ),
    section(
      "Rate limits",
      says("limits are counted per key, and a 429 tells of them", overLimit),
      says("trial: 70 requests a minute", async (world) => {
        const { headers } = await askAs(world, "trial", chat(GPT));
        expect(headers.get("x-ratelimit-limit-requests")).toBe("70");
      }),
      says("full: as the plan has it", (world) => {
        expect(declaredPlan(world, "full").limits.requestsPerMinute).toBeGreaterThan(70);
      }),
      says("trial: limited monthly credits", creditsUsedUp),
      says("full: monthly credits of the plan", async (world) => {
        const { key, account } = await world.customer("full", "0");
        expectStatus(await ask(world.gateway, { key, ...chat(GPT) }), 200);
        const { balance_nanos } = await world.gateway.operate("wallet.show", { account });
        expect(BigInt(String(balance_nanos))).toBeGreaterThan(19_000_000_000n);
      }),
      says("trial: 5 requests at a time", (world) => concurrency(world, "trial", 5, 429)),
      says("full: no bound on requests at a time", (world) => concurrency(world, "full", 25, 200)),
    ),
    section(
      "Models",
      says("every model answers at Chat Completions", async (world) => {
        expect((await listedModels(world)).toSorted()).toEqual(MODELS.map(([id]) => id).toSorted());
      }),
      MODELS.map(modelRow),
    ),
    section(
      "Factory AI Droid",
      unchecked("Droid's installers for Windows, macOS and Linux", NOT_OURS),
      says("an account at Factory, and a login with droid", () => installedFromNpm("droid"), {
        differs: `not needed: Droid asks Quoin without an account of its maker's; ${BY_THE_TABLE}`,
      }),
      says(
        "keys look like qua_trail_… or qua_…",
        async (world) => {
          expect((await world.customer("trial")).key).toMatch(/^qua_trail_[0-9A-Za-z]{38}$/);
          expect((await world.customer("full")).key).toMatch(/^qua_[0-9A-Za-z]{38}$/);
        },
        { differs: "qua_trail_ is spelled as the document does" },
      ),
      says(
        "the script takes the key and writes an entry for each model",
        (world) => droid(world, allEntries),
        {
          differs: "12 entries for the 12 models of the table, where the document counts 11",
        },
      ),
      says("run again with a new key it changes the entries and doubles none", (world) =>
        droid(world, (setUp) => newKeyInPlace(setUp, world)),
      ),
      says("grep of customModels shows the entries", (world) => droid(world, grepShows)),
      says("an entry's members, and which provider and base URL is whose", (world) => droid(world, members), {
        differs:
          "without the member id, which Droid makes itself, and without the slash at the end of the root",
      }),
      says("settings.json is kept as settings.json.backup", (world) => droid(world, backup)),
      says("the script needs Python 3", (world) => droid(world, allEntries, ["python3"]), {
        differs: "Node does as well, and with neither the lines to paste are printed",
      }),
      says("the same from PowerShell", (world) => scriptsServed(world, "factory-droid.ps1", ORIGIN), {
        differs:
          "served, and read by PowerShell's grammar in clients/setup; run only where PowerShell is installed",
      }),
    ),
    section(
      "Claude Code",
      says("npm install -g @anthropic-ai/claude-code", () => installedFromNpm("@anthropic-ai/claude-code"), {
        differs: BY_THE_TABLE,
      }),
      says("a script sets the variables for good", claudeForGood),
      { ...says("five exports by hand are enough", exportsByHand), needs: "node" },
      says("the same lines for PowerShell", powershellByHand, { differs: READ_NOT_RUN, needs: "python" }),
      ...MODELS.slice(0, 3).map(([id]) =>
        says(`the variable for ${id} names a model that is served`, async (world) => {
          const question = messages(id, "//v1/messages?beta=true");
          expectStatus(await askAs(world, undefined, question), 200);
        }),
      ),
      says("source ~/.zshrc or ~/.bashrc, or a new login, picks the script's changes up", nothingToSource, {
        differs:
          "nothing has to be sourced: the variables go into Claude Code's own settings, which programs with windows read too",
      }),
      says("Claude Code's requests are charged to the key", async (world) => {
        const customer = await world.customer();
        const headers = { "user-agent": "claude-cli/2.1.329 (external, sdk-cli)" };
        expectStatus(await ask(world.gateway, { key: customer.key, ...messages(SONNET), headers }), 200);
        const [row] = await world.gateway.requests(customer);
        expect(BigInt(row?.charge_nanos ?? 0)).toBeGreaterThan(0n);
      }),
    ),
    section(
      "OpenCode",
      says("npm install -g opencode-ai", () => installedFromNpm("opencode-ai"), { differs: BY_THE_TABLE }),
      says("its openai provider at /v1 with openai/gpt-5.3-codex: Responses, streamed", async (world) => {
        const body = { model: GPT, input: user("Hello"), stream: true, store: false };
        const { status, text } = await askAs(world, undefined, { path: "/v1/responses", body });
        expect(status).toBe(200);
        expect(text).toContain("event: response.completed");
      }),
      { ...says("the lines for bash write a configuration file that is JSON", opencodeFile), needs: "sh" },
      says("the lines for PowerShell write the same file", opencodeFileByPowershell, {
        differs: READ_NOT_RUN,
        needs: "python",
      }),
      says("all models appear under the openai provider", async (world) => {
        expect((await listedModels(world)).length).toBe(MODELS.length);
        for (const model of [SONNET, GEMINI]) {
          const body = { model, input: "Hello" };
          expectStatus(await askAs(world, undefined, { path: "/v1/responses", body }), 200);
        }
      }),
    ),
    section(
      "Request and answer of Chat Completions",
      says("model is required", (world) => isRefused(world, { messages: user("Hi") })),
      says("messages are required", (world) => isRefused(world, { model: GPT })),
      says("stream is optional, false by default", wholeByDefault),
      says("max_tokens is optional and a hard bound", cutAtLimit),
      passes("temperature, 0 to 2", { temperature: 1.9 }),
      passes("top_p", { top_p: 0.5 }),
      says("system: a prompt beside the messages", (world) =>
        passesOn(
          world,
          { system: "You are brief.", messages: user("Hello") },
          { messages: [{ role: "system", content: "You are brief." }, ...user("Hello")] },
        ),
      ),
      says("tools are functions to call", (world) => tools(world, {})),
      printed("the example request", {
        ...CURL,
        plan: "trial",
        body: {
          model: SONNET,
          messages: [
            { role: "system", content: "You are a helpful assistant." },
            { role: "user", content: "Explain quantum entanglement simply." },
          ],
          stream: false,
          max_tokens: 1024,
        },
        expected: { answer: "openai-chat" },
      }),
      says("the shape of the answer", conforms),
    ),
    section(
      "Parameters",
      passes("temperature: 0 is deterministic, 2 very random", { temperature: 0 }),
      says("max_tokens: the model's most by default", cutAtLimit),
      printed("stream: use curl -N", {
        ...CURL,
        unbuffered: true,
        body: { model: GPT, stream: true, messages: user("Hello!") },
        expected: { answer: "openai-chat", stream: true },
      }),
      passes("top_p: 1 by default", { top_p: 1 }),
      passes("stop: up to four sequences", { stop: ["a", "b", "c", "d"] }),
      passes("presence_penalty, GPT only", { presence_penalty: 0.5 }),
      says(
        "frequency_penalty, GPT only",
        async (world) => {
          await passesOn(world, { frequency_penalty: 0.5 });
          expectStatus(await askAs(world, undefined, chat(SONNET, { frequency_penalty: 0.5 })), 200);
        },
        {
          differs:
            "other models' requests may carry them: what their provider does not take is left out and named",
        },
      ),
      passes("tools", { tools: [TOOL] }),
      says("tool_choice: auto by default", (world) => tools(world, { tool_choice: "auto" })),
      passes("a provider's own parameters pass through", { prompt_cache_key: "k", verbosity: "low" }),
    ),
    section(
      "Samples with curl",
      printed(
        "basic chat",
        { ...CURL, body: { model: GPT, messages: user("Hello!") }, expected: { answer: "openai-chat" } },
        { differs: BACKSLASHES },
      ),
      printed("streaming", {
        ...CURL,
        unbuffered: true,
        body: { model: SONNET, stream: true, messages: user("Write a poem about the ocean.") },
        expected: { answer: "openai-chat", stream: true },
      }),
      printed("Claude with a system prompt", {
        ...CURL,
        body: {
          model: "claude-opus-4-6-thinking",
          messages: [
            { role: "system", content: "You are an expert Python developer." },
            { role: "user", content: "Refactor this function for readability." },
          ],
          max_tokens: 2048,
        },
        expected: { answer: "openai-chat" },
      }),
      printed("Gemini with a high temperature", {
        ...CURL,
        body: {
          model: GEMINI,
          messages: user("Brainstorm 10 startup ideas."),
          temperature: 1.4,
          max_tokens: 1024,
        },
        expected: { answer: "openai-chat" },
      }),
      printed("Claude at /v1/messages, with its key as a Bearer token", {
        ...CURL,
        path: "/v1/messages",
        headers: { ...JSON_TYPE, "anthropic-version": "2023-06-01" },
        body: {
          model: SONNET,
          max_tokens: 1024,
          system: "You are a helpful assistant.",
          messages: user("Explain transformers in ML simply."),
        },
        expected: { answer: "anthropic-messages" },
      }),
      says("there max_tokens is required, and the system prompt a field of its own", async (world) => {
        const { max_tokens: _limit, ...body } = chatBody(SONNET);
        const got = await askAs(world, undefined, { ...messages(SONNET), body });
        expectRefusal(got, 400, { type: "invalid_request_error" });
      }),
    ),
    section(
      "Samples for SDKs",
      pythonSample("Python, basic", "quatarly.py"),
      pythonSample("Python, streaming", "quatarly_streaming.py", {
        differs:
          "it reads stream.text_stream, which OpenAI's SDK does not have (Anthropic's does); its content.delta events are read instead",
      }),
      nodeSample("Node, basic", "quatarly.mjs"),
      nodeSample("Node, streaming", "quatarly_streaming.mjs"),
    ),
    section(
      "Error codes",
      says("OpenAI's shape, with a code whatever went wrong", everyKind),
      says("400: a field is missing, the model is unknown, the JSON is broken", badRequests),
      says("401: no key, or a wrong one", wrongKeys),
      says("402: the month's credits are used up", creditsUsedUp),
      says("429: over a limit, in the printed words", overLimit),
      says("500: the provider failed; try again", providerFails),
      says("503: the provider is away for now", providerAway),
    ),
    section(
      "Script files",
      ...["factory-droid.ps1", "factory-droid.sh", "claude-code.ps1", "claude-code.sh"].map((file) =>
        says(`${file}, by the name that it has here`, (world) => scriptsServed(world, file, ORIGIN)),
      ),
      says("the file that is changed is kept beside it as .backup", claudeBackup),
      says("Python 3 is enough for Factory's", (world) => droid(world, members, ["python3"])),
    ),
  ],
};
