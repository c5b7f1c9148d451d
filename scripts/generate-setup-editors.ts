/**
 * Writes src/control/setup/editors.json, the programs that served setup scripts carry:
 * `bun scripts/generate-setup-editors.ts`. A test tells when it is out of date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dir, "..", "src", "control", "setup");

/** Both programs as they are now, as the file's text. */
export async function editorsText(): Promise<string> {
  const built = await Bun.build({
    entrypoints: [join(FOLDER, "editor", "main.ts")],
    target: "node",
    format: "esm",
    minify: { whitespace: false, identifiers: false, syntax: false },
  });
  const javascript = (await built.outputs[0]?.text()) ?? "";
  const python = readFileSync(join(FOLDER, "editor.py"), "utf8");
  const escaped = javascript
    .split("\n")
    .filter((line) => !/^\s*\/\//.test(line))
    .join("\n")
    .replace(/[^\n\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `${JSON.stringify({ javascript: escaped, python }, null, 2)}\n`;
}

if (import.meta.main) writeFileSync(join(FOLDER, "editors.json"), await editorsText());
