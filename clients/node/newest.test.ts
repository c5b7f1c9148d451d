/**
 * The same scripts with the newest major versions of the SDKs, which need a newer Node than ours.
 * QUOIN_TEST_NEWEST_NODE is a folder whose node_modules has them, and a `node` in node_modules/.bin.
 */
import { afterAll } from "bun:test";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { requiredTool } from "../required-tool.ts";
import { describeScripts } from "../scripts.ts";
import { NODE_SCRIPTS } from "./node-scripts.ts";

const folder = requiredTool("newest Node SDKs", "QUOIN_TEST_NEWEST_NODE");

if (folder !== undefined) {
  // Node looks for packages beside the script that imports them, so the scripts move there.
  const scripts = await mkdtemp(join(folder, "scripts-"));
  await cp(import.meta.dir, scripts, { recursive: true });
  afterAll(() => rm(scripts, { recursive: true }));
  describeScripts({
    name: "Newest Node SDKs",
    program: join(folder, "node_modules/.bin/node"),
    folder: scripts,
    scripts: NODE_SCRIPTS,
  });
}
