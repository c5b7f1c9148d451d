// Pictures of pages in Debian's chromium, for people who look at them:
//   node console/shots.mjs URL FOLDER [--state FILE] [--wide] [--phone] [--light] [--dark] PATH …
// Without options each path is taken at 1440 and 390 px, light and dark.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [url, folder, ...rest] = process.argv.slice(2);
const options = new Set(rest.filter((word) => word.startsWith("--")));
const stateAt = rest.indexOf("--state");
const state = stateAt < 0 ? undefined : rest[stateAt + 1];
const paths = rest.filter((word) => !word.startsWith("--") && word !== state);
if (!url || !folder || paths.length === 0) throw new Error("usage: shots.mjs URL FOLDER [OPTIONS] PATH …");

const chosen = (pair) =>
  pair.some((one) => options.has(`--${one}`)) ? pair.filter((one) => options.has(`--${one}`)) : pair;
const WIDTHS = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const width of chosen(["wide", "phone"])) {
  for (const colorScheme of chosen(["light", "dark"])) {
    const context = await browser.newContext({
      viewport: WIDTHS[width],
      colorScheme,
      ...(state ? { storageState: state } : {}),
    });
    const page = await context.newPage();
    page.on("console", (message) => message.type() === "error" && console.log(message.text()));
    page.on("pageerror", (error) => console.log(String(error)));
    for (const path of paths) {
      await page.goto(`${url}/console${path}`, { waitUntil: "load" }).catch(() => {});
      await page.waitForTimeout(1500);
      const name = path.replace(/[/?=&]+/g, "-").replace(/^-|-$/g, "") || "home";
      await page.screenshot({ path: join(folder, `${name}.${width}.${colorScheme}.png`), fullPage: true });
    }
    await context.close();
  }
}
await browser.close();
