/** What a form declares, in quoin.yaml's own fields; numbers that are none yet are kept as they were typed. */
export type Draft = Readonly<Record<string, unknown>>;

/** Where a field stands in it: `["targets", 0, "upstream"]`. */
export type Path = readonly (string | number)[];

const isObject = (value: unknown): value is Draft =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** As the API names fields in its complaints: `targets[0].upstream`. */
export function nameOf(path: Path): string {
  return path.reduce<string>((name, step) => {
    if (typeof step === "number") return `${name}[${step}]`;
    return name === "" ? step : `${name}.${step}`;
  }, "");
}

export function at(draft: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined),
    draft,
  );
}

export const listAt = (draft: Draft, path: Path): readonly unknown[] => {
  const found = at(draft, path);
  return Array.isArray(found) ? found : [];
};

function putInList(list: readonly unknown[], index: number, rest: Path, value: unknown): readonly unknown[] {
  if (rest.length === 0 && value === undefined) return list.toSpliced(index, 1);
  return list.with(index, putIn(list[index], rest, value) ?? {});
}

function putIn(holder: unknown, path: Path, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === "number") return putInList(Array.isArray(holder) ? holder : [], step, rest, value);
  const fields = isObject(holder) ? holder : {};
  const next = putIn(fields[step], rest, value);
  const all = Object.entries({ ...fields, [step]: next }).filter(([, one]) => one !== undefined);
  return all.length === 0 ? undefined : Object.fromEntries(all);
}

/** The draft with another value there; undefined takes the field away, and what is empty without it. */
export function put(draft: Draft, path: Path, value: unknown): Draft {
  const next = putIn(draft, path, value);
  return isObject(next) ? next : {};
}

/** The fields that differ, null where one is gone: what the API takes as a change. */
export function changesOf(before: Draft, after: Draft): Draft {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const differing = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(differing.map((name) => [name, after[name] ?? null]));
}

/** A whole number where it is one. */
export const numberOf = (text: string): number | string | undefined =>
  text.trim() === "" ? undefined : /^\d{1,15}$/.test(text.trim()) ? Number(text) : text;

/** The words of a list as people type it. */
export const wordsOf = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== "");
