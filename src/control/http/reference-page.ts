/** The parts of an OpenAPI document that the page shows. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly default?: unknown;
}

interface Content {
  readonly [media: string]: { readonly schema?: Schema };
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: Schema;
  readonly description?: string;
}

interface Operation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Content };
  readonly responses?: Readonly<
    Record<string, { readonly description?: string; readonly content?: Content }>
  >;
}

interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

interface Entry extends Operation {
  readonly method: string;
  readonly path: string;
  readonly anchor: string;
}

const DEPTH_MAX = 4;

const STYLE = `:root{color-scheme:light dark;--text:light-dark(#1c1a17,#ece8e1);--soft:light-dark(#6a645a,#a49c90);
--line:light-dark(#ddd8cf,#3a362f);--back:light-dark(#fff,#171512);--code:light-dark(#f4f1ec,#24211c);--link:light-dark(#8a4b14,#e0a063)}
*{box-sizing:border-box}body{margin:0;font:16px/1.5 system-ui,sans-serif;color:var(--text);background:var(--back)}
a{color:var(--link)}main{max-width:62rem;margin:0 auto;padding:1.5rem 1rem 6rem}
nav ul{columns:18rem;padding-left:1.2rem}h2{margin-top:3rem;border-bottom:1px solid var(--line)}
article{border-top:1px solid var(--line);padding:1rem 0}article h3{margin:0;font-size:1.05rem}
code{background:var(--code);padding:.1em .3em;border-radius:3px;overflow-wrap:anywhere}
.route{margin:.3rem 0}.route b{text-transform:uppercase;margin-right:.5rem}
.soft{color:var(--soft)}details{margin:.4rem 0}summary{cursor:pointer}
ul.fields{list-style:none;padding-left:1rem;border-left:2px solid var(--line);margin:.3rem 0}ul.fields li{margin:.25rem 0}`;

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter);
}

/** Paragraphs, and code between back-ticks. */
function prose(text: string): string {
  const marked = escaped(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
  return marked
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${paragraph}</p>`)
    .join("");
}

const inline = (text: string | undefined) =>
  text ? ` <span class="soft">${prose(text).replace(/^<p>|<\/p>$/g, "")}</span>` : "";

function resolved(schema: Schema, { components }: Document): Schema {
  const name = schema.$ref?.split("/").at(-1);
  return (name === undefined ? undefined : components?.schemas?.[name]) ?? schema;
}

/** What a value is, in a few words. */
function typeOf(schema: Schema, document: Document): string {
  const { type, format, enum: values, const: only, items, anyOf, oneOf } = resolved(schema, document);
  if (only !== undefined) return JSON.stringify(only);
  if (values) return values.map((value) => JSON.stringify(value)).join(" | ");
  const choices = anyOf ?? oneOf;
  if (choices) return choices.map((choice) => typeOf(choice, document)).join(" or ");
  const maybe = Array.isArray(type) && type.includes("null") ? " or null" : "";
  if (items) return `list of ${typeOf(items, document)}${maybe}`;
  const named = typeof type === "string" ? type : (type?.join(" or ") ?? "any");
  return format === undefined ? named : `${named} (${format})`;
}

/** The object that a schema holds: itself, in a list, or beside null. */
function inside(schema: Schema, document: Document): Schema | undefined {
  const { items, anyOf, oneOf, allOf, ...whole } = resolved(schema, document);
  if (whole.properties) return whole;
  const within = items ? [items] : (anyOf ?? oneOf ?? allOf ?? []);
  return within.map((each) => inside(each, document)).find((found) => found !== undefined);
}

function fieldsOf(schema: Schema, document: Document, depth = 0): string {
  const object = inside(schema, document);
  if (!object?.properties || depth > DEPTH_MAX) return "";
  const rows = Object.entries(object.properties).map(([name, field]) => {
    const { description, default: fallback } = { ...resolved(field, document), ...field };
    const need = object.required?.includes(name) ? "" : ", optional";
    const given = fallback === undefined ? "" : `, ${escaped(JSON.stringify(fallback))} unless given`;
    const type = `<span class="soft">${escaped(typeOf(field, document))}${need}${given}</span>`;
    return `<li><code>${escaped(name)}</code> ${type}${inline(description)}${fieldsOf(field, document, depth + 1)}</li>`;
  });
  return `<ul class="fields">${rows.join("")}</ul>`;
}

function parametersOf({ parameters = [] }: Entry, document: Document): string {
  if (parameters.length === 0) return "";
  const rows = parameters.map(({ name, in: place, required, schema = {}, description }) => {
    const need = required ? "" : ", optional";
    const type = `<span class="soft">${place}, ${escaped(typeOf(schema, document))}${need}</span>`;
    return `<li><code>${escaped(name)}</code> ${type}${inline(description ?? schema.description)}</li>`;
  });
  return `<h4>Parameters</h4><ul class="fields">${rows.join("")}</ul>`;
}

function contentOf(title: string, content: Content | undefined, document: Document): string {
  const media = Object.entries(content ?? {});
  if (media.length === 0) return "";
  const parts = media.map(([type, { schema = {} }]) => {
    const fields = fieldsOf(schema, document);
    return `<p class="soft">${escaped(type)}</p>${fields}`;
  });
  return `<details><summary>${title}</summary>${parts.join("")}</details>`;
}

function responsesOf({ responses = {} }: Entry, document: Document): string {
  const isGood = (status: string) => status.startsWith("2");
  const good = Object.entries(responses).filter(([status]) => isGood(status));
  const bad = Object.entries(responses).filter(([status]) => !isGood(status));
  const answers = good.map(([status, { content }]) => contentOf(`Answer, ${status}`, content, document));
  const errors = bad.map(
    ([status, { description = "" }]) => `<li><b>${status}</b> ${escaped(description)}</li>`,
  );
  return `${answers.join("")}<details><summary>Errors</summary><ul>${errors.join("")}</ul></details>`;
}

function articleOf(entry: Entry, document: Document): string {
  const { method, path, anchor, summary = path, description = "", requestBody } = entry;
  const route = `<p class="route"><b>${method}</b><code>${escaped(path)}</code></p>`;
  const body = contentOf("Body", requestBody?.content, document).replace("<details>", "<details open>");
  return `<article id="${anchor}"><h3>${escaped(summary)}</h3>${route}${prose(description)}${parametersOf(entry, document)}${body}${responsesOf(entry, document)}</article>`;
}

function entriesOf({ paths }: Document): Entry[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => {
      const anchor = `${method}${path}`.replaceAll(/[^a-z0-9]+/gi, "-").replaceAll(/^-|-$/g, "");
      return { ...operation, method, path, anchor };
    }),
  );
}

/** The reference of an OpenAPI document as one page of HTML, without scripts and without anything from elsewhere. */
export function referencePage(given: object): string {
  const document = given as Document;
  const areas = Map.groupBy(entriesOf(document), ({ tags }) => tags?.[0] ?? "Other");
  const link = ({ anchor, summary = "", path, tags }: Entry) => {
    const forOperators = path.includes("/operator/") && !tags?.[0]?.startsWith("Operator");
    return `<li><a href="#${anchor}">${escaped(summary)}${forOperators ? ", for operators" : ""}</a></li>`;
  };
  const contents = [...areas].map(
    ([area, entries]) => `<h3>${escaped(area)}</h3><ul>${entries.map(link).join("")}</ul>`,
  );
  const sections = [...areas].map(
    ([area, entries]) =>
      `<section><h2>${escaped(area)}</h2>${entries.map((entry) => articleOf(entry, document)).join("")}</section>`,
  );
  const { title, version, description = "" } = document.info;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><main><h1>${escaped(title)}</h1><p class="soft">Version ${escaped(version)} · <a href="/console/api/v1/openapi.json">OpenAPI document</a></p>
${prose(description)}<nav aria-label="Contents">${contents.join("")}</nav>${sections.join("")}</main></body></html>
`;
}
