import { checkReferences } from "./check.ts";
import { compileConfig } from "./compile.ts";
import type { Fields } from "./credentials.ts";
import type { DeclaredKind } from "./declared.ts";
import { DEFAULT_PLAN } from "./defaults.ts";
import { explain } from "./explain.ts";
import { withModelIds } from "./load.ts";
import { formatPath, type Path, type Problem } from "./problems.ts";
import type { Discovered } from "./resolve.ts";
import { DECLARABLE, QUOIN_YAML, type QuoinYaml } from "./schema.ts";
import type { Config } from "./types.ts";

/** Something that was declared in the console, with its credentials. */
export interface DeclaredEntry {
  readonly kind: DeclaredKind;
  readonly id: string;
  readonly fields: Fields;
}

/** What is wrong with one field: `targets[0].upstream`; empty: with the whole. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

export interface LeftOut {
  readonly kind: DeclaredKind;
  readonly id: string;
  readonly problems: readonly FieldProblem[];
}

/** The configuration that runs, and what was declared and cannot be in it. */
export interface Laid {
  readonly config: Config;
  readonly leftOut: readonly LeftOut[];
}

const LISTS = { upstream: "upstreams", model: "models", plan: "plans" } as const;
type List = (typeof LISTS)[DeclaredKind];

/** What is there already, with words for what holds a name. */
type Taken = ReadonlyMap<string, string>;

/** The fields of each, checked one by one. */
function parseAll(entries: readonly DeclaredEntry[]): { fit: DeclaredEntry[]; leftOut: LeftOut[] } {
  const leftOut: LeftOut[] = [];
  const fit = entries.filter(({ kind, id, fields }) => {
    const parsed = DECLARABLE[kind].safeParse(fields);
    if (parsed.success) return true;
    const problems = explain(parsed.error, DECLARABLE[kind], fields);
    leftOut.push({
      kind,
      id,
      problems: problems.map(({ path, message }) => ({ field: formatPath(path), message })),
    });
    return false;
  });
  return { fit, leftOut };
}

function fileOf(entries: readonly DeclaredEntry[]): QuoinYaml {
  const listOf = (wanted: DeclaredKind) =>
    entries.filter(({ kind }) => kind === wanted).map(({ fields }) => fields);
  return QUOIN_YAML.parse({
    upstreams: listOf("upstream"),
    models: listOf("model"),
    plans: listOf("plan"),
  });
}

/** Where nothing was found, the demo stands in until there is a model of the operator's own. */
function withoutDemo(base: Config, discovered: Discovered, { models }: QuoinYaml): Config {
  const found = new Set(discovered.models);
  const standsIn = base.upstreams.every(
    ({ id, provider }) => provider === "demo" && discovered.upstreams.includes(id),
  );
  const wanted = base.models.some(({ id }) => !found.has(id));
  const ids = base.upstreams.map(({ id }) => id);
  const asked = models.some(({ targets }) => targets.some(({ upstream }) => ids.includes(upstream)));
  if (!standsIn || models.length === 0 || wanted || asked) return base;
  return { ...base, upstreams: [], models: [] };
}

/** What the entries are laid over: declared models count over discovered ones, as those of quoin.yaml do. */
function groundFor(base: Config, discovered: Discovered, file: QuoinYaml): Config {
  const left = withoutDemo(base, discovered, file);
  const found = new Set(discovered.models);
  const taken = new Set(file.models.flatMap(({ id, aliases }) => [id, ...aliases]));
  const models = left.models
    .filter(({ id }) => !(found.has(id) && taken.has(id)))
    .map((model) =>
      found.has(model.id) ? { ...model, aliases: model.aliases.filter((alias) => !taken.has(alias)) } : model,
    );
  const ownDefault = file.plans.some(({ id }) => id === DEFAULT_PLAN.id);
  const plans = left.plans.filter((plan) => !(plan === DEFAULT_PLAN && ownDefault));
  return { ...left, models, plans };
}

function clash(taken: Taken, name: string, path: Path): Problem[] {
  const holder = taken.get(name);
  return holder === undefined
    ? []
    : [{ path, message: `"${name}" is ${holder}; choose another, or remove one of the two` }];
}

/** Names that quoin.yaml or what was discovered bears already: these count. */
function clashes(ground: Config, discovered: Discovered, file: QuoinYaml): Problem[] {
  const inFile = "declared in quoin.yaml, which counts";
  const upstreams: Taken = new Map(
    ground.upstreams.map(({ id }) => [id, discovered.upstreams.includes(id) ? "discovered" : inFile]),
  );
  const models: Taken = new Map(
    ground.models.flatMap(({ id, aliases }) => [id, ...aliases].map((name) => [name, inFile] as const)),
  );
  const plans: Taken = new Map(ground.plans.map(({ id }) => [id, inFile]));
  const prefixes: Taken = new Map(
    ground.plans.map(({ id, keyPrefix }) => [keyPrefix, `that of plan "${id}"`]),
  );
  return [
    ...file.upstreams.flatMap(({ id }, index) => clash(upstreams, id, ["upstreams", index, "id"])),
    ...file.models.flatMap(({ id, aliases }, index) => [
      ...clash(models, id, ["models", index, "id"]),
      ...aliases.flatMap((alias, place) => clash(models, alias, ["models", index, "aliases", place])),
    ]),
    ...file.plans.flatMap(({ id, key_prefix }, index) => [
      ...clash(plans, id, ["plans", index, "id"]),
      ...clash(prefixes, key_prefix, ["plans", index, "key_prefix"]),
    ]),
  ];
}

function numberAt(file: QuoinYaml, path: Path): string | undefined {
  let value: unknown = file;
  for (const step of path)
    value = typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined;
  return typeof value === "number" ? String(value) : undefined;
}

/** One attempt with all of them. */
function compileOver(
  base: Config,
  discovered: Discovered,
  file: QuoinYaml,
): { config: Config; problems: Problem[] } {
  const ground = groundFor(base, discovered, file);
  const problems: Problem[] = [];
  const laid = compileConfig(file, {
    numberText: (path) => numberAt(file, path),
    problems,
    upstreams: ground.upstreams,
  });
  problems.push(
    ...checkReferences(file, {
      upstreams: ground.upstreams.map(({ id }) => id),
      models: ground.models.flatMap(({ id, aliases }) => [id, ...aliases]),
    }),
    ...clashes(ground, discovered, file),
  );
  const models = [...ground.models, ...laid.models];
  const ownPlans = file.plans.length > 0 ? laid.plans : [];
  const isDefault = ({ id }: { id: string }) => id === DEFAULT_PLAN.id;
  const plans =
    ground.plans.length === 0
      ? ownPlans.toSorted((a, b) => Number(isDefault(b)) - Number(isDefault(a)))
      : [...ground.plans, ...ownPlans];
  const upstreams = [...ground.upstreams, ...laid.upstreams];
  return {
    config: { ...ground, upstreams, models, plans: plans.map((plan) => withModelIds(plan, models)) },
    problems,
  };
}

/** A list's place means nothing to who declared one thing: `models[2].id` becomes `model "gpt-oss"`. */
function inWords(message: string, file: QuoinYaml): string {
  return message.replaceAll(
    /\b(upstream|model|plan)s\[(\d+)\](?:\.[\w.[\]]*)?/g,
    (_, kind: DeclaredKind, index: string) => `${kind} "${file[LISTS[kind]][Number(index)]?.id ?? ""}"`,
  );
}

function faultyOf(
  problems: readonly Problem[],
  entries: readonly DeclaredEntry[],
  file: QuoinYaml,
): LeftOut[] {
  return entries.flatMap(({ kind, id }) => {
    const index = file[LISTS[kind]].findIndex((candidate) => candidate.id === id);
    const own = problems.filter(
      ({ path: [list, place] }) => (list as List) === LISTS[kind] && place === index,
    );
    if (own.length === 0) return [];
    const told = own.map(({ path, message }) => ({
      field: formatPath(path.slice(2)),
      message: inWords(message, file),
    }));
    return [{ kind, id, problems: told }];
  });
}

/**
 * What was declared in the console laid over quoin.yaml, or over what was discovered: the same schema, checks and
 * defaults. What is not valid is left out, with what needs it, and nothing else suffers.
 * @param entries of which earlier ones count where two claim one name; ids are unique within a kind
 */
export function layOver(base: Config, discovered: Discovered, entries: readonly DeclaredEntry[]): Laid {
  if (entries.length === 0) return { config: base, leftOut: [] };
  const { fit, leftOut } = parseAll(entries);
  let kept = fit;
  // Each turn leaves one out at least.
  for (;;) {
    const file = fileOf(kept);
    const { config, problems } = compileOver(base, discovered, file);
    const faulty = faultyOf(problems, kept, file);
    if (faulty.length === 0) return { config, leftOut };
    leftOut.push(...faulty);
    kept = kept.filter((entry) => !faulty.some(({ kind, id }) => kind === entry.kind && id === entry.id));
  }
}
