#!/usr/bin/env node
import { join } from "node:path";
import { launch, ROOT, runOrRefuse } from "../scripts/launch.js";

await runOrRefuse(() => launch(join(ROOT, "src", "main.ts"), process.argv.slice(2), { dev: false }));
