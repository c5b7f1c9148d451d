// Every page, wide and on a phone, light and dark: pictured, judged by axe, no wider than its window, with nothing in
// the browser's log; and every control of it reached by Tab in the order it is read.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { judged } from "../../test/support/axe.mjs";
import { CONSOLE, launch, newWindow, SCREENS } from "./browser.mjs";
import { unreached } from "./keyboard.mjs";
import { allRoutes } from "./routes.mjs";
import { filled, seed } from "./seed.mjs";

const VIEWS = [
  ["1440", { width: 1440, height: 900 }],
  ["390", { width: 390, height: 844 }],
];

mkdirSync(SCREENS, { recursive: true });
const wrong = [];
const { state, names, bare } = await seed();
const browser = await launch();

async function open(page, path) {
  await page.goto(`${CONSOLE}${path}`);
  await page.locator("h1").first().waitFor();
  await page.locator(".skeleton").first().waitFor({ state: "detached" });
  // Charts are drawn in the frame after their numbers came.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

async function visit({ page, faults }, path, name, byKeyboard) {
  const told = (text) => wrong.push(`${name}: ${text}`);
  try {
    await open(page, path);
    for (const violation of await judged(page)) told(violation);
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (beyond > 0) told(`is ${beyond} px wider than its window`);
    if (await page.getByText("There is no such page").count()) told("is not found");
    await page.screenshot({ path: join(SCREENS, `${name}.png`), fullPage: true });
    if (byKeyboard) for (const control of await unreached(page)) told(control);
  } catch (error) {
    told(String(error));
  }
  for (const fault of faults.splice(0)) told(fault);
}

const named = (path) =>
  path
    .replaceAll(/[{}:]|#.*/g, "")
    .replaceAll(/[/?=]/g, "-")
    .slice(1);
const INSIDE = /^\/(?:o|operator|profile)\b/;
/** Without the token of a link these show what to do, and are not refused by the API. */
const REFUSED = / 4(?:01|04|22) .*\/(?:me|look)$/;

for (const [width, viewport] of VIEWS)
  for (const colorScheme of ["light", "dark"]) {
    const look = `${width}-${colorScheme}`;
    const inside = await newWindow(browser, { viewport, colorScheme, storageState: state });
    const outside = await newWindow(browser, { viewport, colorScheme }, REFUSED);
    const byKeyboard = colorScheme === "light";
    for (const route of allRoutes()) {
      // The pages of an organisation, as its operator sees them.
      if (route.startsWith("/operator/accounts/{accountId}/") && look !== "1440-light") continue;
      const window = INSIDE.test(route) ? inside : outside;
      await visit(window, filled(route, names), `${named(route)}-${look}`, byKeyboard);
      if (route.startsWith("/o/") && !route.includes("{request}") && colorScheme === "light")
        await visit(
          inside,
          filled(route, { ...names, account: bare }),
          `${named(route)}-bare-${look}`,
          false,
        );
    }
    await visit(inside, "/no/such/page", `not-found-${look}`, byKeyboard);
    await inside.context.close();
    await outside.context.close();
  }
await browser.close();
for (const text of wrong) console.error(text);
process.exit(wrong.length > 0 ? 1 : 0);
