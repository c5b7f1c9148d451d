const STRETCHES_REMEMBERED = 64;

/** What was written lately is not written again: the facets of each stretch. */
export function rememberedMarks() {
  let stretches = new Map<number, Set<number>>();
  return {
    isNew(stretch: number, what: number): boolean {
      const known = stretches.get(stretch) ?? new Set<number>();
      if (known.has(what)) return false;
      if (stretches.size >= STRETCHES_REMEMBERED) stretches = new Map();
      if (known.size === 0) stretches.set(stretch, known);
      known.add(what);
      return true;
    },
    forget(): void {
      stretches = new Map();
    },
  };
}
