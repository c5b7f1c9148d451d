// axe's judgement of a page at rest, for the walks that run under Node.
import axe from "axe-core";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
const JUDGE = `axe.run({ runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) =>
  JSON.stringify(violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => id + ": " + nodes[0].html.slice(0, 200) + " " + nodes[0].failureSummary.slice(0, 300))))`;

/** Runs in the page: what fades or slides in has other colours until it stands; what moves for ever is left out. */
async function rest() {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const ending = document
    .getAnimations()
    .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
  await Promise.allSettled(ending.map(({ finished }) => finished));
}

/**
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>} the serious and critical violations of WCAG A and AA and of axe's best practice
 */
export async function judged(page) {
  await page.evaluate(rest);
  const client = await page.context().newCDPSession(page);
  // Past the content security policy, as a debugger reaches past it.
  await client.send("Runtime.evaluate", { expression: axe.source });
  const { result } = await client.send("Runtime.evaluate", {
    expression: JUDGE,
    awaitPromise: true,
    returnByValue: true,
  });
  await client.detach();
  return JSON.parse(result.value);
}
