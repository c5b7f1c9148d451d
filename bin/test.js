#!/usr/bin/env node
// node bin/test.js [check|unit|clients] [PATH … | OPTIONS OF bun test]
//   nothing       the checks, test/ and clients/
//   check         biome, tsc and knip only
//   unit          test/ only        clients   clients/ only: the real SDKs
//   PATH …        only these test files or folders
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { holdsTests, runBunTest } from "../scripts/bun-test.js";
import { runChecks } from "../scripts/checks.js";
import { findBun } from "../scripts/find-bun.js";
import { installWhereNeeded } from "../scripts/install.js";
import { readCounts, renderReport } from "../scripts/junit.js";
import { ROOT, runOrRefuse } from "../scripts/launch.js";

const RUN = join(ROOT, ".run");

/** Each part of the suite, in the order in which `npm test` runs them. A client's suite starts real programs. */
const PARTS = {
  check: { report: "junit-check.xml" },
  unit: { report: "junit.xml", paths: ["./test"], args: ["--timeout=20000"] },
  clients: { report: "junit-clients.xml", paths: ["./clients"], args: ["--timeout=60000"] },
};

/** Files or folders that were named: they may be of either kind. */
const CHOSEN = { ...PARTS.clients, report: "junit.xml" };

await runOrRefuse(async () => {
  const { parts, extra } = readArguments(process.argv.slice(2));
  await installWhereNeeded(ROOT, { dev: true });
  prepareFolder();
  const results = [];
  for (const part of parts) {
    const result = await runPart(part, extra);
    results.push(result);
    if (result.stopped) break;
  }
  process.exit(summarise(results) ? 0 : 1);
});

/** `npm test -- X` gives us X. A path chooses by itself, so it takes the place of a part's own folder. */
function readArguments(argv) {
  const [first] = argv;
  const named = first !== undefined && Object.hasOwn(PARTS, first);
  const extra = (named ? argv.slice(1) : argv).filter((argument) => argument !== "--");
  const choosesPaths = extra.some(isPath);
  const names = named ? [first] : choosesPaths ? ["chosen"] : Object.keys(PARTS);
  const parts = names.map((name) => {
    const part = PARTS[name] ?? CHOSEN;
    return { name, ...part, paths: choosesPaths ? [] : part.paths };
  });
  return { parts, extra };
}

function isPath(argument, index, all) {
  return !argument.startsWith("-") && !/^(?:-t|--test-name-pattern)$/.test(all[index - 1] ?? "");
}

/** Reports of an earlier run must not be counted with this one's. */
function prepareFolder() {
  mkdirSync(RUN, { recursive: true });
  for (const name of readdirSync(RUN)) {
    if (/^junit.*\.xml$/.test(name)) rmSync(join(RUN, name));
  }
}

async function runPart(part, extra) {
  process.stdout.write(`\n── ${part.name}\n`);
  const startedAt = Date.now();
  const report = join(RUN, part.report);
  const outcome =
    part.args === undefined ? await runCheckPart(report) : await runTestPart(part, report, extra);
  return { name: part.name, seconds: (Date.now() - startedAt) / 1000, ...outcome };
}

async function runCheckPart(report) {
  const results = await runChecks(ROOT);
  writeFileSync(report, renderReport("check", results));
  return { counts: readCounts(report), passed: results.every(({ passed }) => passed), skippedSuites: [] };
}

async function runTestPart({ name, paths, args }, report, extra) {
  if (paths.length > 0 && !paths.some((path) => holdsTests(join(ROOT, path)))) {
    const skippedSuites = [{ name, reason: `there are no tests under ${paths.join(" ")}` }];
    return { counts: { passed: 0, failed: 0, skipped: 0 }, passed: true, skippedSuites };
  }
  const bun = findBun(ROOT);
  const { code, stopped, skippedSuites } = await runBunTest({
    root: ROOT,
    bun,
    paths,
    args: [...args, ...extra],
    report,
  });
  // A run that broke off, or an error outside every test, may leave no failed case behind.
  const counts = readCounts(report) ?? { passed: 0, failed: 0, skipped: 0 };
  return { counts, passed: code === 0 && counts.failed === 0, stopped, skippedSuites };
}

function summarise(results) {
  process.stdout.write("\n── summary\n");
  for (const { name, seconds, counts, passed } of results) {
    const { passed: good, failed, skipped } = counts;
    const verdict = passed ? "ok    " : "FAILED";
    process.stdout.write(
      `${verdict} ${name}: ${good} passed, ${failed} failed, ${skipped} skipped (${seconds.toFixed(1)} s)\n`,
    );
  }
  const skippedSuites = results.flatMap((result) => result.skippedSuites);
  for (const { name, reason } of skippedSuites) process.stdout.write(`skipped suite ${name}: ${reason}\n`);
  const mustRun = process.env.QUOIN_TEST_REQUIRE === "all" && skippedSuites.length > 0;
  if (mustRun) process.stdout.write("FAILED QUOIN_TEST_REQUIRE=all: no suite may be skipped\n");
  return !mustRun && results.every(({ passed }) => passed);
}
