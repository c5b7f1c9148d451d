// node .ci/count.js STATUS: prints `N passed, N failed` over all reports in .run/, and exits with 1 unless all
// is well. STATUS is how the tests ended: a run that broke off is a failure even if no report names one.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readCounts } from "../scripts/junit.js";

const RUN = fileURLToPath(new URL("../.run", import.meta.url));

const total = { passed: 0, failed: 0, skipped: 0 };
for (const name of readdirSync(RUN).filter((file) => /^junit.*\.xml$/.test(file))) {
  const counts = readCounts(join(RUN, name));
  for (const kind of Object.keys(total)) total[kind] += counts?.[kind] ?? 0;
}
const brokeOff = process.argv[2] !== "0" && total.failed === 0;
const failed = brokeOff ? 1 : total.failed;
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
process.stdout.write(`${total.passed} passed, ${failed} failed${skipped}\n`);
process.exit(failed > 0 || total.passed === 0 ? 1 : 0);
