// An operator's way: the claim link, an upstream, a model with its price and cost, a test call, a customer's request
// through the official SDK, and what it earned.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import OpenAI from "openai";
import { CONSOLE, codeTo, launch, newWindow, PASSWORD, step, URL_OF, watch } from "./browser.mjs";

const EMAIL = "grace@example.com";
const USAGE = { prompt_tokens: 1_000, completion_tokens: 500, total_tokens: 1_500 };
/** 1,000 tokens at $2 and 500 at $6 a million; half of it is the upstream's. */
const CHARGED = "$0.005";
const COST = "$0.0025";

const asked = [];
const upstream = createServer((request, response) => {
  asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
  request.resume();
  response.setHeader("content-type", "application/json");
  const message = { role: "assistant", content: "From the loopback." };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  response.end(
    JSON.stringify({
      id: "c-1",
      object: "chat.completion",
      created: 1,
      model: "inner",
      choices,
      usage: USAGE,
    }),
  );
});
await new Promise((ready) => upstream.listen(0, "127.0.0.1", ready));
const baseUrl = `http://127.0.0.1:${upstream.address().port}/v1`;

const browser = await launch();
// The forms are sent with mistakes, too.
const { page, faults } = await newWindow(
  browser,
  {},
  / (?:409|422) .*\/operator\/(?:upstreams|models|plans|settings)/,
);
watch(page);
const press = (name, on = page) => on.getByRole("button", { name, exact: true }).click();
const go = (name) => page.getByRole("navigation").getByRole("link", { name, exact: true }).click();

/** As scripts do, with the session that this browser has. */
async function call(method, path, body) {
  const { status, text } = await page.evaluate(
    async ([url, options]) => {
      const answer = await fetch(url, options);
      return { status: answer.status, text: await answer.text() };
    },
    [
      `${CONSOLE}/api/v1${path}`,
      {
        method,
        headers: { "content-type": "application/json", "x-quoin-console": "1" },
        ...(body && { body: JSON.stringify(body) }),
      },
    ],
  );
  assert.ok(status < 300, `${method} ${path}: ${status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

await step("claims the installation", async () => {
  await page.goto(process.env.QUOIN_TEST_CLAIM ?? "");
  await page.getByLabel("Your name").fill("Grace Hopper");
  await page.getByLabel("E-mail").fill(EMAIL);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("tabpanel").getByRole("button", { name: "Create account" }).click();
  await page.waitForURL(/\/(?:overview|verify)/);
  if (page.url().includes("/verify")) {
    await page.getByLabel("Code from the mail").fill(await codeTo(EMAIL));
    await press("Continue");
    await page.waitForURL(/\/overview$/);
  }
});

/** Fills fields by their labels. */
async function fill(form, fields) {
  for (const [label, text] of Object.entries(fields))
    await form.getByLabel(label, { exact: true }).fill(text);
}

await step("adds an upstream, after a test call", async () => {
  await go("Upstreams");
  await press("New upstream");
  const form = page.getByRole("dialog");
  await fill(form, { Id: "loopback", Address: "no address", Credential: "upstream-secret" });
  await press("Save", form);
  await form
    .getByText(/must be an http/)
    .first()
    .waitFor();
  assert.equal(
    await form.getByLabel("Address", { exact: true }).evaluate((field) => field === document.activeElement),
    true,
  );
  await fill(form, { Address: baseUrl, "Model to ask, by the upstream's own name": "inner" });
  await form.getByLabel("OpenAI Chat").check();
  await press("Test call", form);
  await form.getByText("Answered", { exact: true }).waitFor();
  assert.equal(asked.at(-1), "POST /v1/chat/completions Bearer upstream-secret");
  await press("Save", form);
  await form.waitFor({ state: "detached" });
});

await step("sees the upstream, with its credential hidden", async () => {
  await page.getByRole("button", { name: "loopback", exact: true }).click();
  await page.getByRole("dialog").getByText(baseUrl).waitFor();
  assert.ok(!(await page.content()).includes("upstream-secret"));
  await page.keyboard.press("Escape");
});

await step("changes it: the stored credential stays, and goes to no other server", async () => {
  await page.getByRole("button", { name: "loopback", exact: true }).click();
  await press("Change", page.getByRole("dialog"));
  const form = page.getByRole("dialog", { name: "Change upstream" });
  await fill(form, { Address: "http://127.0.0.1:9/v1" });
  await press("Save", form);
  await form
    .getByText(/another server's/)
    .first()
    .waitFor();
  await fill(form, { Address: baseUrl });
  await press("Save", form);
  await form.waitFor({ state: "detached" });
});

await step("adds a model that is not published, and tests it", async () => {
  await go("Models and prices");
  await press("New model");
  const form = page.getByRole("dialog");
  await fill(form, { Id: "sold", "Name for people": "Sold", "The upstream's own name of it": "inner" });
  await form.getByLabel("Published").uncheck();
  await form.getByLabel("Upstream", { exact: true }).selectOption("loopback");
  await press("Save", form);
  await form
    .getByText(/no list price is known/)
    .first()
    .waitFor();
  const price = form.getByLabel("Price", { exact: true });
  await fill(price, { "Input tokens": "1", "Output tokens": "1" });
  await press("Test call", form);
  await form.getByText("Answered", { exact: true }).waitFor();
  assert.equal(asked.at(-1), "POST /v1/chat/completions Bearer upstream-secret");
  await press("Save", form);
  await form.waitFor({ state: "detached" });
});

await step("prices it, and says what it costs", async () => {
  await page.getByRole("button", { name: "Sold", exact: true }).click();
  await press("Change", page.getByRole("dialog"));
  const form = page.getByRole("dialog", { name: "Change model" });
  await fill(form.getByLabel("Price", { exact: true }), { "Input tokens": "2", "Output tokens": "6" });
  await form.getByText("What you pay for it").click();
  const target = form.getByLabel("Served by", { exact: true });
  await fill(target, { "Input tokens": "1", "Output tokens": "3" });
  await press("Save", form);
  await form.waitFor({ state: "detached" });
  await page.getByRole("row", { name: /Sold/ }).getByText("50%").waitFor();
});

await step("publishes it", async () => {
  await page.getByRole("button", { name: "Sold", exact: true }).click();
  const drawer = page.getByRole("dialog");
  await press("Publish", drawer);
  await drawer.getByRole("button", { name: "Withdraw" }).waitFor();
  await page.keyboard.press("Escape");
});

await step("adds a plan with limits, and changes it", async () => {
  await go("Plans");
  await press("New plan");
  const form = page.getByRole("dialog");
  await fill(form, { Id: "team", "Keys begin with": "qn_team", Models: "sold, none-such" });
  await press("Save", form);
  await form
    .getByText(/end with _/)
    .first()
    .waitFor();
  await fill(form, { "Keys begin with": "qn_team_", Models: "sold" });
  await form.getByText("Limits of each key").click();
  await fill(form.getByLabel("Limits of each key", { exact: true }), { "Requests per minute": "70" });
  await press("Save", form);
  await form.waitFor({ state: "detached" });
  await page.getByRole("row", { name: /team/ }).getByText("70 req/min").waitFor();
  await press("Change", page.getByRole("row", { name: /team/ }));
  await fill(form, { "Of the price list": "0.5" });
  await press("Save", form);
  await page.getByRole("row", { name: /team/ }).getByText("× 0.5").waitFor();
});

await step("declares the brand; what quoin.yaml has is read-only, with its line", async () => {
  await page.goto(`${CONSOLE}/operator/settings`);
  await page.getByText(/Declared in quoin.yaml, line \d+/).waitFor();
  await press("Change", page.locator(".card", { hasText: "How the service looks" }));
  const form = page.getByRole("dialog");
  await fill(form, { "Name of the service": "Corner AI", "Buttons and links": "red" });
  await press("Save", form);
  await form
    .getByText(/must be a colour/)
    .first()
    .waitFor();
  await fill(form, { "Buttons and links": "#7a1f5c" });
  await press("Save", form);
  await form.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Corner AI" }).first().waitFor();
  await page.getByText("name: Corner AI").waitFor();
});

/** The card of a section among the settings, by its lead. */
const sectionCard = (lead) => page.locator(".card", { hasText: lead });

await step("declares a region and a domain in it; what is wrong is named by its field", async () => {
  await press("Change", sectionCard("Places where your nodes stand"));
  const form = page.getByRole("dialog");
  await press("Add a region", form);
  await fill(form, { Id: "eu", "Name for people": "Europe", City: "Frankfurt" });
  await press("Save", form);
  await form.waitFor({ state: "detached" });
  await press("Change", sectionCard("Names by which customers reach the service"));
  await press("Add a domain", form);
  await fill(form, { Domain: "https://eu.example.com" });
  await press("Save", form);
  await form
    .getByText(/must be a host name/)
    .first()
    .waitFor();
  await fill(form, { Domain: "eu.example.com" });
  await form.getByLabel("Region", { exact: true }).selectOption("eu");
  await press("Save", form);
  await form.waitFor({ state: "detached" });
  await sectionCard("Names by which customers").getByText("Requests · eu").waitFor();
});

await step("a region that a domain lies in stays", async () => {
  const card = sectionCard("Places where your nodes stand");
  await press("Remove", card);
  const dialog = page.getByRole("dialog");
  await press("Remove", dialog);
  await page.getByText(/"hosts" needs it/).waitFor();
  await page.keyboard.press("Escape");
  await press("Remove", sectionCard("Names by which customers"));
  await press("Remove", dialog);
  await dialog.waitFor({ state: "detached" });
});

await step("words an error as its documents have it, also for one kind of client", async () => {
  await press("Change", sectionCard("Where your documented errors differ"));
  const form = page.getByRole("dialog");
  await form.getByLabel("Add a kind of error").selectOption("model_not_found");
  const kind = form.getByRole("group", { name: "model_not_found" });
  await fill(kind, { "HTTP status": "200", Wording: "Not sold: {message}" });
  await press("Save", form);
  await form
    .getByText(/must be at least 400/)
    .first()
    .waitFor();
  await fill(kind, { "HTTP status": "410" });
  await kind.getByLabel("Otherwise for some clients").selectOption("gemini");
  await fill(kind.getByRole("group", { name: "gemini" }), { Code: "NOT_FOUND" });
  await press("Save", form);
  await form.waitFor({ state: "detached" });
  await page.getByText("410 · Not sold: {message} · gemini").waitFor();
  await page.getByText("status: 410").waitFor();
});

await step("sells in euros, and agrees a price", async () => {
  await press("Change", sectionCard("Shown and paid in besides US dollars"));
  const form = page.getByRole("dialog");
  await press("Add a rate", form);
  const rate = { Currency: "EUR", "A dollar is": "0.92", "From this day or moment (UTC)": "2026-01-01" };
  await fill(form, rate);
  await press("Save", form);
  await form.waitFor({ state: "detached" });
  await page.getByText("$1 = 0.92 EUR").waitFor();
  await press("Change", sectionCard("What single customers pay"));
  await press("Add a customer", form);
  await fill(form, { Organisation: "acme", "Of the price list": "0.5" });
  await press("Save", form);
  await form.waitFor({ state: "detached" });
  await sectionCard("What single customers pay").getByText("× 0.5").waitFor();
  await page.getByText('price_multiplier: "0.50"').waitFor();
});

await step("closes the catalogue: a stranger is asked to sign in, and comes back to it", async () => {
  const choose = async (value) => {
    await press("Change", sectionCard("Who sees which models there are"));
    const form = page.getByRole("dialog");
    await form.getByLabel("Models and prices are shown to").selectOption(value);
    await press("Save", form);
    await form.waitFor({ state: "detached" });
  };
  await choose("signed-in");
  const stranger = await newWindow(browser);
  await stranger.page.goto(`${CONSOLE}/pricing`);
  await stranger.page.getByRole("heading", { name: "Sign in to see models and prices" }).waitFor();
  await stranger.page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
  await stranger.page.waitForURL(/\/sign-in\?next=%2Fpricing|\/sign-in\?next=\/pricing/);
  const scripts = await (await fetch(`${URL_OF}/setup/opencode`)).text();
  assert.ok(!scripts.includes("corner-small"), scripts);
  assert.deepEqual(stranger.faults, []);
  await stranger.context.close();
  await choose("");
});

await step("reads what the environment said", async () => {
  const card = sectionCard("read once when it starts");
  await card.getByText("QUOIN_OUTBOX").waitFor();
  await card.getByText("Variables that are not set").click();
  await card.getByText("QUOIN_SECRET", { exact: true }).waitFor();
});

await step("a customer's SDK uses it", async () => {
  const { accounts } = await call("GET", "/me");
  await call("POST", `/operator/accounts/${accounts[0].id}/grants`, { amount_nanos: "1000000000" });
  const { key } = await call("POST", `/accounts/${accounts[0].name}/keys`, { name: "Customer" });
  const client = new OpenAI({ apiKey: key, baseURL: `${URL_OF}/v1`, maxRetries: 0 });
  const answer = await client.chat.completions.create({
    model: "sold",
    max_tokens: 500,
    messages: [{ role: "user", content: "Hello" }],
  });
  assert.equal(answer.choices[0].message.content, "From the loopback.");
  assert.equal(answer.model, "sold");
});

await step("sees charge, cost and margin", async () => {
  await go("Live traffic");
  const row = page.getByRole("row", { name: /sold/ });
  await row.getByText(CHARGED, { exact: true }).waitFor();
  await page.goto(`${CONSOLE}/operator/overview`);
  await page.getByText("Margin").first().waitFor();
  const said = await page.locator("main").innerText();
  assert.ok(said.includes(CHARGED) && said.includes(COST), said.slice(0, 600));
  assert.match(said, /50% of what was charged where the cost is known/);
});

assert.deepEqual(faults, []);
upstream.close();
await browser.close();
