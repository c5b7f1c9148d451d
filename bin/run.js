#!/usr/bin/env node
// node bin/run.js FILE ARGS: any TypeScript file of this repository, started as bin/quoin.js starts the product.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { launch, ROOT, runOrRefuse } from "../scripts/launch.js";
import { Refusal } from "../scripts/refusal.js";

const [file, ...args] = process.argv.slice(2);

await runOrRefuse(async () => {
  if (file === undefined) throw new Refusal("Usage: node bin/run.js FILE ARGS");
  const path = [resolve(file), join(ROOT, file)].find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Refusal(`There is no file ${file}.`);
  await launch(path, args, { dev: true });
});
