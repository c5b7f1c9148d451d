/** A nested value of a form as Stripe's packages send it: `items[0][price_data][unit_amount]=800`. */
export type Nested = { readonly [name: string]: string | Nested };

/** A form's fields by their brackets; lists are objects by place. */
export function nestedForm(text: string): Nested {
  const root: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const path = name.replaceAll("]", "").split("[");
    const last = path.pop() ?? "";
    let place = root;
    for (const part of path) {
      place[part] ??= {};
      place = place[part] as Record<string, unknown>;
    }
    place[last] = value;
  }
  return root as Nested;
}

export function textAt(form: Nested, ...path: readonly string[]): string | undefined {
  const value = valueAt(form, path);
  return typeof value === "string" ? value : undefined;
}

export function nestedAt(form: Nested, ...path: readonly string[]): Nested {
  const value = valueAt(form, path);
  return typeof value === "object" ? value : {};
}

function valueAt(form: Nested, path: readonly string[]): string | Nested | undefined {
  return path.reduce<string | Nested | undefined>(
    (value, part) => (typeof value === "object" ? value[part] : undefined),
    form,
  );
}
