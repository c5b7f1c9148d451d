interface Named {
  readonly id: string;
  readonly aliases: readonly string[];
}

/** What stands before the `*` of an alias that covers a family of names; undefined for a plain alias. */
function familyOf(alias: string): string | undefined {
  return alias.endsWith("*") ? alias.slice(0, -1) : undefined;
}

/**
 * Finds a model by what a client may call it: its id, an alias, or else the longest alias with a `*`
 * at its end that the name begins with (`claude-*`).
 */
export function finderByName<Model extends Named>(
  models: readonly Model[],
): (name: string) => Model | undefined {
  const exact = new Map<string, Model>();
  const families: { readonly start: string; readonly model: Model }[] = [];
  for (const model of models) {
    exact.set(model.id, model);
    for (const alias of model.aliases) {
      const start = familyOf(alias);
      if (start === undefined) exact.set(alias, model);
      else families.push({ start, model });
    }
  }
  families.sort((left, right) => right.start.length - left.start.length);
  return (name) => exact.get(name) ?? families.find(({ start }) => name.startsWith(start))?.model;
}
