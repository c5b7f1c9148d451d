import { spawn } from "node:child_process";

/** What a machine can say without running the product. Each is a package's own program. */
const CHECKS = [
  {
    name: "biome",
    program: "node_modules/@biomejs/biome/bin/biome",
    args: ["check", "--error-on-warnings", "--diagnostic-level=warn"],
  },
  { name: "tsc", program: "node_modules/typescript/bin/tsc", args: ["--noEmit", "--pretty", "false"] },
  {
    name: "tsc console",
    program: "node_modules/typescript/bin/tsc",
    args: ["--project", "console", "--pretty", "false"],
  },
  { name: "knip", program: "node_modules/knip/bin/knip.js", args: ["--no-progress"] },
];

/**
 * Runs every check, side by side, and prints each as it ends; what a failed one has to say, in full.
 *
 * @param {string} root
 * @returns {Promise<{ name: string, seconds: number, passed: boolean }[]>}
 */
export function runChecks(root) {
  return Promise.all(CHECKS.map((check) => runCheck(root, check)));
}

async function runCheck(root, { name, program, args }) {
  const startedAt = Date.now();
  const { code, output } = await collect(root, [program, ...args]);
  const seconds = (Date.now() - startedAt) / 1000;
  const passed = code === 0;
  process.stdout.write(`${passed ? "ok    " : "FAILED"} ${name} (${seconds.toFixed(1)} s)\n`);
  if (!passed) process.stdout.write(`${output}\n`);
  return { name, seconds, passed };
}

function collect(root, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    }
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}
