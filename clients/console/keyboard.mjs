// Whether all controls of a page are reached by Tab.

/** Marks what Tab should reach, in the order of the page; a group of radio buttons is reached once. */
function mark() {
  const CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const groups = new Set();
  let count = 0;
  const place = document.querySelector("dialog:modal") ?? document;
  for (const element of place.querySelectorAll(CONTROLS)) {
    if (!element.checkVisibility({ visibilityProperty: true }) || element.disabled || element.tabIndex < 0)
      continue;
    if (element.type === "radio") {
      const chosen = document.querySelector(`input[name="${CSS.escape(element.name)}"]:checked`);
      if (groups.has(element.name) || (chosen && chosen !== element)) continue;
      groups.add(element.name);
    }
    element.dataset.order = String(count++);
  }
  document.activeElement?.blur();
  window.getSelection()?.removeAllRanges();
  return count;
}

function focused() {
  const element = document.activeElement;
  const { width } = element.getBoundingClientRect();
  // What is not seen itself shows its focus by its frame.
  const shown = [element, element.parentElement].map((one) => getComputedStyle(one).outlineStyle !== "none");
  return {
    order: element.dataset.order,
    says: element.outerHTML.slice(0, 160),
    marked: width <= 1 || shown.includes(true),
  };
}

/** @returns {Promise<string[]>} what is not reached, is reached out of order, or does not show that it has the focus */
export async function unreached(page) {
  const count = await page.evaluate(mark);
  const seen = [];
  const wrong = [];
  for (let pressed = 0; pressed < count + 5 && seen.length < count; pressed++) {
    await page.keyboard.press("Tab");
    const { order, says, marked } = await page.evaluate(focused);
    if (order === undefined) continue;
    if (!marked) wrong.push(`does not show its focus: ${says}`);
    if (!seen.includes(Number(order))) seen.push(Number(order));
  }
  // A field may have the focus from the start: then the walk begins behind it, and comes round.
  const first = seen.indexOf(Math.min(...seen));
  const round = [...seen.slice(first), ...seen.slice(0, first)];
  if (round.some((order, index) => index > 0 && order < round[index - 1]))
    wrong.push(`is not reached in the order of the page: ${seen.join()}`);
  for (let order = 0; order < count; order++) {
    if (seen.includes(order)) continue;
    const html = await page
      .locator(`[data-order="${order}"]`)
      .evaluate(({ outerHTML }) => outerHTML.slice(0, 160));
    wrong.push(`is not reached by Tab: ${html}`);
  }
  return wrong;
}
