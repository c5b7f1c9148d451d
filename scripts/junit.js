import { readFileSync } from "node:fs";

/**
 * The counts in the head of a JUnit report as `bun test` writes it.
 *
 * @param {string} path
 * @returns {{ passed: number, failed: number, skipped: number } | undefined} undefined without a report
 */
export function readCounts(path) {
  let text;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
  const head = /<testsuites [^>]*>/.exec(text)?.[0];
  if (head === undefined) throw new Error(`${path} has no <testsuites> element.`);
  const count = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
  const failed = count("failures") + count("errors");
  return { passed: count("tests") - failed - count("skipped"), failed, skipped: count("skipped") };
}

/**
 * A JUnit report with one case for each result.
 *
 * @param {string} suite
 * @param {readonly { name: string, seconds: number, passed: boolean }[]} results
 * @returns {string}
 */
export function renderReport(suite, results) {
  const failures = results.filter(({ passed }) => !passed).length;
  const counts = `name="${suite}" tests="${results.length}" failures="${failures}" skipped="0"`;
  const cases = results.map(
    ({ name, seconds, passed }) =>
      `<testcase name="${name}" classname="${suite}" time="${seconds.toFixed(3)}">${passed ? "" : "<failure />"}</testcase>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${counts}><testsuite ${counts}>
${cases.join("\n")}
</testsuite></testsuites>
`;
}
