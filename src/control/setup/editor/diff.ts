const CONTEXT = 2;
const CELLS_MAX = 4_000_000;

/** Anything on a line about keys that is long enough to be one, but for its ends. */
function maskLine(line: string, key: string): string {
  const shown = key === "" ? line : line.replaceAll(key, maskKey(key));
  if (!/key|token|secret|password|bearer|authorization/i.test(shown)) return shown;
  return shown.replace(/[A-Za-z0-9+_-]{20,}/g, (word) =>
    /\d/.test(word) && /[a-z]/i.test(word) ? maskKey(word) : word,
  );
}

/** What may be shown of a key: its prefix and its end. */
export function maskKey(key: string): string {
  const prefix = /^[A-Za-z0-9]{1,10}(?:[_-][A-Za-z0-9]{1,8})?[_-]/.exec(key)?.[0] ?? "";
  return `${prefix}...${key.slice(-4)}`;
}

/** Lengths of the longest common runs of lines, from each pair of places to the end. */
function commonTail(a: readonly string[], b: readonly string[]): number[][] {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const row = table[i] as number[];
      const below = table[i + 1] as number[];
      row[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  return table;
}

function middle(a: readonly string[], b: readonly string[]): string[] {
  if (a.length * b.length > CELLS_MAX)
    return [...a.map((line) => `- ${line}`), ...b.map((line) => `+ ${line}`)];
  const table = commonTail(a, b);
  const out: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push(`  ${a[i++]}`);
      j++;
    } else if (i < a.length && (j >= b.length || (table[i + 1]?.[j] ?? 0) >= (table[i]?.[j + 1] ?? 0)))
      out.push(`- ${a[i++]}`);
    else out.push(`+ ${b[j++]}`);
  }
  return out;
}

/** What changes between two texts, line by line, with secrets masked; unchanged stretches are left out. */
export function diffLines(before: string, after: string, key: string): string[] {
  const split = (text: string) => (text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/));
  const [a, b] = [split(before), split(after)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const lines = [
    ...a.slice(Math.max(0, head - CONTEXT), head).map((line) => `  ${line}`),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail, a.length - tail + CONTEXT).map((line) => `  ${line}`),
  ];
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some((line) => !line.startsWith("  ")),
  );
  return lines
    .flatMap((line, at) => (near[at] ? [line] : near[at - 1] ? ["  ..."] : []))
    .map((line) => maskLine(line, key));
}
