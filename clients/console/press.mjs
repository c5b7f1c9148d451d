// Presses every control of every page, and of the dialogs that they open: where nothing happens then (no request, no
// other address, nothing that is shown otherwise, no other focus, no file, no window) the control does nothing.
// With a word only pages whose path has it.
import { CONSOLE, launch, newWindow } from "./browser.mjs";
import { allRoutes } from "./routes.mjs";
import { filled, seed } from "./seed.mjs";

/** What would end the session or take away what the other pages are about; these are pressed by other scripts. */
const SPARED = /^(?:Sign out|Leave|Delete|Suspend|Disable|Take operator rights away)/;
/** What a button says for a moment after it was pressed. */
const PASSING = /^Copied$/;
const PRESSES_MAX = 120;
const EFFECT_MS_MAX = 5_000;
const LOOK_EVERY_MS = 25;
/** Controls of further rows are those of the first ones. */
const ROWS = 2;

/** In the page: its controls that can be pressed, marked by their number. */
function controlsOf([rows, ofShell]) {
  const CONTROLS =
    "a[href], button, summary, select, input[type=checkbox], input[type=radio], input[type=color], [role=tab]";
  for (const marked of document.querySelectorAll("[data-press]")) delete marked.dataset.press;
  const modal = [...document.querySelectorAll("dialog:modal")].at(-1);
  const place = modal ?? (ofShell ? document.body : (document.querySelector("main") ?? document.body));
  const nameOf = (element) => {
    const labels = [...(element.labels ?? [])].map((label) => label.textContent).join(" ");
    const own = element.getAttribute("aria-label") || labels || element.textContent || element.title;
    return own.trim().replaceAll(/\s+/g, " ").slice(0, 60);
  };
  const isFar = (element) => {
    const row = element.closest("tbody tr, .rows > li");
    return row !== null && [...row.parentElement.children].indexOf(row) >= rows;
  };
  const seen = [...place.querySelectorAll(CONTROLS)].filter(
    (element) =>
      element.checkVisibility({ visibilityProperty: true, opacityProperty: false }) &&
      !element.disabled &&
      !isFar(element) &&
      !(element.type === "radio" && element.checked) &&
      !(element.getAttribute("role") === "tab" && element.getAttribute("aria-selected") === "true"),
  );
  return seen.map((element, index) => {
    element.dataset.press = String(index);
    const kind = element.getAttribute("role") ?? (element.type || element.tagName.toLowerCase());
    const inside = modal?.querySelector("h2")?.textContent ?? "";
    const danger = element.classList.contains("danger");
    return { index, kind, name: nameOf(element), href: element.getAttribute("href"), inside, danger };
  });
}

/** In the page: notes from now on what changes, beside the control itself. */
function listen(index) {
  const control = document.querySelector(`[data-press="${index}"]`);
  const state = () => [control.value, control.checked, control.open, control.selectedIndex].join();
  window.pressed = { changes: 0, control, before: state(), state };
  window.pressObserver?.disconnect();
  window.pressObserver = new MutationObserver((records) => {
    window.pressed.changes += records.filter(({ attributeName }) => attributeName !== "data-press").length;
  });
  window.pressObserver.observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    characterData: true,
  });
}

/** In the page: whether something happened since. */
function happened() {
  const { changes, control, before, state } = window.pressed;
  const focused = document.activeElement;
  const moved = focused !== control && focused !== document.body && !control.contains(focused);
  return changes > 0 || moved || state() !== before;
}

/** As people do: what is not seen itself is pressed by its label, or by the keyboard where it shows with the focus. */
async function click(page, target) {
  const { width, isRadio } = await target.evaluate((element) => ({
    width: element.getBoundingClientRect().width,
    isRadio: element.matches("input"),
  }));
  const aside = await target.evaluate((element) => element.getBoundingClientRect().bottom <= 0);
  if (width > 1 && !aside) return await target.click({ timeout: 5_000 });
  if (isRadio) return await target.locator("xpath=ancestor::label").click({ timeout: 5_000 });
  await target.focus();
  await page.keyboard.press("Enter");
}

async function press(page, { index, kind }) {
  const target = page.locator(`[data-press="${index}"]`);
  if (kind !== "select-one") return await click(page, target);
  const values = await target.evaluate((select) =>
    [...select.options].filter((option) => !option.selected).map(({ value }) => value),
  );
  // With one choice alone there is nothing to choose.
  if (values.length > 0) await target.selectOption(values[0]);
  else await target.evaluate((select) => select.dispatchEvent(new Event("change", { bubbles: true })));
}

/** @returns whether pressing it did anything that can be noticed */
async function doesSomething(page, control) {
  let noticed = false;
  const note = () => {
    noticed = true;
  };
  const signs = ["request", "download", "popup", "framenavigated", "filechooser", "dialog"];
  await page.evaluate(listen, control.index);
  for (const sign of signs) page.on(sign, note);
  try {
    await press(page, control);
    for (let waited = 0; waited < EFFECT_MS_MAX && !noticed; waited += LOOK_EVERY_MS) {
      noticed ||= await page.evaluate(happened).catch(() => true); // The page went: that is something.
      if (!noticed) await page.waitForTimeout(LOOK_EVERY_MS);
    }
  } finally {
    for (const sign of signs) page.off(sign, note);
  }
  return noticed;
}

async function open(page, url) {
  await page.goto(url);
  await page.locator("h1").first().waitFor();
  await page.locator(".skeleton").first().waitFor({ state: "detached" });
}

/** One control however often it is listed: numbers and moments in names and queries tell nothing apart. */
function signOf(path, { kind, name, href, inside }) {
  // A file that is made here has another address each time.
  if (href === null || href.startsWith("blob:"))
    return `${path} ${inside} ${kind} ${name}`.replaceAll(/\d+/g, "#");
  const { pathname, searchParams } = new URL(href, CONSOLE);
  return `link ${pathname} ${[...searchParams.keys()].join()}`.replaceAll(/[0-9a-f]{16,}/g, "#");
}

/** The first control that was not pressed yet. */
async function nextOf(page, path, { pressed, ofShell }) {
  const controls = await page.evaluate(controlsOf, [ROWS, ofShell]);
  const signed = controls.map((control) => ({ ...control, sign: signOf(path, control) }));
  return signed.find(
    ({ sign, name, danger }) => !danger && !SPARED.test(name) && !PASSING.test(name) && !pressed.has(sign),
  );
}

/** One page: presses what was not pressed yet, until nothing is left. */
async function pressAll(page, url, { pressed, ofShell, told }) {
  await open(page, url);
  const path = new URL(page.url()).pathname;
  const again = new Set();
  let fresh = true;
  for (let count = 0; count < PRESSES_MAX; count++) {
    const next = await nextOf(page, path, { pressed, ofShell });
    // A dialog may stand before the rest.
    if (!next && fresh) return;
    if (next) {
      pressed.add(next.sign);
      const what = `${next.kind} "${next.name}"${next.inside && ` in "${next.inside}"`}`;
      try {
        fresh = false;
        if (!(await doesSomething(page, next))) told(`${what} does nothing`);
      } catch (error) {
        // A list that was loaded anew meanwhile has other elements: once more.
        if (again.has(next.sign)) told(`${what} cannot be pressed: ${String(error).split("\n", 1)[0]}`);
        else pressed.delete(next.sign);
        again.add(next.sign);
        fresh = true;
      }
    }
    for (const other of page.context().pages()) if (other !== page) await other.close();
    if (next && !fresh && new URL(page.url()).pathname === path) continue;
    await open(page, url);
    fresh = true;
  }
  told(`has more than ${PRESSES_MAX} controls`);
}

const INSIDE = /^\/(?:o|operator|profile)\b/;
const { state, names } = await seed();
const browser = await launch();
const wrong = [];
const pressed = new Set();
const permissions = ["clipboard-read", "clipboard-write"];

/** Takes routes until there are none. */
async function work(routes) {
  const inside = await newWindow(browser, { storageState: state, permissions });
  const outside = await newWindow(browser, { permissions });
  for (let route = routes.shift(); route !== undefined; route = routes.shift()) {
    const { page } = INSIDE.test(route) ? inside : outside;
    const at = route;
    const told = (text) => wrong.push(`${at}: ${text}`);
    const ofShell = at === "/o/{account}/overview";
    await pressAll(page, `${CONSOLE}${filled(at, names)}`, { pressed, ofShell, told }).catch((error) =>
      told(String(error)),
    );
  }
}

// What is outside goes first: a session that ended inside would say nothing of it.
// The pages of one organisation are the same for its operator.
const OFTEN = /^\/operator\/accounts\/\{accountId\}\//;
const routes = allRoutes()
  .filter((route) => !OFTEN.test(route) && route.includes(process.argv[2] ?? ""))
  .sort((one, other) => Number(INSIDE.test(one)) - Number(INSIDE.test(other)));
await Promise.all([work(routes), work(routes)]);
await browser.close();
for (const text of wrong) console.error(text);
process.exit(wrong.length > 0 ? 1 : 0);
