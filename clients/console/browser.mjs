// What the scripts of this folder share: Debian's chromium, the visible outbox, and steps that say where they failed.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

const STEP_MS_MAX = 10_000;

/** Of the gateway, without a trailing slash. */
export const URL_OF = process.env.QUOIN_TEST_URL ?? "";
export const CONSOLE = `${URL_OF}/console`;
export const SCREENS = resolve(import.meta.dirname, "../../.run/screens");
export const PASSWORD = "a long enough pass phrase";

export const launch = () =>
  chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });

/** The console learns that nobody is signed in by asking, and the browser logs the answer. */
const STRANGER = / 401 .*\/me$/;

/**
 * What a page did that no page of ours may do: errors in its log or code, and requests to other origins.
 * @param {import("playwright-core").BrowserContext} context
 * @param {RegExp} [expected] errors that the script means to see
 * @returns {string[]} filled as the pages run
 */
export function faultsOf(context, expected) {
  const faults = [];
  const note = (text) => STRANGER.test(text) || expected?.test(text) || faults.push(text);
  context.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      note(`${message.page()?.url()} logs: ${message.text()} ${message.location().url}`);
  });
  context.on("weberror", (error) => note(`${error.page()?.url()} throws: ${error.error()}`));
  context.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== new URL(URL_OF).origin) note(`asks ${request.url()}`);
  });
  return faults;
}

/** A window of its own session, and its faults. */
export async function newWindow(browser, options = {}, expected = undefined) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  context.setDefaultTimeout(STEP_MS_MAX);
  const faults = faultsOf(context, expected);
  return { context, faults, page: await context.newPage() };
}

/** The newest message to an address or number; there is no sender here, so all of them lie in the outbox. */
export async function messageTo(to) {
  const answer = await fetch(`${CONSOLE}/api/v1/dev/outbox`);
  const { items } = await answer.json();
  const message = items.find((one) => one.to === to);
  assert.ok(message, `nothing was sent to ${to}`);
  return message.text;
}

export const codeTo = async (to) => /\b(\d{6})\b/.exec(await messageTo(to))?.[1] ?? "";

export const linkTo = async (to) => /http\S+/.exec(await messageTo(to))?.[0] ?? "";

let shown;

/** The page that is pictured when a step fails. */
export function watch(page) {
  shown = page;
}

/** One step of a script; where it fails the script ends with its name, and a picture of the page. */
export async function step(name, run) {
  try {
    return await run();
  } catch (cause) {
    const file = join(SCREENS, `failed-${name.replaceAll(/\W+/g, "-")}.png`);
    mkdirSync(SCREENS, { recursive: true });
    await shown?.screenshot({ path: file, fullPage: true }).catch(() => {});
    console.error(`FAILED ${name} at ${shown?.url()}; see ${file}\n`, cause);
    process.exit(1);
  }
}

/** An error of the vendors' SDKs, whose status is the one that was expected. */
export async function refusal(call, status) {
  try {
    await call();
  } catch (error) {
    assert.equal(error.status, status, String(error));
    return error;
  }
  assert.fail(`the call succeeded, and ${status} was expected`);
}
