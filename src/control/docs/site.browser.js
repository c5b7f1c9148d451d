// The documentation's script: colours before the first paint, then search, copy buttons and the menu.
const root = document.documentElement;
const KEY = "docs-theme";

function showTheme(theme) {
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
}

function kept() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // A browser that keeps nothing follows the system.
    return null;
  }
}

function keep(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // It holds for this page, then.
  }
}

showTheme(kept());
if (/^#[0-9a-f]{3,8}$/i.test(root.dataset.accent ?? ""))
  root.style.setProperty("--brand", root.dataset.accent);

function isDark() {
  return root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
}

function toggleTheme() {
  const theme = isDark() ? "light" : "dark";
  showTheme(theme);
  keep(theme);
}

function addCopyButtons(main) {
  for (const block of main.querySelectorAll("pre")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = main.dataset.copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.querySelector("code")?.textContent ?? "");
      button.textContent = main.dataset.copied;
      setTimeout(() => {
        button.textContent = main.dataset.copy;
      }, 2000);
    });
    const frame = document.createElement("div");
    frame.className = "code";
    block.replaceWith(frame);
    frame.append(block, button);
    block.tabIndex = 0;
  }
}

/** Every word must occur; in a heading it counts more than in the text. */
function scoreOf([title, heading, , text], words) {
  let score = 0;
  for (const word of words) {
    const inTitle = title.toLowerCase().includes(word);
    const inHeading = heading.toLowerCase().includes(word);
    const inText = text.toLowerCase().includes(word);
    if (!inTitle && !inHeading && !inText) return 0;
    score += (inTitle ? 4 : 0) + (inHeading ? 8 : 0) + (inText ? 1 : 0);
  }
  return score;
}

function excerptOf(text, word) {
  const at = Math.max(0, text.toLowerCase().indexOf(word) - 40);
  return `${at > 0 ? "…" : ""}${text.slice(at, at + 120)}${text.length > at + 120 ? "…" : ""}`;
}

function resultOf([title, heading, address, text], word) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = address;
  const strong = document.createElement("strong");
  strong.textContent = heading === title ? title : `${title} › ${heading}`;
  const small = document.createElement("small");
  small.textContent = excerptOf(text, word);
  link.append(strong, small);
  item.append(link);
  return item;
}

function startSearch(form) {
  const input = form.querySelector("input");
  const list = form.querySelector(".found");
  let passages;
  async function show() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    list.hidden = words.length === 0;
    if (words.length === 0) return;
    passages ??= fetch(input.dataset.index).then((response) => response.json());
    const found = (await passages)
      .map((passage) => [scoreOf(passage, words), passage])
      .filter(([score]) => score > 0)
      .sort(([a], [b]) => b - a)
      .slice(0, 12);
    if (found.length === 0) list.textContent = input.dataset.nothing;
    else list.replaceChildren(...found.map(([, passage]) => resultOf(passage, words[0])));
  }
  input.addEventListener("input", show);
  input.addEventListener("focus", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.click();
  });
  form.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape") {
      list.hidden = true;
      input.focus();
    } else if (event.key === "ArrowDown") links[Math.min(at + 1, links.length - 1)]?.focus();
    else if (event.key === "ArrowUp") (links[at - 1] ?? input).focus();
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (!form.contains(event.target)) list.hidden = true;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || document.activeElement !== document.body) return;
    event.preventDefault();
    input.focus();
  });
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) {
    input.value = asked;
    input.focus();
  }
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelector(".theme")?.addEventListener("click", toggleTheme);
  const main = document.querySelector("main");
  if (main) addCopyButtons(main);
  const form = document.querySelector(".search");
  if (form) startSearch(form);
  const menu = document.querySelector(".menu");
  menu?.addEventListener("click", () => {
    const open = document.body.classList.toggle("menu-open");
    menu.setAttribute("aria-expanded", String(open));
  });
});
