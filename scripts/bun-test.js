import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runChild } from "./child.js";

const SKIPPED_SUITE = /^SKIPPED SUITE (.+?): (.+)$/;
const VENDOR_VARIABLE = /_API_KEY$|_AUTH_TOKEN$|^[A-Z]+(_GEMINI)?_BASE_URL$/;

/** Signals by which a person or CI says that it is enough; a crash has others. */
const STOPS = new Set(["SIGINT", "SIGTERM", "SIGHUP"]);

/**
 * Runs `bun test` on some paths, shows what it prints, and collects the suites that said they were skipped.
 *
 * @param {{ root: string, bun: string, paths: readonly string[], args: readonly string[], report: string }} run
 * @returns {Promise<{ code: number, stopped: boolean, skippedSuites: { name: string, reason: string }[] }>}
 */
export async function runBunTest({ root, bun, paths, args, report }) {
  const skippedSuites = [];
  const onLine = (line) => {
    const [, name, reason] = SKIPPED_SUITE.exec(line) ?? [];
    if (name !== undefined) skippedSuites.push({ name, reason });
  };
  // Whoever stops the tests, by whatever signal, gets rid of the servers that they had started.
  const line = [
    "test",
    "--no-orphans",
    "--reporter=junit",
    `--reporter-outfile=${report}`,
    ...args,
    ...paths,
  ];
  const options = { cwd: root, env: testEnv(root), stdio: ["ignore", "pipe", "pipe"] };
  const end = await runChild(bun, line, options, (child) => {
    show(child.stdout, process.stdout, onLine);
    show(child.stderr, process.stderr, onLine);
  });
  return { code: end.code ?? 1, stopped: STOPS.has(end.signal), skippedSuites };
}

/** Whether a folder of the repository holds any test: without one `bun test` fails. */
export function holdsTests(folder) {
  if (!existsSync(folder)) return false;
  return readdirSync(folder, { withFileTypes: true }).some((entry) =>
    entry.isDirectory() ? holdsTests(join(folder, entry.name)) : entry.name.endsWith(".test.ts"),
  );
}

function show(from, to, onLine) {
  let rest = "";
  from.setEncoding("utf8").on("data", (text) => {
    to.write(text);
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) onLine(line.trim());
  });
}

/**
 * The environment of tests: nothing of this machine's own settings, above all no key that reaches a vendor,
 * and the Python of .run/venv where there is one.
 */
function testEnv(root) {
  const own = ([name]) =>
    !VENDOR_VARIABLE.test(name) && (!name.startsWith("QUOIN_") || name.startsWith("QUOIN_TEST_"));
  const env = Object.fromEntries(Object.entries(process.env).filter(own));
  const python = join(root, ".run", "venv", "bin", "python");
  if (env.QUOIN_TEST_PYTHON === undefined && existsSync(python)) env.QUOIN_TEST_PYTHON = python;
  const bins = join(root, "node_modules", ".bin");
  return {
    BUN_CONFIG_MAX_HTTP_REQUESTS: "65336",
    ...(process.stdout.isTTY ? { FORCE_COLOR: "1" } : {}),
    ...env,
    PATH: `${env.PATH ?? ""}${delimiter}${bins}`,
  };
}
