// A customer's way, from the sign-up to a cap that is hit, with the official SDK between the presses.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import OpenAI from "openai";
import {
  CONSOLE,
  codeTo,
  launch,
  linkTo,
  newWindow,
  PASSWORD,
  refusal,
  step,
  URL_OF,
  watch,
} from "./browser.mjs";

const EMAIL = "ada@example.com";
const MEMBER = "charles@example.com";
const PHONE = "+14155552671";
const MEMBER_PHONE = "+14155552672";
const CODE = process.env.QUOIN_TEST_CODE ?? "";

const browser = await launch();
const { page, faults } = await newWindow(browser, {}, / 422 .*redeem$/);
watch(page);

const sdk = (apiKey) => new OpenAI({ apiKey, baseURL: `${URL_OF}/v1`, maxRetries: 0 });
const ask = (apiKey, model = "corner-large") =>
  sdk(apiKey).chat.completions.create({
    model,
    max_tokens: 200,
    messages: [{ role: "user", content: "Hello" }],
  });

const press = (name, on = page) => on.getByRole("button", { name, exact: true }).click();
const go = (name, on = page) => on.getByRole("navigation").getByRole("link", { name, exact: true }).click();

async function provePhone(on, phone) {
  await on.getByLabel("Phone number").fill(phone);
  await press("Send the code", on);
  await giveCode(on, `Code sent to ${phone}`, phone);
}

async function giveCode(on, label, sentTo) {
  await on.getByLabel(label).waitFor();
  await on.getByLabel(label).fill(await codeTo(sentTo));
  await press("Continue", on);
}

async function makeKey(on, name) {
  await on.getByRole("button", { name: "New key" }).first().click();
  const dialog = on.getByRole("dialog");
  await dialog.getByLabel("Name").fill(name);
  await press("Create key", dialog);
  const key = (await dialog.locator("code").first().innerText()).trim();
  assert.match(key, /^qn_live_[0-9A-Za-z]{38}$/);
  await press("Done", dialog);
  return key;
}

await step("signs up with a code by text and one by mail", async () => {
  await page.goto(`${CONSOLE}/sign-up`);
  await page.getByLabel("Your name").fill("Ada Lovelace");
  await page.getByLabel("E-mail").fill(EMAIL);
  await page.getByLabel("Password").fill(PASSWORD);
  await press("Continue");
  await provePhone(page, PHONE);
  await giveCode(page, "Code from the mail", EMAIL);
  await page.waitForURL(/\/overview$/);
});

await step("has trial credit", async () => {
  await go("Wallet");
  await page.getByText("Trial credit").first().waitFor();
  await page.getByText("$1.00").first().waitFor();
});

const key = await step("creates a key", async () => {
  await go("Keys");
  return makeKey(page, "Laptop");
});

await step("sees a request appear live", async () => {
  await go("Requests");
  await press("Live");
  await page.getByRole("button", { name: "Live: on" }).waitFor();
  const answer = await ask(key);
  assert.ok(answer.usage.total_tokens > 0);
  await page.getByRole("link", { name: "corner-large" }).waitFor();
});

await step("opens it and its receipt", async () => {
  await page.getByRole("link", { name: "corner-large" }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("Input tokens").waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    drawer.getByRole("link", { name: "Signed receipt" }).click(),
  ]);
  const receipt = JSON.parse(await readFile(await download.path(), "utf8"));
  assert.match(JSON.stringify(receipt), /corner-large/);
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
});

await step("tops up by a code, which holds once", async () => {
  await go("Wallet");
  for (const outcome of [/\$5\.00 added/, /code/i]) {
    await press("Redeem a code");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Code").fill(CODE);
    await press("Redeem", dialog);
    await page.getByText(outcome).last().waitFor();
    await page.keyboard.press("Escape");
  }
  await page.getByText("Redeemed code").first().waitFor();
});

await step("invites a member", async () => {
  await go("Members");
  await press("Invite a member");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail").fill(MEMBER);
  await press("Send invitation", dialog);
  await page.getByRole("table", { name: "Open invitations" }).getByText(MEMBER).waitFor();
});

const other = await newWindow(browser);
await step("the member accepts in a browser of their own", async () => {
  watch(other.page);
  await other.page.goto(await linkTo(MEMBER));
  await other.page.getByLabel("Your name").fill("Charles Babbage");
  await other.page.getByLabel("Password").fill(PASSWORD);
  await press("Continue", other.page);
  await provePhone(other.page, MEMBER_PHONE);
  await other.page.waitForURL(/\/overview$/);
});

const memberKey = await step("the member creates a key", async () => {
  await go("Keys", other.page);
  return makeKey(other.page, "Analytical engine");
});

await step("the member's spending is capped", async () => {
  watch(page);
  await ask(memberKey);
  await page.reload();
  await page
    .getByRole("row", { name: /Charles Babbage/ })
    .getByTitle(/^Actions/)
    .click();
  await press("Role and cap");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Monthly cap").fill("0.02");
  await press("Save", dialog);
  await page.getByText("$0.02 a month").waitFor();
});

const refused = await step("the SDK hits the cap, and only the member's key", async () => {
  const error = await refusal(async () => {
    for (let asked = 0; asked < 20; asked++) await ask(memberKey);
  }, 402);
  await ask(key);
  return error.message;
});

await step("the console says why", async () => {
  await page
    .getByRole("row", { name: /Charles Babbage/ })
    .getByRole("link", { name: "Requests" })
    .click();
  await page.getByRole("row", { name: /402/ }).first().getByRole("link").click();
  const drawer = page.getByRole("dialog");
  const said = await drawer.locator(".notice.bad").innerText();
  assert.match(said, /month/);
  assert.ok(refused.includes(said), `the client was told "${refused}", the console says "${said}"`);
});

assert.deepEqual([...faults, ...other.faults], []);
await browser.close();
