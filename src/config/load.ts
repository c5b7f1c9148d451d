import { finderByName } from "../core/model-names.ts";
import { checkReferences } from "./check.ts";
import { compileConfig } from "./compile.ts";
import type { Found } from "./discover.ts";
import { explain } from "./explain.ts";
import { ConfigError, formatPath, type Problem } from "./problems.ts";
import { QUOIN_YAML, type QuoinYaml } from "./schema.ts";
import type { Environment } from "./setting-error.ts";

import type { Config, ModelConfig, PlanConfig } from "./types.ts";
import { readYaml, type YamlSource } from "./yaml-source.ts";

export interface LoadOptions {
  /** How messages name the file. */
  readonly file: string;
  /** What `${NAME}` stands for. */
  readonly env: Environment;
  /** Upstreams and models found outside the file; they count only where it declares no upstreams. */
  readonly found?: Found | undefined;
}

function fail(source: YamlSource, file: string, problems: readonly Problem[]): never {
  const placed = problems.map(({ path, message }) => {
    const field = formatPath(path);
    return { line: source.lineOf(path), text: field === "" ? `the file ${message}` : `${field}: ${message}` };
  });
  placed.sort((left, right) => left.line - right.line);
  throw new ConfigError([...new Set(placed.map(({ line, text }) => `${file}:${line}: ${text}`))]);
}

/** A section whose entries are all commented out has no value; it counts as absent. */
function withoutEmptySections(value: unknown): unknown {
  if (value === null || value === undefined) return {};
  if (typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, section]) => section !== null));
}

/** A file whose fields are right, each by itself; references are not checked yet. */
export interface ParsedFile {
  readonly source: YamlSource;
  readonly yaml: QuoinYaml;
}

/**
 * Reads the fields of quoin.yaml.
 * @throws ConfigError for broken YAML, unknown fields, wrong types and missing variables
 */
export function parseConfig(text: string, { file, env }: Pick<LoadOptions, "file" | "env">): ParsedFile {
  const source = readYaml(text, env);
  if (source.broken.length > 0) {
    throw new ConfigError(
      source.broken.map(({ line, message }) => `${file}:${line}: broken YAML: ${message}`),
    );
  }
  const value = withoutEmptySections(source.value);
  const parsed = QUOIN_YAML.safeParse(value);
  const problems = [...source.problems, ...(parsed.success ? [] : explain(parsed.error, QUOIN_YAML, value))];
  if (!parsed.success || problems.length > 0) fail(source, file, problems);
  return { source, yaml: parsed.data };
}

/** Discovered models beside the file's: what the file names, it wins. */
function besides(found: readonly ModelConfig[], models: readonly ModelConfig[]): ModelConfig[] {
  const taken = new Set(models.flatMap((model) => [model.id, ...model.aliases]));
  return found
    .filter((model) => !taken.has(model.id))
    .map((model) => ({ ...model, aliases: model.aliases.filter((alias) => !taken.has(alias)) }));
}

/** Plans may name models by alias; the configuration names them by id. */
export function withModelIds(plan: PlanConfig, models: readonly ModelConfig[]): PlanConfig {
  if (!plan.models) return plan;
  const find = finderByName(models);
  const ids = plan.models.map((name) => find(name)?.id ?? name);
  return { ...plan, models: [...new Set(ids)] };
}

/**
 * Fills in defaults and checks every reference.
 * @throws ConfigError for names used twice, names that nothing bears, amounts that are not exact
 */
export function finishConfig(
  { source, yaml }: ParsedFile,
  { file, found: discovered }: Omit<LoadOptions, "env">,
): Config {
  const found = yaml.upstreams.length === 0 ? discovered : undefined;
  const problems: Problem[] = [];
  const config = compileConfig(yaml, {
    numberText: source.numberText,
    problems,
    upstreams: found?.upstreams ?? [],
  });
  const others = besides(found?.models ?? [], config.models);
  problems.push(
    ...checkReferences(yaml, {
      upstreams: found?.upstreams.map(({ id }) => id) ?? [],
      models: others.flatMap((model) => [model.id, ...model.aliases]),
      plans: [],
      regions: [],
    }),
  );
  if (problems.length > 0) fail(source, file, problems);
  const models = [...config.models, ...others];
  return {
    ...config,
    upstreams: [...config.upstreams, ...(found?.upstreams ?? [])],
    models,
    plans: config.plans.map((plan) => withModelIds(plan, models)),
  };
}

/**
 * quoin.yaml as a configuration, with its defaults filled in and every reference checked.
 * @throws ConfigError with one line per problem, in the order of the file
 */
export function loadConfig(text: string, options: LoadOptions): Config {
  return finishConfig(parseConfig(text, options), options);
}
