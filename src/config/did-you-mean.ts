/** Edits (insert, remove, replace a character) that turn `from` into `to`. */
function distance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}

/**
 * `; did you mean "price"?` for the candidate nearest to what was written,
 * or nothing where none is near (more than a third of its letters differ).
 */
export function didYouMean(written: string, candidates: Iterable<string>): string {
  let best: { readonly name: string; readonly edits: number } | undefined;
  const folded = written.toLowerCase().replaceAll("-", "_").slice(0, 100);
  for (const name of candidates) {
    const edits = distance(folded, name.toLowerCase().replaceAll("-", "_").slice(0, 100));
    if (edits <= Math.max(1, Math.floor(name.length / 3)) && (!best || edits < best.edits))
      best = { name, edits };
  }
  return best ? `; did you mean "${best.name}"?` : "";
}
