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
const { page, faults } = await newWindow(browser);
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

await step("declares an upstream, and a model with price and cost", async () => {
  await call("POST", "/operator/upstreams", {
    id: "loopback",
    provider: "openai-compatible",
    base_url: baseUrl,
    api_key: "upstream-secret",
    protocols: ["openai-chat"],
  });
  await call("POST", "/operator/models", {
    id: "sold",
    display_name: "Sold",
    price: { input: "2", output: "6" },
    targets: [{ upstream: "loopback", model: "inner", cost: { input: "1", output: "3" } }],
  });
});

await step("sees the upstream, with its credential hidden", async () => {
  await go("Upstreams");
  await page.getByText("loopback", { exact: true }).first().click();
  await page.getByRole("dialog").getByText(baseUrl).waitFor();
  assert.ok(!(await page.content()).includes("upstream-secret"));
  await page.keyboard.press("Escape");
});

await step("tests the model", async () => {
  await go("Models and prices");
  await page.getByText("Sold", { exact: true }).first().click();
  const drawer = page.getByRole("dialog");
  await press("Test call", drawer);
  await drawer.getByText("Answered").waitFor();
  assert.equal(asked.at(-1), "POST /v1/chat/completions Bearer upstream-secret");
  await page.keyboard.press("Escape");
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
});

assert.deepEqual(faults, []);
upstream.close();
await browser.close();
