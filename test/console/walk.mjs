// Walks through the console in Debian's chromium, under Node, and prints what it found as one line of JSON:
//   node test/console/walk.mjs CLAIM_LINK ACCOUNT_FILE
// It stops after the sign-up until ACCOUNT_FILE has gone: by then the account has money.
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { judged } from "../support/axe.mjs";

const [claim, accountFile] = process.argv.slice(2);
// The cookie holds for the host that the link names.
const url = new URL(claim).origin;
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

const found = { steps: [], serious: [], errors: [], overflowing: [], interactiveMs: 0, refused: [] };
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: WIDE, locale: "en-US" });
context.setDefaultTimeout(15_000);
const page = await context.newPage();
page.on("pageerror", (error) => found.errors.push(String(error)));
page.on("console", (message) => {
  // Nobody is signed in at first, and asking who is says so with a 401.
  if (message.type() === "error" && !message.text().includes("401")) found.errors.push(message.text());
});

const step = (name) => found.steps.push(name);
const heading = (name) => page.getByRole("heading", { level: 1, name }).waitFor();

async function judge(where) {
  for (const violation of await judged(page)) found.serious.push(`${where}: ${violation}`);
}

/** Types into the field that has the focus, then goes on with the Tab key. */
async function type(text) {
  await page.keyboard.type(text);
  await page.keyboard.press("Tab");
}

/** Presses Tab until something of this name has the focus, as people do who have no mouse. */
async function tabTo(name, most = 60) {
  for (let pressed = 0; pressed < most; pressed++) {
    const here = await page.evaluate(() => {
      const { activeElement: element } = document;
      if (element === document.body) return "";
      return `${element?.getAttribute("aria-label") ?? ""} ${element?.textContent ?? ""}`.trim();
    });
    if (here.includes(name)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`"${name}" cannot be reached with the Tab key`);
}

const TRIES_MAX = 8;
const QUICK_MS = 1_000;

/** With nothing cached, from the address to a field that takes letters: the best of some, since others work here too. */
async function measure() {
  let best = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < TRIES_MAX && best > QUICK_MS; tries++) {
    const fresh = await browser.newContext({ viewport: WIDE });
    const first = await fresh.newPage();
    await first.goto(`${url}/console/sign-in`, { waitUntil: "commit" });
    await first.getByLabel("E-mail").waitFor();
    best = Math.min(best, await first.evaluate(() => performance.now()));
    await fresh.close();
  }
  return best;
}

async function signUp() {
  await page.goto(claim);
  await page.getByLabel("Your name").waitFor();
  await judge("claim");
  await page.getByLabel("Your name").focus();
  await type("Ada Lovelace");
  await type("ada@example.com");
  await page.keyboard.type("correct horse battery");
  await page.keyboard.press("Enter");
  await heading("Overview");
  step("signed up by keyboard");
}

async function makeKey() {
  await page.goto(`${home}/keys`);
  await heading("Keys");
  await tabTo("New key");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await judge("new key");
  await page.keyboard.type("Laptop");
  await page.keyboard.press("Enter");
  const key = await page.locator(".dialog .copy-line code").textContent();
  step("made a key by keyboard");
  await tabTo("Done");
  await page.keyboard.press("Enter");
  await page.getByText("Laptop", { exact: true }).waitFor();
  return key;
}

async function sendRequest(key) {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "demo", messages: [{ role: "user", content: "Hello" }] }),
  });
  if (!answer.ok) found.refused.push(`${answer.status} ${await answer.text()}`);
  else await answer.text();
}

async function seeItArrive(key) {
  const listening = page.waitForResponse((answer) => answer.url().includes("/requests/live"));
  await page.goto(`${home}/connect`);
  await listening;
  await sendRequest(key);
  await page.getByText("Connected: demo answered").waitFor();
  step("saw the request arrive");
  await page.getByRole("link", { name: "See the request" }).click();
  await page.getByText("Timing").waitFor();
  await judge("request");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  step("closed the drawer with Escape");
}

/** A key that keeps its prompts; the page of its request shows what was said. */
async function readPrompt() {
  const account = home.slice(home.lastIndexOf("/") + 1);
  const key = await page.evaluate(async (name) => {
    const answer = await fetch(`/console/api/v1/accounts/${name}/keys`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-quoin-console": "1" },
      body: JSON.stringify({ name: "Kept", keep_prompts: true }),
    });
    return (await answer.json()).key;
  }, account);
  await sendRequest(key);
  await page.goto(`${home}/requests`);
  await page.locator("a.cell-link").first().click();
  await page.getByText("Prompt and answer").waitFor();
  await page.locator(".prompt-turn.assistant").getByText("demo upstream").waitFor();
  await judge("a kept prompt");
  step("read what a request said");
}

async function talk() {
  await page.goto(`${home}/playground`);
  await page.getByRole("textbox", { name: "Message" }).fill("Hello there");
  await page.keyboard.press("Enter");
  await page.getByText("costs $").waitFor();
  step("talked in the playground");
  await page.getByText("Tools (0)").click();
  await page.getByRole("button", { name: "Add a tool" }).click();
  await page.getByRole("textbox", { name: "Message" }).fill("Use the tool get_weather");
  await page.keyboard.press("Enter");
  await page.getByLabel("Result of get_weather").fill("21 degrees");
  await judge("a call that waits");
  await page.getByRole("button", { name: "Send results" }).click();
  await page.getByText("answered: “21 degrees”").waitFor();
  step("answered a model's call by hand");
  await page.getByRole("button", { name: "Copy as code" }).click();
  await page.getByRole("dialog").getByText("tool_call_id").waitFor();
  await judge("copy as code");
}

/** The payment provider's page pays at once and comes back. */
async function turnOnTopUps() {
  await page.goto(`${home}/wallet`);
  await page.getByRole("button", { name: "Save a card" }).click();
  await page.getByText("Off. visa 4242 is saved").waitFor();
  const card = page.locator("section", { hasText: "Automatic top-up" });
  await card.getByRole("button", { name: "Turn on" }).click();
  await page.getByLabel("Charge each time").waitFor();
  await judge("automatic top-up");
  await page.getByLabel("At most in a month").fill("50");
  await page.keyboard.press("Enter");
  await page.getByText("$25.00 is charged to visa 4242").waitFor();
  step("turned automatic top-up on");
}

/** From the pricing page to the provider's, and back to a plan that is in force. */
async function subscribe() {
  await page.goto(`${url}/console/pricing`);
  await page.getByRole("link", { name: "Choose Team" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Seats").fill("3");
  await dialog.getByText("$44.00 a month").waitFor();
  await judge("choosing a plan");
  await dialog.getByRole("button", { name: "Go to payment" }).click();
  await page.getByText("1 of 3 taken by members").waitFor();
  await page.getByRole("button", { name: "End the plan" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End the plan" }).click();
  await page.getByRole("button", { name: "Keep the plan" }).click();
  await page.getByText("for Team, 3 seats").waitFor();
  step("chose a plan, ended it and kept it");
}

/** Amounts are in both currencies from then on, on every page that is judged. */
async function showEuros() {
  await page.goto(`${home}/settings`);
  await page.getByLabel("Amounts are shown in").selectOption("EUR");
  await page.goto(`${home}/wallet`);
  await page.getByText("available and held ≈ €").waitFor();
  await page.getByRole("button", { name: "Top up", exact: true }).click();
  await page.getByText("You pay €23.00 for $25.00 of credit").waitFor();
  await judge("paying in another currency");
  await page.getByRole("button", { name: "Go to payment" }).click();
  await page.getByText("paid 23.00 EUR at 0.92").waitFor();
  step("saw and paid amounts in another currency");
}

const PAGES = [
  "overview",
  "requests",
  "keys",
  "wallet",
  "models",
  "connect",
  "playground",
  "members",
  "settings",
];

async function judgeAll(viewport, colorScheme) {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
  for (const path of [...PAGES.map((name) => `${home}/${name}`), `${url}/console/profile`]) {
    await page.goto(path);
    await page.locator("main h1").waitFor();
    await page.locator(".skeleton").first().waitFor({ state: "detached" });
    const name = `${path.slice(url.length)} ${viewport.width} ${colorScheme}`;
    await judge(name);
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (beyond > 0) found.overflowing.push(`${name}: ${beyond} px`);
  }
}

let home = "";
try {
  await signUp();
  found.interactiveMs = await measure();
  const account = new URL(page.url()).pathname.split("/")[3];
  home = `${url}/console/o/${account}`;
  // Moved into its place: whoever sees the file sees all of it.
  writeFileSync(`${accountFile}.new`, account);
  renameSync(`${accountFile}.new`, accountFile);
  while (existsSync(accountFile)) await new Promise((resolve) => setTimeout(resolve, 50));
  await seeItArrive(await makeKey());
  await talk();
  await readPrompt();
  await turnOnTopUps();
  await subscribe();
  await showEuros();
  await judgeAll(WIDE, "light");
  await judgeAll(PHONE, "dark");
} catch (error) {
  found.errors.push(`at ${page.url()}: ${(await page.locator("body").innerText()).slice(0, 400)}`);
  found.errors.push(`after ${found.steps.at(-1)}: ${error}`);
}
await browser.close();
process.stdout.write(`${JSON.stringify(found)}\n`);
