/**
 * Writes what is derived from the schema of quoin.yaml and the table of settings:
 * `bun scripts/generate-config-docs.ts`. A test fails while any of it is out of date.
 */
import { readFileSync } from "node:fs";
import { quoinJsonSchema } from "../src/config/json-schema.ts";
import type { SettingRow } from "../src/config/setting-row.ts";
import { SETTINGS } from "../src/config/setting-rows.ts";
import { asList, asObject, type JsonObject } from "../src/core/json.ts";

const ROOT = new URL("../", import.meta.url);

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const row = (...cells: string[]): string => `| ${cells.map(cell).join(" | ")} |`;

function settingRow({ variable, unit, default: fallback, min, max, description }: SettingRow): string {
  const bounds = min === undefined || max === undefined ? "" : `${min} to ${max}`;
  return row(`\`${variable}\``, unit, fallback, bounds, description);
}

function renderSettings(): string {
  return `# Settings

Quoin reads these variables of its environment once, when it starts. An empty variable counts as unset. A value out
of its bounds stops the start, with a sentence that names the variable. What customers see and what is served is
declared in [quoin.yaml](quoin-yaml.md), which is read again when it changes.

| Variable | Unit | Default | Bounds | Meaning |
|---|---|---|---|---|
${SETTINGS.map(settingRow).join("\n")}

Vendors' keys and addresses (\`ANTHROPIC_API_KEY\`, \`OPENAI_API_KEY\`, \`GEMINI_API_KEY\`, \`OPENAI_BASE_URL\` and others)
are read from the environment only while quoin.yaml declares no upstreams: see
[Upstreams without a file](quoin-yaml.md#upstreams-without-a-file).
`;
}

function typeOf(schema: JsonObject): string {
  if (Array.isArray(schema.anyOf)) return "decimal string";
  const items = asObject(schema.items);
  if (schema.type === "array" && items) return `list of ${typeOf(items)}`;
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `\`${value}\``).join(", ");
  if (schema.type === "object") return schema.properties ? "fields" : "names and values";
  return schema.type === "integer" ? bounds(schema) : schema.type === "string" ? "text" : String(schema.type);
}

function bounds({ minimum, maximum }: JsonObject): string {
  const named = typeof maximum === "number" && maximum < Number.MAX_SAFE_INTEGER;
  return named ? `whole number, ${minimum} to ${maximum}` : `whole number from ${minimum}`;
}

const ABSENT = / Absent: (.*)\.$/;

/** The default, or what the description says of the field's absence. */
function defaultOf(schema: JsonObject, required: boolean): string {
  if (schema.default === undefined) {
    return required ? "required" : (ABSENT.exec(String(schema.description ?? ""))?.[1] ?? "");
  }
  const text = JSON.stringify(schema.default);
  if (schema.type === "object") return "";
  return text === '""' ? "empty" : text === "[]" ? "none" : `\`${text}\``;
}

/** Fields whose own fields stand in the table once already. */
const REPEATED = new Set(["models[].quirks"]);

function fieldRows(schema: JsonObject, prefix: string): string[] {
  const required = asList(schema.required);
  return Object.entries(asObject(schema.properties) ?? {}).flatMap(([name, value]) => {
    const field = asObject(value) ?? {};
    const path = `${prefix}${name}`;
    const self = row(
      `\`${path}\``,
      typeOf(field),
      defaultOf(field, required.includes(name)),
      String(field.description ?? "").replace(ABSENT, ""),
    );
    const items = asObject(field.items);
    if (REPEATED.has(path)) return [self];
    if (items?.properties) return [self, ...fieldRows(items, `${path}[].`)];
    return field.properties && prefix !== "errors." ? [self, ...fieldRows(field, `${path}.`)] : [self];
  });
}

/** Kinds of error share their fields: one row for each kind, and one for each field. */
function errorRows(section: JsonObject): string[] {
  const [first] = Object.values(asObject(section.properties) ?? {});
  const kinds = Object.keys(asObject(section.properties) ?? {}).map((kind) => `\`${kind}\``);
  return [
    row("`errors.KIND`", "fields", "", `KIND is one of ${kinds.join(", ")}.`),
    ...fieldRows(asObject(first) ?? {}, "errors.KIND."),
  ];
}

/** A section of the example file, from its name to the next line that is not part of it. */
function exampleOf(section: string): string {
  const text = readFileSync(new URL("examples/quoin.yaml", ROOT), "utf8");
  const [found = ""] = new RegExp(`^${section}:.*\\n(?:(?: .*)?\\n)*`, "m").exec(text) ?? [];
  return found.trimEnd();
}

function renderSection(name: string, value: unknown): string {
  const section = asObject(value) ?? {};
  const items = asObject(section.items);
  const rows =
    name === "errors"
      ? errorRows(section)
      : fieldRows(items ?? section, items?.properties ? `${name}[].` : `${name}.`);
  const table = `\n\n| Field | Type | Default | Meaning |\n|---|---|---|---|\n${rows.join("\n")}`;
  return `## ${name}\n\n${section.description}${rows.length > 0 ? table : ""}\n\n\`\`\`yaml\n${exampleOf(name)}\n\`\`\``;
}

function renderReference(): string {
  const sections = Object.entries(asObject(quoinJsonSchema().properties) ?? {});
  return `# quoin.yaml

Everything an operator declares: where requests go, what clients can ask for, what it costs, and what keys may do.
Quoin looks for \`./quoin.yaml\`, or for the file that \`QUOIN_CONFIG\` names. Every section may be left out.
[examples/quoin.yaml](../../examples/quoin.yaml) has all of it in one file.

- **Checked as a whole.** An unknown field, a name used twice or a reference to nothing is an error with its line:
  \`quoin.yaml:12: models[0].prise: unknown field; did you mean "price"?\`. Try a file with \`quoin config check\`.
- **Read again when it changes**, within a second. A broken file leaves the running configuration as it is.
- **\`\${NAME}\`** inside any text stands for that variable of the environment; where it is not set, that is an error.
  \`$\${\` stands for a plain \`\${\`. Inside \`{ }\` and \`[ ]\` YAML wants it in quotes: \`{ api_key: "\${KEY}" }\`.
- **In the console** everything here can be declared too, upstreams, models and plans one by one, other sections where
  the file has none of that name: [how both go together](management-api.md#declaring-upstreams-models-plans-and-settings).
- **Money** is USD as a decimal string with at most nine decimals: \`"0.15"\`. A plain \`0.15\` is taken with the digits as
  written; \`1e-3\` and \`.5\` are errors.
- **Editors** complete and check the file with [quoin.schema.json](quoin.schema.json):
  \`# yaml-language-server: $schema=docs/operators/quoin.schema.json\` in its first lines.

${sections.map(([name, value]) => renderSection(name, value)).join("\n\n")}

## Upstreams without a file

While \`upstreams\` is absent or empty, Quoin looks around (\`QUOIN_DISCOVER\`: \`all\`, \`env\` or \`off\`):

1. Vendors whose key is in the environment become upstreams named after them, with the models of the built-in
   catalogue at list prices. The vendor is not asked. \`ANTHROPIC_BASE_URL\`, \`OPENAI_BASE_URL\` and the like of other
   vendors are used as well, unless they lead back to this gateway; a key of this gateway is never sent to a vendor.
2. Servers on this machine (Ollama on port 11434, llama.cpp on 8080, vLLM on 8000, LM Studio on 1234) are asked once for
   their models, on 127.0.0.1 only and for at most 250 ms. Their models cost nothing.
3. With neither, the \`demo\` upstream answers from inside the gateway, under its own name and any that begins like
   those of well-known models (\`claude-\`, \`gpt-\`, \`gemini-\` and more).

Where two upstreams have a model of the same name, the first keeps the plain name and the other's becomes
\`UPSTREAM/NAME\`. Models that the file declares win over discovered ones, and may use discovered upstreams as targets.
`;
}

/** Path from the repository's root → text. */
export function renderConfigDocs(): Readonly<Record<string, string>> {
  return {
    "docs/operators/quoin.schema.json": `${JSON.stringify(quoinJsonSchema(), null, 2)}\n`,
    "docs/operators/settings.md": renderSettings(),
    "docs/operators/quoin-yaml.md": renderReference(),
  };
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(renderConfigDocs())) await Bun.write(new URL(path, ROOT), text);
}
