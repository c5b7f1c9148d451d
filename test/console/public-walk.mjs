// Walks through the public pages in Debian's chromium, under Node, and prints what it found as one line of JSON:
//   node test/console/public-walk.mjs URL KEY [FOLDER]
// With a folder each page is pictured there.
import { join } from "node:path";
import { chromium } from "playwright-core";
import { judged } from "../support/axe.mjs";

const [url, key, folder] = process.argv.slice(2);
const WIDTHS = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

const found = { steps: [], serious: [], errors: [], overflowing: [] };
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const context = await browser.newContext({ locale: "en-US" });
context.setDefaultTimeout(15_000);
const page = await context.newPage();
page.on("pageerror", (error) => found.errors.push(String(error)));
page.on("console", (message) => {
  // Nobody is signed in, and asking who is says so with a 401.
  if (message.type() === "error" && !message.text().includes("401")) found.errors.push(message.text());
});

async function judge(where) {
  for (const violation of await judged(page)) found.serious.push(`${where}: ${violation}`);
}

/** The page as it stands, wide and on a phone, light and dark. */
async function look(name) {
  for (const [width, viewport] of Object.entries(WIDTHS)) {
    await page.setViewportSize(viewport);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wider > 0) found.overflowing.push(`${name} by ${wider} px at ${viewport.width}`);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await judge(`${name}, ${width}, ${colorScheme}`);
      if (folder)
        await page.screenshot({ path: join(folder, `${name}.${width}.${colorScheme}.png`), fullPage: true });
    }
  }
  await page.setViewportSize(WIDTHS.wide);
}

async function probe() {
  await page.goto(`${url}/console/probe`);
  await page.getByLabel("API key").fill("nonsense");
  await page.keyboard.press("Enter");
  await page.getByText("this key is unknown here").waitFor();
  await look("probe-asked");
  await page.getByLabel("API key").fill(key);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Last requests" }).waitFor();
  await page
    .getByRole("cell", { name: /of 100K tokens/ })
    .first()
    .waitFor();
  if (page.url().includes(key)) throw new Error("the key is in the address");
  await look("probe-found");
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByRole("button", { name: "Another key" }).click();
  await page.getByLabel("API key").waitFor();
  found.steps.push("looked at a key");
}

async function pricing() {
  await page.goto(`${url}/console/pricing`);
  await page.getByText("$19.00").waitFor();
  await look("pricing");
  await page.getByLabel("Search").fill("shown");
  await page.getByRole("button", { name: "plain-model" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "shown-model" }).click();
  await page.getByRole("dialog").getByText("$4.00 per million").first().waitFor();
  await look("pricing-model");
  await page.keyboard.press("Escape");
  found.steps.push("read the prices");
}

/** The code of the newest message to an address. */
async function codeTo(address) {
  for (let tries = 0; tries < 100; tries++) {
    const { items } = await (await context.request.get(`${url}/console/api/v1/dev/outbox`)).json();
    const sent = items.find(({ to }) => to === address);
    if (sent) return /\b\d{6}\b/.exec(sent.text)[0];
    await page.waitForTimeout(50);
  }
  throw new Error(`nothing was sent to ${address}`);
}

async function trial() {
  await page.goto(`${url}/free-key`);
  await page.getByLabel("E-mail").fill("ann@example.com");
  await look("trial-asked");
  await page.keyboard.press("Enter");
  await page.getByLabel("Code sent to").fill(await codeTo("ann@example.com"));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Configure my tool" }).waitFor();
  const made = await page.getByText(/^qn_trial_\w{38}$/).textContent();
  const answer = await context.request.get(`${url}/v1/models`, {
    headers: { authorization: `Bearer ${made}` },
  });
  if (answer.status() !== 200) throw new Error(`the trial key is answered with ${answer.status()}`);
  await look("trial-given");
  found.steps.push("got a trial key");
}

try {
  await probe();
  await pricing();
  await trial();
} catch (error) {
  found.errors.push(String(error));
  if (folder) await page.screenshot({ path: join(folder, "failed.png"), fullPage: true });
}
await browser.close();
// The console answers a refused key with 404, which browsers report as an error.
found.errors = found.errors.filter((text) => !/status of 404/.test(text));
console.log(JSON.stringify(found));
