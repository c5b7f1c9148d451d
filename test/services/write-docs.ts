/** Writes the tables of docs/operators/services.md: bun test/services/write-docs.ts */
import { join } from "node:path";
import { MARK, renderStatements } from "./render-docs.ts";

const file = Bun.file(join(import.meta.dir, "..", "..", "docs", "operators", "services.md"));
const [ours = ""] = (await file.text()).split(MARK);
await Bun.write(file, `${ours}${MARK}${renderStatements()}`);
