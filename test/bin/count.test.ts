import { afterEach, beforeEach, expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../tidy/source-tree.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "quoin-count-"));
  for (const part of [".ci", "scripts"]) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  mkdirSync(join(folder, ".run"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const layReport = (name: string, counts: string) =>
  writeFileSync(
    join(folder, ".run", name),
    `<?xml version="1.0"?>\n<testsuites name="bun test" ${counts}>\n<testsuite tests="99"/></testsuites>`,
  );

/** What .ci/count.js prints and its exit code. */
function count(status: number): string {
  const { stdout, exitCode } = Bun.spawnSync([
    process.execPath,
    join(folder, ".ci/count.js"),
    String(status),
  ]);
  return `${stdout.toString().trimEnd()} → ${exitCode}`;
}

test("all reports are added up", () => {
  layReport("junit.xml", 'tests="5" assertions="9" failures="0" skipped="0" time="1.5"');
  layReport("junit-check.xml", 'tests="3" failures="0" skipped="0"');
  expect(count(0)).toBe("8 passed, 0 failed → 0");
});

test("failed and skipped tests are not passed ones", () => {
  layReport("junit.xml", 'tests="10" failures="2" skipped="3"');
  expect(count(1)).toBe("5 passed, 2 failed, 3 skipped → 1");
});

test("a run that broke off is a failure", () => {
  layReport("junit.xml", 'tests="10" failures="0" skipped="0"');
  expect(count(124)).toBe("10 passed, 1 failed → 1");
});

test("a run without a test is no success", () => {
  expect(count(0)).toBe("0 passed, 0 failed → 1");
});
