/**
 * JSON as values, in which a number that JavaScript would write otherwise (`1.0`, `1e3`, numbers past 2^53)
 * is its source text between guillemets. The judge's own reading: it shares no code with the gateway's.
 */
export function parseExact(text: string): unknown {
  return JSON.parse(text, keepNumberText);
}

function keepNumberText(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const written = context?.source;
  const told = typeof value === "number" && written !== undefined && String(value) !== written;
  return told ? `«${written}»` : value;
}

/** The text without white space between values: the order of members and the spelling of numbers stay. */
export function minify(text: string): string {
  return JSON.stringify(parseExact(text));
}

/** A value with its members in the order of their names, for comparing where their order says nothing. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name as keyof typeof value])]));
}
