/**
 * Writes src/control/setup/programs.json, what served setup scripts are made of:
 * `bun scripts/generate-setup-programs.ts`. A test tells when it is out of date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dir, "..", "src", "control", "setup");

/** Editors and scripts as they are now, as the file's text. */
export async function programsText(): Promise<string> {
  const built = await Bun.build({
    entrypoints: [join(FOLDER, "editor", "main.ts")],
    target: "node",
    format: "esm",
    minify: { whitespace: false, identifiers: false, syntax: false },
  });
  const javascript = (await built.outputs[0]?.text()) ?? "";
  const asset = (name: string) => readFileSync(join(FOLDER, name), "utf8").trimEnd();
  const escaped = javascript
    .split("\n")
    .filter((line) => !/^\s*\/\//.test(line))
    .join("\n")
    .replace(/[^\n\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `${JSON.stringify(
    {
      javascript: escaped.trim(),
      python: asset("editor.py"),
      shell: asset("setup.sh"),
      powershell: asset("setup.ps1"),
    },
    null,
    2,
  )}\n`;
}

if (import.meta.main) writeFileSync(join(FOLDER, "programs.json"), await programsText());
