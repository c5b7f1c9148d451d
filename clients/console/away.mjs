// What pages say when the server goes away while they are open: that, and how to try again; never nothing.
import assert from "node:assert/strict";
import { kill } from "node:process";
import { CONSOLE, launch, newWindow, step, watch } from "./browser.mjs";
import { seed } from "./seed.mjs";

const { state, names } = await seed();
const browser = await launch();
// The browser logs each question that nobody answers.
const { page, faults } = await newWindow(browser, { storageState: state }, /Failed to (?:load|fetch)|ERR_/);
watch(page);

await step("a page that was not open says that the server is away", async () => {
  await page.goto(`${CONSOLE}/o/${names.account}/overview`);
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  await page.locator(".skeleton").first().waitFor({ state: "detached" });
  kill(Number(process.env.QUOIN_TEST_PID), "SIGTERM");
  await page.waitForFunction(
    (url) =>
      fetch(url).then(
        () => false,
        () => true,
      ),
    `${CONSOLE}/api/v1/meta`,
  );
  for (const name of ["Keys", "Wallet", "Members"]) {
    await page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
    await page.getByRole("alert").first().waitFor();
    await page.getByRole("button", { name: "Try again" }).first().waitFor();
    assert.ok(await page.getByRole("navigation").count(), "the navigation is gone");
  }
});

assert.deepEqual(faults, []);
await browser.close();
