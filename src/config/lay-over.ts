import type { z } from "zod";
import { checkReferences, type Declared } from "./check.ts";
import { compileConfig } from "./compile.ts";
import type { Fields } from "./credentials.ts";
import { DECLARABLE, SECTIONS } from "./declarable.ts";
import {
  type DeclaredKind,
  isListSection,
  isSettingId,
  LISTED_KINDS,
  type ListedKind,
  type SettingId,
} from "./declared.ts";
import { DEFAULT_PLAN } from "./defaults.ts";
import { explain } from "./explain.ts";
import { withModelIds } from "./load.ts";
import { formatPath, type Path, type Problem } from "./problems.ts";
import { type Discovered, type FileLines, lineKey } from "./resolve.ts";
import { QUOIN_YAML, type QuoinYaml } from "./schema.ts";
import type { Config, PlanConfig } from "./types.ts";

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

const listOf = <Kind extends ListedKind>(kind: Kind): `${Kind}s` => `${kind}s`;

/** What is there already, with words for what holds a name. */
type Taken = ReadonlyMap<string, string>;

/** Undefined where there is no such section. */
function schemaOf({ kind, id }: DeclaredEntry): z.ZodType | undefined {
  if (kind !== "setting") return DECLARABLE[kind];
  return isSettingId(id) ? SECTIONS[id] : undefined;
}

function problemsOf(entry: DeclaredEntry): FieldProblem[] {
  const schema = schemaOf(entry);
  if (!schema) return [{ field: "", message: "there is no such section that the console may declare" }];
  const parsed = schema.safeParse(entry.fields);
  if (parsed.success) return [];
  return explain(parsed.error, schema, entry.fields).map(({ path, message }) => ({
    field: formatPath(path),
    message,
  }));
}

/** The fields of each, checked one by one. */
function parseAll(entries: readonly DeclaredEntry[]): { fit: DeclaredEntry[]; leftOut: LeftOut[] } {
  const leftOut: LeftOut[] = [];
  const fit = entries.filter((entry) => {
    const { kind, id } = entry;
    const problems = problemsOf(entry);
    if (problems.length > 0) leftOut.push({ kind, id, problems });
    return problems.length === 0;
  });
  return { fit, leftOut };
}

function fileOf(entries: readonly DeclaredEntry[]): QuoinYaml {
  const fieldsOf = (wanted: DeclaredKind) =>
    entries.filter(({ kind }) => kind === wanted).map(({ fields }) => fields);
  const settings = entries
    .filter(({ kind }) => kind === "setting")
    .map(({ id, fields }) => [id, isListSection(id) ? fields[id] : fields]);
  return QUOIN_YAML.parse({
    ...Object.fromEntries(LISTED_KINDS.map((kind) => [listOf(kind), fieldsOf(kind)])),
    ...Object.fromEntries(settings),
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

const IN_FILE = "declared in quoin.yaml, which counts";

function clash(taken: Taken, name: string, path: Path): Problem[] {
  const holder = taken.get(name);
  return holder === undefined
    ? []
    : [{ path, message: `"${name}" is ${holder}; choose another, or remove one of the two` }];
}

/** Names that quoin.yaml or what was discovered bears already: these count. */
function clashes(ground: Config, discovered: Discovered, file: QuoinYaml): Problem[] {
  const upstreams: Taken = new Map(
    ground.upstreams.map(({ id }) => [id, discovered.upstreams.includes(id) ? "discovered" : IN_FILE]),
  );
  const models: Taken = new Map(
    ground.models.flatMap(({ id, aliases }) => [id, ...aliases].map((name) => [name, IN_FILE] as const)),
  );
  const plans: Taken = new Map(ground.plans.map(({ id }) => [id, IN_FILE]));
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

/** The plans of both, the default one first. */
function plansOver(ground: Config, laid: Config, file: QuoinYaml): readonly PlanConfig[] {
  const own = file.plans.length > 0 ? laid.plans : [];
  const isDefault = ({ id }: PlanConfig) => id === DEFAULT_PLAN.id;
  return ground.plans.length === 0
    ? own.toSorted((a, b) => Number(isDefault(b)) - Number(isDefault(a)))
    : [...ground.plans, ...own];
}

/** What a section is of a configuration; sign-up, whose plan may be another's, apart. */
const PART_OF: Readonly<Record<Exclude<SettingId, "signup">, readonly (keyof Config)[]>> = {
  brand: ["brand"],
  catalogue: ["catalogue"],
  prompts: ["prompts"],
  errors: ["errors"],
  hosts: ["hosts", "accountHosts"],
  regions: ["regions"],
  currencies: ["currencies"],
  accounts: ["accounts"],
  trusted_proxies: ["trustedProxies"],
};

/** The sections that were declared, in place of the ground's. */
function settingsOver(
  laid: Config,
  { signup }: QuoinYaml,
  plans: readonly PlanConfig[],
  declared: ReadonlySet<string>,
): Partial<Config> {
  const parts = Object.entries(PART_OF).flatMap(([id, names]) => (declared.has(id) ? names : []));
  const planId = signup.plan ?? plans[0]?.id ?? DEFAULT_PLAN.id;
  return {
    ...Object.fromEntries(parts.map((name) => [name, laid[name]])),
    ...(declared.has("signup") && { signUp: { ...laid.signUp, planId } }),
  };
}

/** What the file of the entries may refer to although something else declares it. */
function elsewhere({ upstreams, models, plans, regions }: Config): Declared {
  return {
    upstreams: upstreams.map(({ id }) => id),
    models: models.flatMap(({ id, aliases }) => [id, ...aliases]),
    plans: plans.map(({ id }) => id),
    regions: regions.map(({ id }) => id),
  };
}

interface Ground {
  readonly base: Config;
  readonly discovered: Discovered;
  readonly lines: FileLines;
}

/** One attempt with all of them. */
function compileOver(
  { base, discovered, lines }: Ground,
  entries: readonly DeclaredEntry[],
  file: QuoinYaml,
): { config: Config; problems: Problem[] } {
  const ground = groundFor(base, discovered, file);
  const problems: Problem[] = [];
  const laid = compileConfig(file, {
    numberText: (path) => numberAt(file, path),
    problems,
    upstreams: ground.upstreams,
  });
  const settings = new Set(entries.filter(({ kind }) => kind === "setting").map(({ id }) => id));
  problems.push(
    ...checkReferences(file, elsewhere(ground)),
    ...clashes(ground, discovered, file),
    ...[...settings]
      .filter((id) => lines.has(lineKey("setting", id)))
      .map((id) => ({ path: [id], message: `"${id}" is ${IN_FILE}; remove one of the two` })),
  );
  const models = [...ground.models, ...laid.models];
  const plans = plansOver(ground, laid, file);
  const config = {
    ...ground,
    ...settingsOver(laid, file, plans, settings),
    upstreams: [...ground.upstreams, ...laid.upstreams],
    models,
    plans: plans.map((plan) => withModelIds(plan, models)),
  };
  return { config, problems };
}

/** A list's place means nothing to who declared one thing: `models[2].id` becomes `model "gpt-oss"`. */
function inWords(message: string, file: QuoinYaml): string {
  return message.replaceAll(
    /\b(upstream|model|plan)s\[(\d+)\](?:\.[\w.[\]]*)?/g,
    (_, kind: ListedKind, index: string) => `${kind} "${file[listOf(kind)][Number(index)]?.id ?? ""}"`,
  );
}

function faultyOf(
  problems: readonly Problem[],
  entries: readonly DeclaredEntry[],
  file: QuoinYaml,
): LeftOut[] {
  return entries.flatMap(({ kind, id }) => {
    const at =
      kind === "setting" ? [id] : [listOf(kind), file[listOf(kind)].findIndex((one) => one.id === id)];
    const own = problems.filter(({ path }) => at.every((step, place) => path[place] === step));
    if (own.length === 0) return [];
    // A list's own name stands before it where it is declared, too.
    const above = isListSection(id) && kind === "setting" ? 0 : at.length;
    const told = own.map(({ path, message }) => ({
      field: formatPath(path.slice(above)),
      message: inWords(message, file),
    }));
    return [{ kind, id, problems: told }];
  });
}

/**
 * What was declared in the console laid over quoin.yaml, or over what was discovered: the same schema, checks and
 * defaults. What is not valid is left out, with what needs it, and nothing else suffers.
 * @param entries of which earlier ones count where two claim one name; ids are unique within a kind
 * @param lines what the file itself declares; its sections count
 */
export function layOver(
  base: Config,
  discovered: Discovered,
  entries: readonly DeclaredEntry[],
  lines: FileLines = new Map(),
): Laid {
  if (entries.length === 0) return { config: base, leftOut: [] };
  const { fit, leftOut } = parseAll(entries);
  let kept = fit;
  // Each turn leaves one out at least.
  for (;;) {
    const file = fileOf(kept);
    const { config, problems } = compileOver({ base, discovered, lines }, kept, file);
    const faulty = faultyOf(problems, kept, file);
    if (faulty.length === 0) return { config, leftOut };
    leftOut.push(...faulty);
    kept = kept.filter((entry) => !faulty.some(({ kind, id }) => kind === entry.kind && id === entry.id));
  }
}
